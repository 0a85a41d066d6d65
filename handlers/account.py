"""Accounts: register, log in, log out, who am I."""

import datetime as dt
from contextlib import suppress
from functools import partial

from msgspec.structs import replace

from db.models import Role, User
from db.records import UserRecord
from db.repositories import Repositories
from handlers import policies
from handlers.addresses import address_of
from handlers.admin_presses import DecideRequest
from handlers.credentials import new_password, no_words, password_of_email
from handlers.enrollment import student_of
from handlers.joining import open_wanted
from handlers.kit.asks import choice, email, line, read_email
from handlers.kit.dialog import Answers, Ask, AskAgain, Choice, Dialog
from handlers.kit.engine import Place, interpose, start
from handlers.kit.errors import UserError
from handlers.kit.reply import Button, Menu, Notice, Reply, Screen, keyboard, reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.rules import InstructorSignup
from handlers.kit.text import Bold, Text, _, lines
from handlers.parting import menus_gone
from handlers.policies import Action, Who
from handlers.presses import LogIn, Register, ShowProgress
from handlers.reminders import planning
from handlers.start import home

TAKEN = _("That address has an account already. /login signs in to it, or send another address.")


async def new_email(request: Request, repos: Repositories) -> str:
    """Returns the address in the message, when nobody has an account under it."""
    address = await email(request, repos)
    if await repos.users.get_by_email(address):
        raise UserError(TAKEN)
    return address


def _may_choose_role(request: Request) -> bool:
    return (
        request.rules.instructor_signup is not InstructorSignup.CLOSED
        and request.telegram_id not in request.rules.instructor_ids
    )


async def _create_account(request: Request, repos: Repositories, answers: Answers) -> Reply:
    if await repos.users.get_by_email(answers["email"]):
        raise AskAgain("email", TAKEN)
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
        registered_by=request.telegram_id,
        now=request.now,
    )
    request = _sign_in(request, user)
    if teaches:
        await planning.begin_own(request, repos)
    said = await _welcome(request, repos, _("Welcome, {name}! Your account is ready.").format(name=user.name))
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
    session.signed_in_at = request.now
    session.signed_in_until = request.now + dt.timedelta(days=request.rules.session_days)
    account = UserRecord(user.id, user.name, user.email, user.role, user.registered_by, user.blocked_reason)
    return replace(request, user=account)


async def _welcome(request: Request, repos: Repositories, greeting: Text) -> Reply:
    """Greets who has just signed in; the chat of an instructor gets an instructor's menu."""
    said = await _lead_in(request, repos, greeting)
    return said.with_parts(Menu(request.recipient, teaches=True)) if Who.of(request).is_instructor else said


async def _lead_in(request: Request, repos: Repositories, greeting: Text) -> Reply:
    """Returns the first screen after the door: the course that a link had asked for, if any."""
    wanted, request.session.wanted_code = request.session.wanted_code, None
    if wanted is not None:
        # Hidden or revoked meanwhile, perhaps: no reason not to come in.
        with suppress(UserError):
            card = await open_wanted(request, repos, wanted)
            return reply(Screen(greeting), replace(card, fresh=True))
    return await home(request, repos, greeting)


async def _finish_log_in(request: Request, repos: Repositories, answers: Answers) -> Reply:
    user = await repos.users.get(answers["password"])
    if user is None:
        raise UserError(_("This account is gone. /register makes a new one."))
    if user.blocked_reason is not None and not request.is_admin:
        return screen(policies.blocked(user.name, user.blocked_reason))
    return await _welcome(_sign_in(request, user), repos, _("Welcome back, {name}.").format(name=user.name))


registration = Dialog(
    "register",
    _("New account"),
    Ask("name", _("What is your name? (up to 80 characters)"), parse=line(80)),
    Ask("email", _("Your email address?"), parse=new_email),
    Ask(
        "password",
        _("Choose a password: 8 characters or more. I delete your message at once."),
        parse=new_password,
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
    Ask("password", _("Your password? I delete your message at once."), parse=password_of_email, secret=True),
    done=_finish_log_in,
)
router = Router(registration, login)
signed_out_only = partial(router.command, action=Action.SIGN_IN, guards=True)


def _refuse_secrets(request: Request, command: str) -> None:
    """Stops what may be a password behind a command, and takes it out of the chat; an address alone is none."""
    words = request.args.split()
    if len(words) > 1 or (words and "@" not in words[0]):
        raise no_words(command)


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
async def log_out(request: Request, repos: Repositories) -> Reply:
    """Ends this Telegram account's sign-in; others of the same person stay signed in."""
    session = request.session
    assert session.user_id is not None  # noqa: S101 (the action)
    await repos.users.touch(session.user_id, request.now)
    session.user_id = session.signed_in_at = session.signed_in_until = None
    session.course_id = session.lesson_id = session.undo_lesson_id = None
    said = screen(_("You are logged out. Your courses and progress are kept."), Button(_("Log in"), LogIn()))
    return said.with_parts(*menus_gone(request, student_of(request), [request.recipient]))


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
    text = lines(Bold(user.name), address_of(user), role, telegram_id, admin)
    return screen(text, Button(_("My progress"), ShowProgress()))
