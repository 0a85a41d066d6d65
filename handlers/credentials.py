"""What proves who somebody is: passwords as they are chosen and given, and the Telegram account that registered."""

import datetime as dt
import math

from db.models import User
from db.repositories import Repositories
from db.repositories.users import fold_email
from handlers.kit.asks import words_of
from handlers.kit.engine import Place
from handlers.kit.errors import UserError
from handlers.kit.request import Request
from handlers.kit.text import Text, _, _n
from handlers.passwords import (
    MAX_BYTES,
    MIN_CHARACTERS,
    check_password,
    hash_password,
    is_of_cost,
    nobodys_hash,
    throttle_keys,
)
from handlers.policies import Action, require

_WRONG_PAIR = _("That email and password do not belong together. Please try the password again, or /cancel.")
_WRONG = _("That is not your password. Please try again, or /cancel.")


async def new_password(request: Request, repos: Repositories) -> str:
    """Returns the hash of the password that the message is, when it may be one."""
    del repos
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


async def password_of_email(request: Request, repos: Repositories) -> int:
    """Returns the id of the account at the address given before, when the message is its password."""
    place = Place.of(request)
    return await _prove(request, repos, place.answers["email"] if place else "", _WRONG_PAIR)


async def own_password(request: Request, repos: Repositories) -> int:
    """Returns the id of the account that is signed in here, when the message is its password."""
    require(request, Action.STUDY)
    assert request.user is not None  # noqa: S101 (the action)
    return await _prove(request, repos, request.user.email, _WRONG)


def no_words(command: str) -> UserError:
    """Returns the refusal of what may be a password behind a command; it takes the message out of the chat."""
    text = _("Never send a password with a command: I deleted your message. Send {command} alone, and I ask for it.")
    return UserError(text.format(command=command), erase=True)


def is_registrant(request: Request) -> bool:
    """Whether this very Telegram account made the account that is signed in here."""
    return request.user is not None and request.user.registered_by == request.telegram_id


def is_proven(request: Request, proof: int | None) -> bool:
    """Whether this is the registrant, or somebody whose password was right for the account that is signed in here."""
    return is_registrant(request) or (request.user is not None and proof == request.user.id)


async def _prove(request: Request, repos: Repositories, email: str, wrong: Text) -> int:
    """Returns the id of an account whose password the message is. Tries are counted before bcrypt runs."""
    update_id, now, address = request.update.update_id, request.now, fold_email(email)
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
        raise UserError(wrong)
    user = await _locked(request, repos, user, password)
    if user is None:
        raise UserError(wrong)
    if not is_of_cost(user.password_hash, rounds):
        user.password_hash = request.compute(hash_password, password, rounds)
    await repos.throttles.reset(keys)
    return user.id


async def _locked(request: Request, repos: Repositories, user: User, password: str) -> User | None:
    """Returns the account, locked, when this is its password still: somebody may be setting another at this moment.

    They end all sign-ins, and one that was proven with the old password must not come after that.
    """
    locked = await repos.users.get(user.id, lock=True)
    if locked is None or not request.compute(check_password, password, locked.password_hash):
        return None
    return locked


def _wait_text(wait: dt.timedelta) -> Text:
    minutes = math.ceil(wait.total_seconds() / 60)
    return _n(
        "Too many wrong passwords. Please try again in {n} minute.",
        "Too many wrong passwords. Please try again in {n} minutes.",
        minutes,
    )
