"""Tallies: what there is, and what came in each of the last weeks."""

import datetime as dt
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.types import Date

from db.models.tally import Tallied, Tally
from db.repositories.base import Repository
from db.statement import Statement

_of_all = Statement(
    select(
        Tally.kind,
        func.sum(Tally.n),
        func.coalesce(func.sum(Tally.n).filter(Tally.week == bindparam("week", type_=Date)), 0),
    ).group_by(Tally.kind)
)
_of_weeks = Statement(
    select(Tally.week, func.sum(Tally.n))
    .where(Tally.kind == bindparam("kind", type_=Tally.kind.type), Tally.week >= bindparam("since", type_=Date))
    .group_by(Tally.week)
)


class Count(NamedTuple):
    """How many there are, and how many of them came in the week that it is."""

    total: int
    new: int


def week_of(moment: dt.datetime) -> dt.date:
    """Returns the Monday on or before a moment, in UTC."""
    day = moment.astimezone(dt.UTC).date()
    return day - dt.timedelta(days=day.weekday())


class Tallies(Repository):
    """The tallies."""

    async def count_all(self, now: dt.datetime) -> dict[Tallied, Count]:
        """Returns how many there are of each kind."""
        rows = await self._work.fetch(_of_all, week=week_of(now))
        found = {Tallied(kind): Count(int(total), int(new)) for kind, total, new in rows}
        return {kind: found.get(kind, Count(0, 0)) for kind in Tallied}

    async def list_weeks(self, kind: Tallied, first: dt.date, weeks: int) -> list[int]:
        """Returns how many came in each of so many weeks, the first of which begins with this Monday."""
        found = {week: int(n) for week, n in await self._work.fetch(_of_weeks, kind=kind, since=first)}
        return [found.get(first + dt.timedelta(weeks=number), 0) for number in range(weeks)]
