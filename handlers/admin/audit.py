"""What admins did: written down with each deed, and read in the menu."""

import enum

from db.models import User
from db.records import AuditRecord
from db.repositories import Repositories
from handlers.addresses import has_address
from handlers.admin.menu import BACK
from handlers.admin_presses import ShowAudit
from handlers.kit.reply import Reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Day, Text, Value, _, lines
from handlers.policies import Action

# With the longest names and reasons, a page stays below the 4096 of a message.
PAGE, SHOWN = 10, 60


class Deed(enum.StrEnum):
    """What the audit log says that an admin did."""

    APPROVE = "approve"
    DECLINE = "decline"
    PROMOTE = "promote"
    DEMOTE = "demote"
    SEARCH = "search"
    LOOK_UP = "look up"
    BLOCK = "block"
    UNBLOCK = "unblock"
    SIGN_OUT = "sign out"
    RELEASE = "release"
    RETRY = "retry"
    RETRY_ALL = "retry all"
    DROP = "drop"
    DROP_ALL = "drop all"
    BROADCAST = "broadcast"
    STOP_BROADCAST = "stop broadcast"
    DROP_BROADCAST = "drop broadcast"
    # A press that changed nothing: another admin was quicker, or the environment wins.
    IN_VAIN = "in vain"


_DEEDS = {
    Deed.APPROVE: _("approved {subject}"),
    Deed.DECLINE: _("declined {subject}"),
    Deed.PROMOTE: _("promoted {subject}"),
    Deed.DEMOTE: _("demoted {subject}"),
    Deed.SEARCH: _("searched people for “{subject}”"),
    Deed.LOOK_UP: _("looked up {subject}"),
    Deed.BLOCK: _("blocked {subject}"),
    Deed.UNBLOCK: _("unblocked {subject}"),
    Deed.SIGN_OUT: _("signed {subject} out everywhere"),
    Deed.RELEASE: _("released the address {subject}"),
    Deed.RETRY: _("had number {subject} tried again"),
    Deed.RETRY_ALL: _("had all tried again that failed as {subject}"),
    Deed.DROP: _("dropped number {subject}"),
    Deed.DROP_ALL: _("dropped all that failed as {subject}"),
    Deed.BROADCAST: _("sent broadcast {subject}"),
    Deed.STOP_BROADCAST: _("stopped broadcast {subject}"),
    Deed.DROP_BROADCAST: _("cancelled broadcast {subject}"),
    Deed.IN_VAIN: _("changed nothing about {subject}"),
}
router = Router()


def note(request: Request, repos: Repositories, deed: Deed, user: User, detail: str | None = None) -> None:
    """Writes down what was done to somebody's account, which goes by its address, or without one by its name."""
    subject = user.email if has_address(user) else user.name
    write(request, repos, deed, subject, detail, about=user.id)


def write(
    request: Request,
    repos: Repositories,
    deed: Deed,
    subject: str,
    detail: str | None = None,
    *,
    about: int | None = None,
) -> None:
    """Writes down what was done, and `about` whose account if it names a person."""
    repos.audit.add(
        telegram_id=request.telegram_id, action=deed, subject=subject, detail=detail, now=request.now, about=about
    )


@router.press(ShowAudit, action=Action.ADMINISTER, looks=True)
async def show_audit(request: Request, repos: Repositories) -> Reply:
    """Shows a page of what admins did, the newest first."""
    press = request.press
    assert isinstance(press, ShowAudit)  # noqa: S101 (its route)
    page = press.cut(await repos.audit.list_latest(PAGE + 1, **press.bounds), PAGE)
    rows = [_entry(request, entry) for entry in page.shown] or [_("Nothing so far.")]
    turning = press.stepping(
        page.shown[0].id if page.shown and page.has_newer else None,
        page.shown[-1].id if page.shown and page.has_older else None,
    )
    return screen(lines(Bold(_("What admins did")), *rows), turning, BACK)


def _entry(request: Request, entry: AuditRecord) -> Text:
    admin: Value = entry.name or str(entry.telegram_id)
    if entry.telegram_id == request.telegram_id:
        admin = _("you")
    deed = _DEEDS.get(Deed(entry.action)) if entry.action in set(Deed) else None
    subject: Value = _shortened(entry.subject) or _("somebody who has left")
    did: Value = deed.format(subject=subject) if deed else f"{entry.action} {subject}"
    row = _("{day} · {admin} · {did}: {detail}") if entry.detail else _("{day} · {admin} · {did}")
    return row.format(day=Day(entry.at, request.now), admin=admin, did=did, detail=_shortened(entry.detail or ""))


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
