"""Accounts: register, log in, log out, who am I."""

import datetime as dt
import math
from contextlib import suppress
from dataclasses import replace
from functools import partial

from db.models import Role, User
from db.records import UserRecord
from db.repositories import Repositories
from db.repositories.users import fold_email
from handlers.joining import open_wanted
from handlers.kit.asks import choice, email, line, read_email, words_of
from handlers.kit.dialog import Answers, Ask, AskAgain, Choice, Dialog
from handlers.kit.engine import Place, interpose, start
from handlers.kit.errors import UserError
from handlers.kit.reply import Button, Notice, Reply, Screen, keyboard, reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.rules import InstructorSignup
from handlers.kit.text import Bold, Text, _, _n, lines
from handlers.passwords import (
    MAX_BYTES,
    MIN_CHARACTERS,
    check_password,
    hash_password,
    is_of_cost,
    nobodys_hash,
    throttle_keys,
)
from handlers.policies import Action, Who
from handlers.presses import DecideRequest, LogIn, Register, ShowProgress
from handlers.start import home

_TAKEN = _("That address has an account already. /login signs in to it, or send another address.")


async def _new_email(request: Request, repos: Repositories) -> str:
    address = await email(request, repos)
    if await repos.users.get_by_email(address):
        raise UserError(_TAKEN)
    return address


async def _new_password(request: Request, repos: Repositories) -> str:
    password = words_of(request)
    if len(password) < MIN_CHARACTERS:
        raise UserError(
            _n(
                "A password needs {n} character at least. Please send a longer one.",
                "A password needs {n} characters at least. Please send a longer one.",
                MIN_CHARACTERS,
            )
        )
    if len(password.encode()) > MAX_BYTES:
        raise UserError(
            _("That password is too long: {n} plain letters are the most. Please send a shorter one.").format(
                n=MAX_BYTES
            )
        )
    return request.compute(hash_password, password, request.rules.bcrypt_rounds)


def _may_choose_role(request: Request) -> bool:
    return (
        request.rules.instructor_signup is not InstructorSignup.CLOSED
        and request.telegram_id not in request.rules.instructor_ids
    )


async def _create_account(request: Request, repos: Repositories, answers: Answers) -> Reply:
    if await repos.users.get_by_email(answers["email"]):
        raise AskAgain("email", _TAKEN)
    # The sign-up may have been closed while this dialog was open.
    wants_to_teach = answers.get("role") == Role.INSTRUCTOR and _may_choose_role(request)
    teaches = request.telegram_id in request.rules.instructor_ids or (
        wants_to_teach and request.rules.instructor_signup is InstructorSignup.OPEN
    )
    user = await repos.users.add(
        name=answers["name"],
        email=answers["email"],
        password_hash=answers["password"],
        role=Role.INSTRUCTOR if teaches else Role.STUDENT,
        now=request.now,
    )
    said = await _welcome(
        _sign_in(request, user), repos, _("Welcome, {name}! Your account is ready.").format(name=user.name)
    )
    if wants_to_teach and not teaches:
        said = said.with_parts(*await _ask_admins(request, repos, user))
    return said


async def _ask_admins(request: Request, repos: Repositories, user: User) -> list[Notice | Screen]:
    asked = await repos.users.request_instructor(user, request.now)
    text = _("{name} ({email}) would like to teach here.").format(name=user.name, email=user.email)
    buttons = keyboard(
        [Button(_("Approve"), DecideRequest(asked.id, 1)), Button(_("Decline"), DecideRequest(asked.id, 0))]
    )
    admins = await repos.sessions.list_recipients(request.rules.admin_ids)
    waits = _("I have asked an admin to make you an instructor, and will tell you. Until then you can take courses.")
    return [Screen(waits, fresh=True), *(Notice(admin, Screen(text, buttons)) for admin in admins)]


def _sign_in(request: Request, user: User) -> Request:
    session = request.session
    if session.user_id != user.id:
        # Somebody else's time had run out here: their open lesson is not this person's, nor what they were writing.
        session.course_id = session.lesson_id = session.undo_lesson_id = session.dialog = None
    session.user_id = user.id
    session.signed_in_until = request.now + dt.timedelta(days=request.rules.session_days)
    return replace(request, user=UserRecord(user.id, user.name, user.email, user.role))


async def _welcome(request: Request, repos: Repositories, greeting: Text) -> Reply:
    """Greets who has just signed in, and comes back to the course that a link had asked for."""
    wanted, request.session.wanted_code = request.session.wanted_code, None
    if wanted is not None:
        # Hidden or revoked meanwhile, perhaps: no reason not to come in.
        with suppress(UserError):
            card = await open_wanted(request, repos, wanted)
            return reply(Screen(greeting), replace(card, fresh=True))
    return await home(request, repos, greeting)


async def _right_password(request: Request, repos: Repositories) -> int:
    """Returns the id of the account whose password the message is. Tries are counted before bcrypt runs."""
    place, update_id, now = Place.of(request), request.update.update_id, request.now
    address = fold_email(place.answers["email"]) if place else ""
    keys = throttle_keys(request.telegram_id, address)
    wait = await repos.throttles.wait(keys, update_id, now)
    if wait:
        raise UserError(_wait_text(wait))

    async def count(repos: Repositories) -> None:
        for key in keys:
            await repos.throttles.count(key, update_id, now)

    user = await repos.users.get_by_email(address)
    password, rounds = words_of(request), request.rules.bcrypt_rounds
    known_hash = user.password_hash if user else nobodys_hash(rounds, like=await repos.users.get_next_hash(address))
    if not request.compute(check_password, password, known_hash, keep=count) or user is None:
        raise UserError(_("That email and password do not belong together. Please try the password again, or /cancel."))
    if not is_of_cost(known_hash, rounds):
        user.password_hash = request.compute(hash_password, password, rounds)
    await repos.throttles.reset(keys)
    return user.id


def _wait_text(wait: dt.timedelta) -> Text:
    minutes = math.ceil(wait.total_seconds() / 60)
    return _n(
        "Too many wrong passwords. Please try again in {n} minute.",
        "Too many wrong passwords. Please try again in {n} minutes.",
        minutes,
    )


async def _finish_log_in(request: Request, repos: Repositories, answers: Answers) -> Reply:
    user = await repos.users.get(answers["password"])
    if user is None:
        raise UserError(_("This account is gone. /register makes a new one."))
    return await _welcome(_sign_in(request, user), repos, _("Welcome back, {name}.").format(name=user.name))


registration = Dialog(
    "register",
    _("New account"),
    Ask("name", _("What is your name? (up to 80 characters)"), parse=line(80)),
    Ask("email", _("Your email address?"), parse=_new_email),
    Ask(
        "password",
        _("Choose a password: 8 characters or more. I delete your message at once."),
        parse=_new_password,
        secret=True,
    ),
    Ask(
        "role",
        _("Are you here to learn or to teach? Instructors can learn too."),
        parse=choice,
        choices=(Choice(Role.STUDENT, _("Student")), Choice(Role.INSTRUCTOR, _("Instructor"))),
        when=_may_choose_role,
    ),
    done=_create_account,
)
login = Dialog(
    "login",
    _("Log in"),
    Ask("email", _("Your email address?"), parse=email),
    Ask("password", _("Your password? I delete your message at once."), parse=_right_password, secret=True),
    done=_finish_log_in,
)
router = Router(registration, login)
signed_out_only = partial(router.command, action=Action.SIGN_IN)


def _refuse_secrets(request: Request, command: str) -> None:
    """Stops what may be a password behind a command, and takes it out of the chat; an address alone is none."""
    words = request.args.split()
    if len(words) > 1 or (words and "@" not in words[0]):
        text = _(
            "Never send a password with a command: I deleted your message. Send {command} alone, and I ask for it."
        )
        raise UserError(text.format(command=command), erase=True)


@signed_out_only("register", _("Create an account"))
@router.press(Register, action=Action.SIGN_IN)
async def register(request: Request, _repos: Repositories) -> Reply:
    """Begins an account: name, email, password, and whether to learn or to teach."""
    _refuse_secrets(request, "/register")
    return start(registration, request)


@signed_out_only("login", _("Log in to your account"))
@router.press(LogIn, action=Action.SIGN_IN)
async def log_in(request: Request, _repos: Repositories) -> Reply:
    """Begins to sign in; an address typed behind the command is taken as the first answer."""
    _refuse_secrets(request, "/login")
    known = {"email": read_email(request.args)} if request.args else {}
    begin = interpose if _was_signed_out(request) else start
    return begin(login, request, **known)


def _was_signed_out(request: Request) -> bool:
    """Whether a dialog is open here that its person began while signed in, and cannot end without being so."""
    place = Place.of(request)
    began_before = place is not None and place.name not in {registration.name, login.name}
    return began_before and request.session.user_id is not None


@router.command("logout", _("Log out here"), action=Action.STUDY)
async def log_out(request: Request, _repos: Repositories) -> Reply:
    """Ends this Telegram account's sign-in; others of the same person stay signed in."""
    session = request.session
    session.user_id = session.signed_in_until = None
    session.course_id = session.lesson_id = session.undo_lesson_id = None
    return screen(_("You are logged out. Your courses and progress are kept."), Button(_("Log in"), LogIn()))


@router.command("me", _("Who you are here"), looks=True)
async def show_me(request: Request, _repos: Repositories) -> Reply:
    """Says who is signed in, and as what."""
    who, user = Who.of(request), request.user
    admin = _("You are an admin here: /admin") if who.is_admin else None
    # Who runs the bot finds here what to write into ADMIN_IDS.
    telegram_id = _("Telegram id {number}").format(number=request.telegram_id)
    if user is None:
        text = lines(_("You are not signed in."), telegram_id, admin)
        return screen(text, [Button(_("Create an account"), Register()), Button(_("Log in"), LogIn())])
    role = _("Instructor") if who.is_instructor else _("Student")
    text = lines(Bold(user.name), user.email, role, telegram_id, admin)
    return screen(text, Button(_("My progress"), ShowProgress()))
