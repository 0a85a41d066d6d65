"""What calls of the repositories are given: numbers and moments of the rows in `rows`, and rows loaded before."""

import datetime as dt
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from db.repositories import Repositories

NOW = dt.datetime(2026, 5, 3, 9, 0, tzinfo=dt.UTC)
LATER, LONG_AGO = NOW + dt.timedelta(days=1), NOW - dt.timedelta(days=90)
ROWS = 300
# The row that the calls are about, in every table; it is the only one that still waits for something. And none.
ID, NEW = 150, ROWS + 1
MADE = {"created_at": NOW}
Call = Callable[[Repositories], Awaitable[Any] | None]


def given(load: Callable[[Repositories], Awaitable[Any]], act: Callable[[Repositories, Any], Any]) -> Call:
    """Returns a call with something that is loaded before."""

    async def call(repos: Repositories) -> None:
        thing = await load(repos)
        assert thing is not None
        result = act(repos, thing)
        if inspect.isawaitable(result):
            await result

    return call


def progress(repos: Repositories) -> Awaitable[Any]:
    return repos.progress.lock(ID, ID)
