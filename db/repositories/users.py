"""Accounts, and the wish to teach."""

import datetime as dt
from typing import NamedTuple

from sqlalchemy import Integer, Text, bindparam, func, select, type_coerce, update

from db.cipher import cipher_of
from db.models import Instructor, InstructorRequest, Role, User
from db.models.base import BigId
from db.people import Batch, SealedPerson
from db.repositories.base import BEHIND_ALL, Repository
from db.statement import Statement, Upsert


def fold_email(email: str) -> str:
    """Returns the form of an address under which it is unique, whatever its case."""
    # Not casefold: straße.de and strasse.de are two domains (IDNA 2008, RFC 5894, 1.3).
    return email.lower()


# RFC 2606, 2: a domain that nobody has. `read_email` takes no such address, so nobody can log in with one.
RELEASED = "released.invalid"


def is_released(email: str) -> bool:
    """Returns whether an address only stands where one was that an admin has released."""
    return email.endswith(f"@{RELEASED}")


_ensure_instructor = Upsert(
    Instructor, lambda insert: insert.values(user_id=bindparam("user")).on_conflict_do_nothing()
)
_get_bio = Statement(select(Instructor.bio).where(Instructor.user_id == bindparam("user")))
_set_bio = Statement(
    update(Instructor)
    .where(Instructor.user_id == bindparam("user"))
    .values(bio=bindparam("words", type_=Instructor.bio.type))
)


# As they are stored: whoever opens them does so outside of the transaction.
_sealed = select(User.id, type_coerce(User.name, Text), type_coerce(User.email, Text)).limit(
    bindparam("limit", type_=Integer)
)
_key = bindparam("key", type_=BigId)
_sealed_after = Statement(_sealed.where(User.id < _key).order_by(User.id.desc()))
_sealed_before = Statement(_sealed.where(User.id > _key).order_by(User.id))


class OpenRequest(NamedTuple):
    """An instructor request that waits, with the account that made it."""

    request: InstructorRequest
    user: User


class Users(Repository):
    """The accounts."""

    async def get_by_email(self, email: str) -> User | None:
        """Returns the account with this address, in any case."""
        return (await self._session.scalars(select(User).where(User.email_key == fold_email(email)))).one_or_none()

    async def get_next_hash(self, email: str) -> str | None:
        """Returns the password hash of the account whose address comes after this one, if any does."""
        later = select(User.password_hash).where(User.email_key > fold_email(email))
        return await self._session.scalar(later.order_by(User.email_key).limit(1))

    async def get(self, user_id: int, *, lock: bool = False) -> User | None:
        """Returns an account; with `lock`, nobody else changes it before the transaction ends."""
        statement = select(User).where(User.id == user_id)
        if lock:
            # What this transaction read before it had the lock may be old by now.
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return (await self._session.scalars(statement)).one_or_none()

    async def read_batch(self, limit: int, *, after: int | None = None, before: int | None = None) -> Batch:
        """Returns a batch of accounts, those who came last first: `after` an id downwards.

        With `before`, those who came just after that one, first come first.
        """
        statement, key = (_sealed_after, after or BEHIND_ALL) if before is None else (_sealed_before, before)
        rows = await self._work.fetch(statement, key=key, limit=limit)
        return Batch(tuple(map(SealedPerson._make, rows)), cipher_of(self._work.connection.dialect))

    async def add(
        self,
        *,
        name: str,
        email: str,
        password_hash: str,
        role: Role,
        now: dt.datetime,
        registered_by: int | None = None,
    ) -> User:
        """Returns a new account.

        Raises:
            sqlalchemy.exc.IntegrityError: when the address has an account by now.
        """
        user = User(
            name=name,
            email=email,
            email_key=fold_email(email),
            password_hash=password_hash,
            role=Role.STUDENT,
            registered_by=registered_by,
            created_at=now,
            idle_since=now,
        )
        self._session.add(user)
        await self._session.flush()
        if role is Role.INSTRUCTOR:
            await self.promote(user)
        return user

    async def touch(self, user_id: int, now: dt.datetime) -> None:
        """Remembers that the account was in use until now: a sign-in that ends takes its own knowledge of it along."""
        await self._session.execute(update(User).where(User.id == user_id).values(idle_since=now))

    def move(self, user: User, email: str) -> None:
        """Gives an account another address; one that is taken fails when it is written."""
        user.email, user.email_key = email, fold_email(email)

    async def promote(self, user: User) -> None:
        """Makes the account an instructor's; its public side is kept from an earlier time."""
        user.role = Role.INSTRUCTOR
        await self.ensure_instructor(user.id)

    async def ensure_instructor(self, user_id: int) -> None:
        """Gives the account its public side, whatever its role: the environment may have made it an instructor's."""
        await self._work.run(_ensure_instructor, [{"user": user_id}])

    async def get_bio(self, user_id: int) -> str | None:
        """Returns what an instructor says about themselves, if anything."""
        return next((bio for (bio,) in await self._work.fetch(_get_bio, user=user_id)), None)

    async def set_bio(self, user_id: int, bio: str | None) -> None:
        """Writes down what an instructor says about themselves, or nothing."""
        await self.ensure_instructor(user_id)
        await self._work.run(_set_bio, [{"user": user_id, "words": bio}])

    def demote(self, user: User) -> None:
        """Makes the account a student's. Its courses stay, for their students."""
        user.role = Role.STUDENT

    def block(self, user: User, reason: str, now: dt.datetime) -> None:
        """Lets the person do nothing any more but read why."""
        user.blocked_at, user.blocked_reason = now, reason

    def unblock(self, user: User) -> None:
        """Takes a block back."""
        user.blocked_at = user.blocked_reason = None

    def release_email(self, user: User) -> str:
        """Returns the account's address, which is anybody's from now on; the account has one that nobody can have."""
        released, user.email = user.email, f"{user.id}@{RELEASED}"
        user.email_key = fold_email(user.email)
        return released

    async def request_instructor(self, user: User, now: dt.datetime) -> InstructorRequest:
        """Returns the account's open request; one that was decided before is opened again."""
        request = await self.get_request_of(user.id)
        if request is None:
            request = InstructorRequest(user_id=user.id, requested_at=now)
            self._session.add(request)
        elif request.decided_at is not None:
            request.requested_at = now
            request.decided_at = request.decided_by = request.approved = None
        await self._session.flush()
        return request

    async def get_request_of(self, user_id: int) -> InstructorRequest | None:
        """Returns an account's request, open or decided, locked."""
        statement = select(InstructorRequest).where(InstructorRequest.user_id == user_id).with_for_update()
        return (await self._session.scalars(statement)).one_or_none()

    def decide(self, request: InstructorRequest, *, approve: bool, decided_by: int, now: dt.datetime) -> None:
        """Closes a request; an approved account is still to be promoted."""
        request.approved, request.decided_by, request.decided_at = approve, decided_by, now

    async def get_request(self, request_id: int) -> OpenRequest | None:
        """Returns a request, open or decided, and its account, both locked."""
        # The account first, like everybody who locks both.
        user_id = await self._session.scalar(
            select(InstructorRequest.user_id).where(InstructorRequest.id == request_id)
        )
        if user_id is not None:
            await self.get(user_id, lock=True)
        statement = (
            select(InstructorRequest, User)
            .join(User, User.id == InstructorRequest.user_id)
            .where(InstructorRequest.id == request_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        row = (await self._session.execute(statement)).one_or_none()
        return OpenRequest(*row) if row else None

    async def count_requests(self) -> int:
        """Returns how many requests wait."""
        statement = select(func.count()).select_from(InstructorRequest).where(InstructorRequest.decided_at.is_(None))
        return await self._session.scalar(statement) or 0

    async def list_requests(self, limit: int) -> list[OpenRequest]:
        """Returns the open requests, oldest first."""
        statement = (
            select(InstructorRequest, User)
            .join(User, User.id == InstructorRequest.user_id)
            .where(InstructorRequest.decided_at.is_(None))
            .order_by(InstructorRequest.id)
            .limit(limit)
        )
        return [OpenRequest(*row) for row in await self._session.execute(statement)]
