"""What calls of the repositories are given: the rows that they are about."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from db.repositories import Repositories
from tests.db.seeds import ID

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
