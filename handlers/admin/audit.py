"""What admins did: written down with each deed, and read in the menu."""

import enum

from db.models import AuditEntry, User
from db.repositories import Repositories
from handlers.admin.menu import BACK
from handlers.kit.reply import Reply, screen
from handlers.kit.request import Request
from handlers.kit.router import Router
from handlers.kit.text import Bold, Day, Text, Value, _, lines
from handlers.policies import Action
from handlers.presses import ShowAudit

MAX_ENTRIES = 15


class Deed(enum.StrEnum):
    """What the audit log says that an admin did."""

    APPROVE = "approve"
    DECLINE = "decline"
    PROMOTE = "promote"
    DEMOTE = "demote"
    LOOK_UP = "look up"
    RETRY = "retry"
    RETRY_ALL = "retry all"
    DROP = "drop"
    DROP_ALL = "drop all"
    # A press that changed nothing: another admin was quicker, or the environment wins.
    IN_VAIN = "in vain"


_DEEDS = {
    Deed.APPROVE: _("approved {subject}"),
    Deed.DECLINE: _("declined {subject}"),
    Deed.PROMOTE: _("promoted {subject}"),
    Deed.DEMOTE: _("demoted {subject}"),
    Deed.LOOK_UP: _("looked up {subject}"),
    Deed.RETRY: _("had number {subject} tried again"),
    Deed.RETRY_ALL: _("had all tried again that failed as {subject}"),
    Deed.DROP: _("dropped number {subject}"),
    Deed.DROP_ALL: _("dropped all that failed as {subject}"),
    Deed.IN_VAIN: _("changed nothing about {subject}"),
}
router = Router()


def note(request: Request, repos: Repositories, deed: Deed, user: User) -> None:
    """Writes down what was done to somebody's account."""
    repos.audit.add(telegram_id=request.telegram_id, action=deed, subject=user.email, now=request.now)


@router.press(ShowAudit, action=Action.ADMINISTER, looks=True)
async def show_audit(request: Request, repos: Repositories) -> Reply:
    """Shows what admins did lately, the newest first."""
    entries = await repos.audit.list_latest(MAX_ENTRIES)
    rows = [_entry(request, entry) for entry in entries] or [_("Nothing has been decided yet.")]
    return screen(lines(Bold(_("What was decided")), *rows), BACK)


def _entry(request: Request, entry: AuditEntry) -> Text:
    admin = _("you") if entry.telegram_id == request.telegram_id else str(entry.telegram_id)
    deed = _DEEDS.get(Deed(entry.action)) if entry.action in set(Deed) else None
    did: Value = deed.format(subject=entry.subject) if deed else f"{entry.action} {entry.subject}"
    return _("{day} · {admin} · {did}").format(day=Day(entry.at, request.now), admin=admin, did=did)
