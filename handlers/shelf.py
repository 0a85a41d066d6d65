"""The shelf, for admins: what could not be handled, why, and whether to try it again or to drop it."""

import datetime as dt
from bisect import bisect_left
from collections.abc import Collection

from babel.dates import format_time
from markupsafe import Markup
from msgspec import Struct
from msgspec.structs import replace

from db.models import ShelvedUpdate
from db.repositories import Repositories
from db.repositories.upkeep import Alike
from handlers.admin.audit import Deed, write
from handlers.admin_presses import DecideShelved, ListShelf, ShowAdmin, ShowShelved
from handlers.kit.errors import UserError
from handlers.kit.reply import Button, Notice, Reply, Row, Screen, keyboard, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Day, Lines, Text, Translator, Value, _, _n, lines
from handlers.kit.utf16 import utf16_offsets
from handlers.policies import Action

PAGE = 5
# Of the 4096 UTF-16 units of a message; the rest is for the words above it, in any language.
MAX_TRACE = 3000
# Another trouble is told of when this one has not been seen for so long.
QUIET = dt.timedelta(hours=24)
_SHELF = Button(_("‹ Shelf"), ListShelf())
_KINDS = {
    "message": _("a message"),
    "edited_message": _("an edited message"),
    "callback_query": _("a pressed button"),
    "my_chat_member": _("somebody came or went"),
}
router = Router()


class _When(Struct, frozen=True):
    """A day and its time, in the reader's language and zone."""

    at: dt.datetime
    now: dt.datetime

    def render(self, translator: Translator) -> Markup:
        time = format_time(self.at.astimezone(translator.zone), "HH:mm", locale=translator.locale)
        return Markup("{}, {}").format(Day(self.at, self.now).render(translator), time)


class _Code(Struct, frozen=True):
    """A name of the code's; without the tag, Telegram takes `progress.py` for an address in Paraguay."""

    text: str

    def render(self, _translator: Translator) -> Markup:
        return Markup("<code>{}</code>").format(self.text)


class _Trace(Struct, frozen=True):
    """The end of a traceback."""

    text: str

    def render(self, _translator: Translator) -> Markup:
        return Markup("<pre>{}</pre>").format(tail(self.text, MAX_TRACE))


async def news(request: Request, repos: Repositories, entry_id: int, trouble: str) -> list[Notice]:
    """Returns the notices of a new entry to all admins who can be reached; none when they know of such a trouble."""
    if not await repos.shelf.is_news(entry_id, trouble, request.now - QUIET):
        return []
    text = _(
        "An update could not be handled: number {number} ({trouble}). Its sender has been told. "
        "More of the same joins it quietly."
    )
    what = Screen(text.format(number=entry_id, trouble=_named(trouble)), _look_at(entry_id))
    return [Notice(admin, what) for admin in await repos.sessions.list_recipients(request.rules.admin_ids)]


async def news_of_unreadable(
    repos: Repositories, entry_id: int, trouble: str, admin_ids: Collection[int]
) -> list[Notice]:
    """Returns the notices of an update that nobody could read to all admins who can be reached."""
    text = _(
        "An update could not be read: number {number} ({trouble}). It is not known who sent it. "
        "More of the same is only logged."
    )
    what = Screen(text.format(number=entry_id, trouble=_named(trouble)), _look_at(entry_id))
    return [Notice(admin, what) for admin in await repos.sessions.list_recipients(admin_ids)]


async def outcome(repos: Repositories, entry: ShelvedUpdate, again: ShelvedUpdate | None) -> Notice | None:
    """Returns what the admin who asked for this entry's other try hears of it; `again` is the entry of its failure.

    Who asked for many at once looks at the list.
    """
    found = await repos.sessions.list_recipients([entry.retried_by]) if entry.retried_by is not None else []
    admin = next(iter(found), None)
    if admin is None:
        return None
    if again is None:
        return Notice(admin, Screen(_("Number {number} is done.").format(number=entry.id)))
    if again.id == entry.id:
        text = _("Number {number} could not be tried again, and lies where it was. The log says why.")
    else:
        text = _("Number {number} failed again. It is number {again} now ({trouble}).")
    said = text.format(number=entry.id, again=again.id, trouble=_named(again.fingerprint))
    return Notice(admin, Screen(said, _look_at(again.id)))


def _look_at(entry_id: int) -> tuple[tuple[Button, ...], ...]:
    return keyboard(Button(_("Look at it"), ShowShelved(entry_id)))


def _named(trouble: str) -> Value:
    """Returns what went wrong and where; entries from before that was noted have no name."""
    return _Code(trouble) if trouble else _("unknown")


@router.press(ListShelf, action=Action.ADMINISTER, looks=True)
async def list_shelf(request: Request, repos: Repositories) -> Reply:
    """Shows a page of what could not be handled, newest first."""
    press = request.press
    assert isinstance(press, ListShelf)  # noqa: S101 (its route)
    page = await repos.shelf.list_newest(limit=PAGE, **press.bounds)
    if page.total and not page.entries:
        # Its entries are gone since the button was shown.
        press = press.first
        page = await repos.shelf.list_newest(limit=PAGE)
    back = Button(_("‹ Admin"), ShowAdmin())
    if not page.entries:
        return screen(_("The shelf is empty: everything could be handled."), back)
    numbers = [Button(str(entry.id), ShowShelved(entry.id)) for entry in page.entries]
    rows = [_row(request, entry) for entry in page.entries]
    turning = press.turning([entry.id for entry in page.entries], page.total, PAGE)
    return screen(lines(Bold(_("Shelf · {n}").format(n=page.total)), *rows), numbers, turning, back)


def _row(request: Request, entry: ShelvedUpdate) -> Text:
    row = _("{number} · {when} · {trouble}")
    if entry.retried_at is not None:
        row = _("{number} · {when} · {trouble} · being tried again")
    return row.format(number=entry.id, when=_When(entry.shelved_at, request.now), trouble=_named(entry.fingerprint))


@router.press(ShowShelved, action=Action.ADMINISTER, looks=True)
async def show_shelved(request: Request, repos: Repositories) -> Reply:
    """Shows one entry: all that is known of the failure, and nothing of what the person wrote."""
    press = request.press
    assert isinstance(press, ShowShelved)  # noqa: S101 (its route)
    return await _entry(request, repos, await _require(repos, press.entry_id))


async def _entry(request: Request, repos: Repositories, entry: ShelvedUpdate) -> Reply:
    alike = await repos.shelf.count_alike(entry)
    trace = _Trace(entry.traceback) if entry.traceback.strip() else None
    return screen(lines(_facts(request, entry, alike), trace, between="\n\n"), *_choices(entry, alike))


async def _require(repos: Repositories, entry_id: int) -> ShelvedUpdate:
    entry = await repos.shelf.get(entry_id)
    if entry is None:
        raise UserError(_("Number {number} is not on the shelf any more.").format(number=entry_id), _SHELF)
    return entry


def _facts(request: Request, entry: ShelvedUpdate, alike: Alike) -> Lines:
    person = _("Telegram id {number}").format(number=str(entry.telegram_id)) if entry.telegram_id is not None else None
    others = alike.total - 1
    return lines(
        Bold(_("Number {number} · {kind}").format(number=entry.id, kind=_kind(entry))),
        _named(entry.fingerprint),
        _When(entry.shelved_at, request.now),
        person,
        _n("{n} other failed in the same way.", "{n} others failed in the same way.", others) if others else None,
        _prospect(entry),
    )


def _kind(entry: ShelvedUpdate) -> Text:
    if entry.content is None:
        return _("a message with a secret") if entry.telegram_id is not None else _("something unreadable")
    return next((kind for field, kind in _KINDS.items() if field in entry.content), _("something else"))


def _prospect(entry: ShelvedUpdate) -> Text:
    """Says whether an entry can be tried again, and what that means when its person's talk has moved on."""
    if entry.content is None:
        return _("It may have held a password, so it was not kept, and cannot be tried again.")
    if entry.retried_at is not None:
        return _("It is tried again within seconds.")
    return _("Tried again, it is handled as if it came now.")


def _choices(entry: ShelvedUpdate, alike: Alike) -> list[Row]:
    is_triable = entry.content is not None and entry.retried_at is None
    retry, drop = DecideShelved(entry.id, 1), DecideShelved(entry.id, 0)
    retry_all = Button(_("Try all {n} again").format(n=alike.triable), replace(retry, upto=alike.newest))
    drop_all = Button(_("Drop all {n}").format(n=alike.total), replace(drop, upto=alike.newest))
    return [
        [Button(_("Try again"), retry) if is_triable else None, Button(_("Drop"), drop)],
        [retry_all if alike.triable > is_triable else None, drop_all if alike.total > 1 else None],
        _SHELF,
    ]


def tail(text: str, limit: int) -> str:
    """Returns the end of a text, where a traceback says most, in at most `limit` UTF-16 units."""
    units = utf16_offsets(text)
    if units[-1] <= limit:
        return text
    return "…" + text[bisect_left(units, units[-1] - limit + 1) :]


@router.press(DecideShelved, action=Action.ADMINISTER)
async def decide_shelved(request: Request, repos: Repositories) -> Reply:
    """Has an entry, or all that failed in the same way, tried again or, once the admin is sure, dropped."""
    press = request.press
    assert isinstance(press, DecideShelved)  # noqa: S101 (its route)
    entry = await _require(repos, press.entry_id)
    if press.retry:
        # It comes with the next tick. A second admin to press sees that it was asked for.
        waits = request.telegram_id if press.upto is None else None
        if await repos.shelf.ask(entry, waits, request.now, upto=press.upto):
            _log(request, repos, entry, Deed.RETRY if press.upto is None else Deed.RETRY_ALL)
        return await _entry(request, repos, entry)
    return await (_drop(request, repos, entry, press) if press.sure else _ask_first(repos, entry, press))


async def _drop(request: Request, repos: Repositories, entry: ShelvedUpdate, press: DecideShelved) -> Reply:
    dropped = await repos.shelf.drop(entry, upto=press.upto)
    if dropped:
        _log(request, repos, entry, Deed.DROP if press.upto is None else Deed.DROP_ALL)
    if press.upto is None:
        return screen(_("Number {number} is dropped.").format(number=entry.id), _SHELF)
    return screen(_n("{n} entry is dropped.", "{n} entries are dropped.", dropped), _SHELF)


async def _ask_first(repos: Repositories, entry: ShelvedUpdate, press: DecideShelved) -> Reply:
    text = _("Drop number {number}? It cannot be tried again then, and nobody is told.").format(number=entry.id)
    if press.upto is not None:
        alike = await repos.shelf.count_alike(entry)
        question = _("Drop all {n} that failed as {trouble}? They cannot be tried again then, and nobody is told.")
        text = question.format(n=alike.total, trouble=_named(entry.fingerprint))
        press = replace(press, upto=alike.newest)
    return screen(text, [Button(_("Keep"), ShowShelved(entry.id)), Button(_("Yes, drop"), replace(press, sure=1))])


def _log(request: Request, repos: Repositories, entry: ShelvedUpdate, deed: Deed) -> None:
    subject = str(entry.id) if deed in {Deed.RETRY, Deed.DROP} else entry.fingerprint
    write(request, repos, deed, subject)
