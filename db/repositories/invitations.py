"""Invitations: links by which people enroll in a private course."""

import datetime as dt

from sqlalchemy import Integer, bindparam, insert, or_, select, update

from db.models import Invitation
from db.models.base import BigId, UtcDateTime
from db.records import InvitationRecord, columns
from db.repositories.base import Repository
from db.statement import Statement

_INVITATION = columns(InvitationRecord, Invitation)
_invitation_id, _course_id = bindparam("invitation", type_=BigId), bindparam("course", type_=BigId)
_now = bindparam("now", type_=UtcDateTime)
_get = Statement(select(*_INVITATION).where(Invitation.id == _invitation_id))
_find = Statement(select(*_INVITATION).where(Invitation.token == bindparam("token")))
_list = Statement(
    select(*_INVITATION)
    .where(Invitation.course_id == _course_id, Invitation.revoked_at.is_(None))
    .order_by(Invitation.id)
)
_add = Statement(
    insert(Invitation)
    .values(
        course_id=_course_id,
        token=bindparam("token"),
        max_people=bindparam("people", type_=Integer),
        used=0,
        created_at=_now,
    )
    .returning(*_INVITATION)
)
_take = Statement(
    update(Invitation)
    .where(
        Invitation.id == _invitation_id,
        Invitation.revoked_at.is_(None),
        or_(Invitation.max_people.is_(None), Invitation.used < Invitation.max_people),
    )
    .values(used=Invitation.used + 1)
    .returning(Invitation.id)
)
_revoke = Statement(
    update(Invitation).where(Invitation.id == _invitation_id, Invitation.revoked_at.is_(None)).values(revoked_at=_now)
)


class Invitations(Repository):
    """The invitations."""

    async def add(self, course_id: int, token: str, max_people: int | None, now: dt.datetime) -> InvitationRecord:
        """Returns a new invitation; `max_people` is None for any number."""
        [row] = await self._work.fetch(_add, course=course_id, token=token, people=max_people, now=now)
        return InvitationRecord(*row)

    async def get(self, invitation_id: int) -> InvitationRecord | None:
        """Returns an invitation, revoked or not."""
        rows = await self._work.fetch(_get, invitation=invitation_id)
        return InvitationRecord(*rows[0]) if rows else None

    async def find(self, token: str) -> InvitationRecord | None:
        """Returns the invitation with this token, revoked or not."""
        rows = await self._work.fetch(_find, token=token)
        return InvitationRecord(*rows[0]) if rows else None

    async def list_of(self, course_id: int) -> list[InvitationRecord]:
        """Returns a course's invitations that are not revoked, oldest first."""
        return [InvitationRecord(*row) for row in await self._work.fetch(_list, course=course_id)]

    async def take(self, invitation: InvitationRecord) -> bool:
        """Takes a place of an invitation; returns False when none is left, or it was revoked.

        Of two at once, the second waits for the first, and then finds what that has left.
        """
        return bool(await self._work.fetch(_take, invitation=invitation.id))

    async def revoke(self, invitation: InvitationRecord, now: dt.datetime) -> None:
        """Makes an invitation worthless from now on."""
        await self._work.run(_revoke, [{"invitation": invitation.id, "now": now}])
