"""Broadcasts: a message to everybody, to a role or to a course, seen before it leaves and followed on its way.

Admins write to everybody and to roles here, instructors to their students in `announcing`; from the draft on, it is the
same, and `announcements` decides who may.
"""

from typing import Any

from db.models import Audience, AudienceKind, Broadcast, BroadcastState
from db.repositories import Repositories
from db.repositories.broadcasts import BroadcastPage
from handlers import policies
from handlers.admin.audit import Deed, write
from handlers.admin.menu import BACK
from handlers.announcements import course_of, require_broadcast, require_open
from handlers.broadcast_presses import (
    DropBroadcast,
    ListBroadcasts,
    NewAnnouncement,
    NewBroadcast,
    SendBroadcast,
    ShowBroadcast,
    StopBroadcast,
)
from handlers.broadcast_screens import excerpt, news, preview, screen_of
from handlers.kit.asks import choice
from handlers.kit.content import UnsupportedContent, content_from_message, sends_for
from handlers.kit.dialog import Answers, Ask, AskAgain, Choice, Dialog
from handlers.kit.engine import start
from handlers.kit.errors import UserError
from handlers.kit.reply import Button, Reply, Row, Screen, keyboard, reply
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Day, Number, Text, _, lines
from handlers.policies import Action
from handlers.presses import ListMine

PAGE = 5


async def message(request: Request, repos: Repositories) -> dict[str, Any]:
    """Returns the block that the message is; it must be one that reaches people as one message."""
    del repos
    assert request.message is not None  # noqa: S101 (the engine looked)
    try:
        content = content_from_message(request.message)
    except UnsupportedContent as unsupported:
        text = _("That cannot be sent to many. Send text, a photo, a video, audio, a voice message or a file.")
        raise UserError(text) from unsupported
    if content.album:
        raise UserError(_("People get one message, and an album is several. Please send a single picture or file."))
    if len(sends_for([content])) != 1:
        raise UserError(
            _("People get one message, and this does not fit into one. A text has room for 4096, a caption for 1024.")
        )
    return dict(content.to_json())


async def _write_draft(request: Request, repos: Repositories, answers: Answers) -> Reply:
    policies.require(request, Action.ADMINISTER)
    audience = Audience(AudienceKind(answers["audience"]))
    total = await repos.broadcasts.count_audience(audience, request.rules.instructor_ids, request.now)
    if not total:
        raise AskAgain("audience", _("Nobody there can be reached at the moment."))
    broadcast = await repos.broadcasts.add(
        telegram_id=request.telegram_id, audience=audience, content=answers["content"], total=total, now=request.now
    )
    return await _show(request, repos, broadcast)


new_broadcast = Dialog(
    "broadcast",
    _("New broadcast"),
    Ask(
        "audience",
        _("Who is it for? Students and instructors get it while they are signed in."),
        parse=choice,
        choices=(
            Choice(AudienceKind.EVERYBODY, _("Everybody")),
            Choice(AudienceKind.STUDENTS, _("Students")),
            Choice(AudienceKind.INSTRUCTORS, _("Instructors")),
        ),
    ),
    Ask(
        "content",
        _(
            "Now send the message, just as people are to see it: text, or a photo, a video, audio, a voice message or "
            "a file with a caption. Formatting is kept. You will see it once more before anybody else does."
        ),
        parse=message,
    ),
    done=_write_draft,
)
router = Router(new_broadcast)


@router.press(NewBroadcast, action=Action.ADMINISTER)
async def begin_broadcast(request: Request, _repos: Repositories) -> Reply:
    """Begins a message to many: to whom, then what."""
    return start(new_broadcast, request)


@router.press(ListBroadcasts, action=Action.DESK, looks=True)
async def list_broadcasts(request: Request, repos: Repositories) -> Reply:
    """Shows a page of the broadcasts, newest first."""
    press = request.press
    assert isinstance(press, ListBroadcasts)  # noqa: S101 (its route)
    return reply(await _list_screen(request, repos, press))


async def _list_screen(request: Request, repos: Repositories, press: ListBroadcasts) -> Screen:
    page = await _read(request, repos, press)
    if page.total and not page.broadcasts:
        # What stood there is gone since the button was shown.
        press = press.first
        page = await _read(request, repos, press)
    heading = _("Broadcasts · {n}") if request.is_admin else _("Announcements · {n}")
    rows = [_row(request, one) for one in page.broadcasts]
    empty = _("Nothing was sent to many so far.") if request.is_admin else _("Nothing was announced so far.")
    numbers: Row = [Button(str(one.id), ShowBroadcast(one.id)) for one in page.broadcasts]
    turning = press.turning([one.id for one in page.broadcasts], page.total, PAGE)
    text = lines(Bold(heading.format(n=page.total)), None if rows else empty, *rows)
    return Screen(text, keyboard(numbers, turning, _ways_on(request)))


async def _read(request: Request, repos: Repositories, press: ListBroadcasts) -> BroadcastPage:
    """Returns all broadcasts for an admin, and for an instructor those to courses that are theirs at this moment."""
    if request.is_admin:
        return await repos.broadcasts.list_newest(limit=PAGE, **press.bounds)
    assert request.user is not None  # noqa: S101 (the route's action)
    return await repos.broadcasts.list_of(request.user.id, limit=PAGE, **press.bounds)


def _ways_on(request: Request) -> Row:
    if request.is_admin:
        return [Button(_("New broadcast"), NewBroadcast()), BACK]
    return [Button(_("New announcement"), NewAnnouncement()), Button(_("‹ My courses"), ListMine())]


def _row(request: Request, broadcast: Broadcast) -> Text:
    states = {
        BroadcastState.DRAFT: _("not sent yet"),
        BroadcastState.RUNNING: _("under way, {sent} sent"),
        BroadcastState.STOPPED: _("stopped, {sent} sent"),
        BroadcastState.DONE: _("{sent} sent"),
    }
    return _("{number} · {day} · {message} · {state}").format(
        number=broadcast.id,
        day=Day(broadcast.started_at or broadcast.created_at, request.now),
        message=excerpt(broadcast),
        state=states[broadcast.state].format(sent=Number(broadcast.sent)),
    )


async def _show(request: Request, repos: Repositories, broadcast: Broadcast) -> Reply:
    """Returns a broadcast as it stands; before a draft, what people would see."""
    shown = preview(broadcast) if broadcast.state is BroadcastState.DRAFT else None
    return reply(shown, await screen_of(repos, broadcast, request.now))


@router.press(ShowBroadcast, action=Action.DESK)
async def show_broadcast(request: Request, repos: Repositories) -> Reply:
    """Shows one broadcast: a draft to be sent, how far it is, or its report."""
    assert isinstance(request.press, ShowBroadcast)  # noqa: S101 (its route)
    return await _show(request, repos, await require_broadcast(request, repos, request.press.broadcast_id))


@router.press(SendBroadcast, action=Action.DESK)
async def send_broadcast(request: Request, repos: Repositories) -> Reply:
    """Lets a draft go out, once; its author follows it in the message that was pressed."""
    assert isinstance(request.press, SendBroadcast)  # noqa: S101 (its route)
    broadcast = await require_broadcast(request, repos, request.press.broadcast_id)
    if broadcast.state is BroadcastState.DRAFT:
        await _require_open(request, repos, broadcast)
        repos.broadcasts.start(broadcast, by=request.telegram_id, now=request.now)
        _log(request, repos, Deed.BROADCAST, broadcast)
    follows = broadcast.telegram_id == request.telegram_id
    return reply(await screen_of(repos, broadcast, request.now, follows=follows))


async def _require_open(request: Request, repos: Repositories, broadcast: Broadcast) -> None:
    """Returns when what was allowed as the draft was written still is, with the course locked for who counts."""
    if broadcast.kind is not AudienceKind.COURSE:
        return
    course = await course_of(repos, broadcast)
    locked = await repos.courses.lock(course.id)
    broadcast.total = await require_open(request, repos, locked or course)


@router.press(DropBroadcast, action=Action.DESK)
async def drop_broadcast(request: Request, repos: Repositories) -> Reply:
    """Throws a draft away; what is under way needs Stop."""
    assert isinstance(request.press, DropBroadcast)  # noqa: S101 (its route)
    broadcast = await require_broadcast(request, repos, request.press.broadcast_id)
    if broadcast.state is not BroadcastState.DRAFT:
        return await _show(request, repos, broadcast)
    await repos.broadcasts.drop(broadcast)
    _log(request, repos, Deed.DROP_BROADCAST, broadcast)
    return reply(await _list_screen(request, repos, ListBroadcasts()), toast=_("Cancelled: nobody got it."))


@router.press(StopBroadcast, action=Action.DESK)
async def stop_broadcast(request: Request, repos: Repositories) -> Reply:
    """Stops what is not sent yet, at once: whoever presses that has seen a mistake."""
    assert isinstance(request.press, StopBroadcast)  # noqa: S101 (its route)
    broadcast = await require_broadcast(request, repos, request.press.broadcast_id)
    if broadcast.state is not BroadcastState.RUNNING:
        return await _show(request, repos, broadcast)
    await repos.broadcasts.stop(broadcast, request.now)
    _log(request, repos, Deed.STOP_BROADCAST, broadcast)
    # Where it is followed, too: that may be another message, or another admin's.
    return reply(await screen_of(repos, broadcast, request.now), await news(repos, broadcast, request.now))


def _log(request: Request, repos: Repositories, deed: Deed, broadcast: Broadcast) -> None:
    """Writes down what an admin did; an instructor's announcements are in the list of broadcasts."""
    if not request.is_admin:
        return
    write(request, repos, deed, str(broadcast.id))
