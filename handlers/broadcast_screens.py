"""How a broadcast looks: to those who get it, and to those who send it."""

import datetime as dt

from babel.dates import format_timedelta
from markupsafe import Markup, escape
from msgspec import Struct
from msgspec.structs import replace

from db.models import Audience, AudienceKind, Broadcast, BroadcastState
from db.repositories import Repositories
from handlers.announcements import back_label
from handlers.broadcast_presses import DropBroadcast, ListBroadcasts, SendBroadcast, StopBroadcast
from handlers.kit.bar import bar
from handlers.kit.content import Content, Kind, Send, UnreadableContentError, sends_for
from handlers.kit.graphemes import shorten
from handlers.kit.reply import Blocks, Button, Notice, Screen, keyboard
from handlers.kit.rich import RichText
from handlers.kit.text import Bold, Day, Lines, Number, Text, Translator, Value, _, _n, lines

MAX_EXCERPT = 60
_BLANK_LINE = RichText("\n\n")
_AUDIENCES = {
    AudienceKind.EVERYBODY: _("everybody who has written to me"),
    AudienceKind.STUDENTS: _("students"),
    AudienceKind.INSTRUCTORS: _("instructors"),
    AudienceKind.COURSE: _("the students of a course"),
}
_KINDS = {
    Kind.PHOTO: _("a photo"),
    Kind.VIDEO: _("a video"),
    Kind.AUDIO: _("audio"),
    Kind.VOICE: _("a voice message"),
    Kind.DOCUMENT: _("a file"),
    Kind.ANIMATION: _("an animation"),
}


class _Took(Struct, frozen=True):
    """How long something took, roughly, in the reader's language: `2 hours`."""

    time: dt.timedelta

    def render(self, translator: Translator) -> Markup:
        return escape(format_timedelta(max(self.time, dt.timedelta(seconds=1)), locale=translator.locale))


def content_of(broadcast: Broadcast) -> Content:
    """Returns the message as its author sent it.

    Raises:
        handlers.kit.content.UnreadableContentError: when a newer version wrote it.
    """
    return Content.from_json(broadcast.content or {})


def _shown(broadcast: Broadcast) -> Content:
    """Returns the message as people see it: one to a course under the heading that was put there when it was written.

    It stays the same when the course is renamed or handed over while it goes out.
    """
    content, heading = content_of(broadcast), (broadcast.content or {}).get("heading")
    return headed(content, RichText.from_json(heading)) if heading else content


def headed(content: Content, heading: RichText) -> Content:
    """Returns a message under a line of its own, in the caption if it is a file."""
    return replace(content, text=heading if content.text.is_blank else heading + _BLANK_LINE + content.text)


def call(broadcast: Broadcast) -> Send:
    """Returns the one call that shows the message to somebody."""
    [only] = sends_for([_shown(broadcast)])
    return only


def preview(broadcast: Broadcast) -> Blocks:
    """Returns the message exactly as people will see it."""
    return Blocks(lines(), (_shown(broadcast),), lines())


async def screen_of(repos: Repositories, broadcast: Broadcast, now: dt.datetime, *, follows: bool = False) -> Screen:
    """Returns a broadcast as it stands. With `follows`, this message shows from now on how far it is."""
    to = await audience_text(repos, broadcast.audience)
    match broadcast.state:
        case BroadcastState.DRAFT:
            return _draft(broadcast, to)
        case BroadcastState.RUNNING:
            return _running(broadcast, to, name=_name(broadcast) if follows else None)
    return _report(broadcast, to, now)


async def news(repos: Repositories, broadcast: Broadcast, now: dt.datetime) -> Notice | None:
    """Returns the change of the message in which its author follows it; none when they cannot be reached."""
    found = await repos.sessions.list_recipients([broadcast.telegram_id])
    author = next(iter(found), None)
    if author is None:
        return None
    said = await screen_of(repos, broadcast, now)
    name = _name(broadcast)
    return Notice(author, Screen(said.text, said.keyboard, remember=name, edits=name))


def _name(broadcast: Broadcast) -> str:
    return f"broadcast/{broadcast.id}"


async def audience_text(repos: Repositories, audience: Audience) -> Text:
    """Returns whom a broadcast is for, in words."""
    course = await repos.courses.get(audience.course_id) if audience.course_id is not None else None
    return _("the students of {title}").format(title=course.title) if course else _AUDIENCES[audience.kind]


def excerpt(broadcast: Broadcast) -> Value:
    """Returns the beginning of the message, or what kind of file it is."""
    try:
        content = content_of(broadcast)
    except UnreadableContentError:
        return _("what another version of this bot wrote")
    words = " ".join(content.text.text.split())
    if not words:
        return _KINDS[content.kind]
    return _("“{words}”").format(words=shorten(words, MAX_EXCERPT))


def _people(count: int) -> Text:
    return _n("{n} person", "{n} people", count).format(n=Number(count))


def _draft(broadcast: Broadcast, to: Text) -> Screen:
    text = lines(
        Bold(_named(broadcast, _("Broadcast {number} · not sent yet"), _("Announcement {number} · not sent yet"))),
        _("Above is what they will see."),
        _("For {audience}: {people} can be reached.").format(audience=to, people=_people(broadcast.total)),
    )
    send = Button(_("Send to {people}").format(people=_people(broadcast.total)), SendBroadcast(broadcast.id))
    return Screen(text, keyboard(send, Button(_("Cancel"), DropBroadcast(broadcast.id))), fresh=True)


def _running(broadcast: Broadcast, to: Text, name: str | None) -> Screen:
    total = max(broadcast.total, broadcast.written)
    percent = 100 * broadcast.over // total if total else 0
    text = lines(
        _head(_("Broadcast {number} · under way"), _("Announcement {number} · under way"), broadcast, to),
        lines(
            _("{bar}  {percent} %").format(bar=bar(percent), percent=percent),
            _("{sent} of {total} sent").format(sent=Number(broadcast.sent), total=Number(total)),
            *_losses(broadcast),
        ),
        between="\n\n",
    )
    # No way back from here: this message goes on changing by itself, and another screen in it would be lost.
    return Screen(text, keyboard(Button(_("Stop"), StopBroadcast(broadcast.id))), remember=name)


def _report(broadcast: Broadcast, to: Text, now: dt.datetime) -> Screen:
    is_stopped = broadcast.state is BroadcastState.STOPPED
    headings = _("Broadcast {number} · done"), _("Announcement {number} · done")
    if is_stopped:
        headings = _("Broadcast {number} · stopped"), _("Announcement {number} · stopped")
    ended_at = broadcast.ended_at or now
    took = _Took(ended_at - (broadcast.started_at or ended_at))
    rest = max(broadcast.total - broadcast.over, broadcast.withdrawn) if is_stopped else 0
    text = lines(
        _head(*headings, broadcast, to),
        lines(
            _n("{n} person got it.", "{n} people got it.", broadcast.sent).format(n=Number(broadcast.sent)),
            *_losses(broadcast),
            _n("{n} was left out.", "{n} were left out.", rest).format(n=Number(rest)) if rest else None,
            _("It took {time}, on {day}.").format(time=took, day=Day(ended_at, now)),
        ),
        between="\n\n",
    )
    back = back_label(is_admin=broadcast.kind is not AudienceKind.COURSE)
    return Screen(text, keyboard(Button(back, ListBroadcasts())))


def _head(heading: Text, to_course: Text, broadcast: Broadcast, to: Text) -> Lines:
    """Returns which broadcast it is: its number, its first words, and whom it is for."""
    whom = _("For {audience}").format(audience=to)
    return lines(Bold(_named(broadcast, heading, to_course)), excerpt(broadcast), whom)


def _named(broadcast: Broadcast, heading: Text, to_course: Text) -> Text:
    return (to_course if broadcast.kind is AudienceKind.COURSE else heading).format(number=broadcast.id)


def _losses(broadcast: Broadcast) -> list[Text]:
    unreachable, failed = broadcast.unreachable, broadcast.failed
    gone = _n(
        "{n} could not be reached: I am blocked there, or the account is gone.",
        "{n} could not be reached: I am blocked there, or the accounts are gone.",
        unreachable,
    )
    refused = _n("{n} failed: Telegram did not take it.", "{n} failed: Telegram did not take them.", failed)
    counted = ((gone, unreachable), (refused, failed))
    return [text.format(n=Number(count)) for text, count in counted if count]
