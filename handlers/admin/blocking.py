"""Blocking: who is blocked can do nothing but read why."""

from db.models import User
from db.repositories import Repositories
from handlers import policies
from handlers.addresses import address_of
from handlers.admin.audit import Deed, note
from handlers.admin.person import is_named, person_screen, require_person, tell
from handlers.admin_presses import BlockPerson, UnblockPerson
from handlers.kit.asks import text
from handlers.kit.dialog import Answers, Ask, Dialog
from handlers.kit.engine import start
from handlers.kit.reply import Button, Notice, Reply, Screen, keyboard, reply
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Text, _, _n, lines
from handlers.policies import Action
from handlers.presses import ListCourses

MAX_REASON = 500


async def _block(request: Request, repos: Repositories, answers: Answers) -> Reply:
    """Blocks the person whom the dialog was begun about, and tells them why in each of their chats."""
    user, reason = await require_person(repos, answers["user"]), str(answers["reason"])
    refusal = await _no_change(request, repos, user)
    if refusal is not None:
        note(request, repos, Deed.IN_VAIN, user)
        return reply(await person_screen(request, repos, user, news=refusal))
    repos.users.block(user, reason, request.now)
    note(request, repos, Deed.BLOCK, user, reason)
    told = await tell(request, repos, user, Screen(policies.blocked(user.name, reason)))
    news = lines(_told(user, told), await _what_stays(repos, user))
    return reply(await person_screen(request, repos, user, news=news), *told)


async def _no_change(request: Request, repos: Repositories, user: User) -> Text | None:
    if await is_named(request, repos, user, request.rules.admin_ids):
        text = _(
            "Nothing changed: ADMIN_IDS in the bot's settings names a Telegram account of {name}, and admins cannot be "
            "blocked. Take its number out of there first."
        )
        return text.format(name=user.name)
    return _("{name} is blocked already.").format(name=user.name) if user.blocked_at is not None else None


def _told(user: User, told: list[Notice]) -> Text:
    if not told:
        return _("{name} is blocked, and will read why when they come.").format(name=user.name)
    text = _n(
        "{name} is blocked, and was told in {n} chat.", "{name} is blocked, and was told in {n} chats.", len(told)
    )
    return text.format(name=user.name)


async def _what_stays(repos: Repositories, user: User) -> Text | None:
    """Says that the courses of a blocked instructor stay as they are: students are not to lose them by that."""
    taught = await repos.courses.count_by_instructor(user.id)
    if not taught:
        return None
    return _n(
        "Their course stays open to its students. Look at it, and unpublish it if need be.",
        "Their {n} courses stay open to their students. Look at them, and unpublish what need be.",
        taught,
    )


blocking = Dialog(
    "block",
    _("Block a person"),
    Ask(
        "reason",
        _("Why? They read your words, so be exact. (up to 500 characters)"),
        parse=policies.only(Action.ADMINISTER, text(MAX_REASON)),
    ),
    done=_block,
)
router = Router(blocking)


@router.press(BlockPerson, action=Action.ADMINISTER)
async def begin_block(request: Request, repos: Repositories) -> Reply:
    """Asks for the reason, under the name of the person whom it is about."""
    assert isinstance(request.press, BlockPerson)  # noqa: S101 (its route)
    user = await require_person(repos, request.press.user_id, lock=False)
    asked = [part for part in start(blocking, request, user=user.id).parts if isinstance(part, Screen)]
    whom = _("{name} ({email})").format(name=Bold(user.name), email=address_of(user))
    return Reply(tuple(Screen(lines(whom, each.text, between="\n\n"), each.keyboard) for each in asked))


@router.press(UnblockPerson, action=Action.ADMINISTER)
async def unblock(request: Request, repos: Repositories) -> Reply:
    """Takes a block back, and tells the person."""
    assert isinstance(request.press, UnblockPerson)  # noqa: S101 (its route)
    user = await require_person(repos, request.press.user_id)
    if user.blocked_at is None:
        note(request, repos, Deed.IN_VAIN, user)
        is_free = _("{name} is not blocked.").format(name=user.name)
        return reply(await person_screen(request, repos, user, news=is_free))
    repos.users.unblock(user)
    note(request, repos, Deed.UNBLOCK, user)
    said = _("Your account is not blocked any more, {name}. All is as you left it.").format(name=user.name)
    told = await tell(request, repos, user, Screen(said, keyboard(Button(_("Browse courses"), ListCourses()))))
    return reply(await person_screen(request, repos, user), *told)
