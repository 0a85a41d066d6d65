"""Media: what is known of the files of lessons, and what each bot calls them."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import JSON, Column, and_, bindparam, delete, null, select, update
from sqlalchemy.dialects import postgresql, sqlite

from db.models import Base, FileId, Medium, MediumState
from db.models.base import UtcDateTime
from db.records import MediumRecord, columns
from db.repositories.base import Repository
from db.statement import Statement, Upsert
from db.work import Work

# As long as somebody may be at work on a medium that they have claimed.
CLAIM = dt.timedelta(minutes=5)

_MEDIUM = columns(MediumRecord, Medium)
_medium, _now = bindparam("medium", type_=Medium.unique_id.type), bindparam("now", type_=UtcDateTime)


def _register_core(insert: Any) -> postgresql.Insert | sqlite.Insert:
    given: dict[str, Any] = {name: bindparam(name) for name in ("kind", "file_id", "file_name", "facts")}
    fixed = {"state": MediumState.PENDING, "failures": 0, "due_at": _now, "registered_at": _now}
    new = insert.excluded
    core: postgresql.Insert | sqlite.Insert = insert.values(unique_id=_medium, **given, **fixed).on_conflict_do_update(
        index_elements=["unique_id"],
        # Sent again, perhaps to a bot that can fetch it: what failed with the old file id may not with the new one.
        set_={"file_id": new.file_id, "due_at": new.due_at, "failures": 0},
        where=and_(Medium.state == MediumState.PENDING, new.file_id.is_not(None), Medium.file_id != new.file_id),
    )
    return core


_register = Upsert(Medium, _register_core)
_touch = Statement(update(Medium).where(Medium.unique_id == _medium).values(registered_at=_now))
_keep = Statement(
    update(Medium)
    .where(Medium.unique_id == _medium)
    .values(state=MediumState.KEPT, sha256=bindparam("digest"), size=bindparam("bytes"), reason=null(), failures=0)
)
_give_up = Statement(
    update(Medium).where(Medium.unique_id == _medium).values(state=MediumState.TOO_BIG, reason=bindparam("why"))
)
_postpone = Statement(
    update(Medium)
    .where(Medium.unique_id == _medium)
    .values(due_at=bindparam("due", type_=UtcDateTime), reason=bindparam("why"), failures=bindparam("count"))
)
_lose = Statement(
    update(Medium)
    .where(Medium.unique_id == _medium)
    .values(state=MediumState.PENDING, sha256=null(), due_at=_now, failures=0)
)
_remember = Upsert(
    FileId,
    lambda insert: insert.values(
        unique_id=_medium, bot_id=bindparam("bot"), file_id=bindparam("name")
    ).on_conflict_do_update(index_elements=["unique_id", "bot_id"], set_={"file_id": insert.excluded.file_id}),
)


class Known(NamedTuple):
    """A medium as one bot sees it.

    `own` is what this bot calls it; `foreign` are the file ids that are known to be other bots' and of no use to it.
    """

    medium: MediumRecord
    own: str | None
    foreign: frozenset[str]


class Use(NamedTuple):
    """A column with blocks in it, and the key of its table."""

    key: Column[Any]
    block: Column[Any]


def _uses() -> tuple[Use, ...]:
    """Returns all columns that may refer to media: those of plain JSON, whatever table they are in.

    A new one is among them by itself, for a file that only it refers to would be taken for nobody's.
    """
    columns = [column for table in Base.metadata.sorted_tables for column in table.columns]
    blocks = [column for column in columns if isinstance(column.type, JSON) and column.table is not Medium.__table__]
    return tuple(Use(next(iter(block.table.primary_key)), block) for block in blocks)


USES = _uses()


class Media(Repository):
    """The files of lessons."""

    def __init__(self, work: Work) -> None:
        """Works inside the transaction of this unit of work."""
        super().__init__(work)
        # Whether something was registered, and may wait to be fetched.
        self.has_news = False

    async def register(self, contents: Iterable[Mapping[str, Any]], now: dt.datetime) -> None:
        """Takes in the files of these blocks, as data; a text has none, and a file that is known is known once."""
        found = {content["file_unique_id"]: content for content in contents if content.get("file_unique_id")}
        # In one order, or two lessons with the same files would wait for each other.
        rows = [_row(found[unique_id], now) for unique_id in sorted(found)]
        if rows:
            self.has_news = True
            await self._work.run(_register, rows)
            await self._work.run(_touch, [{"medium": row["medium"], "now": now} for row in rows])

    async def find(self, unique_ids: Collection[str], bot_id: int) -> dict[str, Known]:
        """Returns those of the media that are known, by unique id."""
        statement = (
            select(*_MEDIUM, FileId.bot_id, FileId.file_id)
            .select_from(Medium)
            .outerjoin(FileId, FileId.unique_id == Medium.unique_id)
            .where(Medium.unique_id.in_(unique_ids))
        )
        found: dict[str, Known] = {}
        for *values, its_bot, file_id in await self._work.connection.execute(statement):
            medium = MediumRecord(*values)
            known = found.get(medium.unique_id, Known(medium, None, frozenset()))
            if its_bot == bot_id:
                known = known._replace(own=file_id)
            elif file_id is not None:
                known = known._replace(foreign=known.foreign | {file_id})
            found[medium.unique_id] = known
        return found

    async def claim(self, now: dt.datetime, limit: int) -> list[MediumRecord]:
        """Returns media that are due to be fetched, the caller's for five minutes; those of a dead process again."""
        due = (
            select(Medium.unique_id)
            .where(Medium.state == MediumState.PENDING, Medium.due_at <= now, Medium.file_id.is_not(None))
            .order_by(Medium.due_at)
            .limit(limit)
            .with_for_update(of=Medium, skip_locked=True)
        )
        ids = list(await self._work.connection.scalars(due))
        if not ids:
            return []
        await self._work.connection.execute(update(Medium).where(Medium.unique_id.in_(ids)).values(due_at=now + CLAIM))
        rows = await self._work.connection.execute(select(*_MEDIUM).where(Medium.unique_id.in_(ids)))
        return [MediumRecord(*row) for row in rows]

    async def wake(self, now: dt.datetime) -> None:
        """Makes all that waits due now: what an earlier process claimed, and what it had put off."""
        waiting = and_(Medium.state == MediumState.PENDING, Medium.due_at > now)
        await self._work.connection.execute(update(Medium).where(waiting).values(due_at=now))

    async def mark_kept(self, unique_id: str, sha256: str, size: int) -> None:
        """Says that there is a copy."""
        await self._work.run(_keep, [{"medium": unique_id, "digest": sha256, "bytes": size}])

    async def mark_too_big(self, unique_id: str, reason: str) -> None:
        """Says that there will be none."""
        await self._work.run(_give_up, [{"medium": unique_id, "why": reason[:200]}])

    async def postpone(self, medium: MediumRecord, until: dt.datetime, reason: str, *, failed: bool) -> None:
        """Puts a medium off; one that `failed` has done so once more."""
        count = medium.failures + failed
        await self._work.run(
            _postpone, [{"medium": medium.unique_id, "due": until, "why": reason[:200], "count": count}]
        )

    async def remember(self, unique_id: str, kind: str, bot_id: int, file_id: str, now: dt.datetime) -> None:
        """Keeps what a bot calls a medium; one that nobody registered is known from now on."""
        await self.register([{"file_unique_id": unique_id, "kind": kind, "file_id": file_id}], now)
        await self._work.run(_remember, [{"medium": unique_id, "bot": bot_id, "name": file_id}])

    async def list_kept(self, limit: int, after: str = "") -> list[tuple[str, str]]:
        """Returns a page of media that have a copy, each with the copy's name, in the order of their unique ids."""
        statement = (
            select(Medium.unique_id, Medium.sha256)
            .where(Medium.unique_id > after, Medium.state == MediumState.KEPT)
            .order_by(Medium.unique_id)
            .limit(limit)
        )
        return [(unique_id, str(digest)) for unique_id, digest in await self._work.connection.execute(statement)]

    async def lose(self, unique_ids: Iterable[str], now: dt.datetime) -> None:
        """Says that copies are not there any more: they are fetched again."""
        await self._work.run(_lose, [{"medium": unique_id, "now": now} for unique_id in unique_ids])

    async def list_needed(self, digests: Collection[str]) -> set[str]:
        """Returns those of the copies that some medium has."""
        return set(await self._work.connection.scalars(select(Medium.sha256).where(Medium.sha256.in_(digests))))

    async def list_used(self, use: Use, limit: int, after: int = 0) -> list[tuple[int, str | None]]:
        """Returns a page of the keys of a column's rows, each with the medium that the row refers to."""
        medium = use.block["file_unique_id"].as_string()
        statement = select(use.key, medium).where(use.key > after).order_by(use.key).limit(limit)
        return [(key, unique_id) for key, unique_id in await self._work.connection.execute(statement)]

    async def list_all(self, limit: int, after: str = "") -> list[str]:
        """Returns a page of unique ids, in order."""
        statement = select(Medium.unique_id).where(Medium.unique_id > after).order_by(Medium.unique_id).limit(limit)
        return list(await self._work.connection.scalars(statement))

    async def forget(self, unique_ids: Collection[str], before: dt.datetime) -> list[str]:
        """Deletes those of the media that were last registered before then; returns which."""
        old = select(Medium.unique_id).where(Medium.unique_id.in_(unique_ids), Medium.registered_at < before)
        ids = list(await self._work.connection.scalars(old.with_for_update()))
        if ids:
            await self._work.connection.execute(delete(FileId).where(FileId.unique_id.in_(ids)))
            await self._work.connection.execute(delete(Medium).where(Medium.unique_id.in_(ids)))
        return ids


def _row(content: Mapping[str, Any], now: dt.datetime) -> dict[str, Any]:
    return {
        "medium": content["file_unique_id"],
        "kind": content["kind"],
        "file_id": content.get("file_id"),
        "file_name": content.get("file_name"),
        "facts": content.get("facts"),
        "now": now,
    }
