"""Accidents: wires that answer what a proxy says, and a clock of the event loop that leaps."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from telegram._utils.defaultvalue import DEFAULT_NONE
from telegram._utils.types import ODVInput
from telegram.request import BaseRequest, RequestData

from bot.api import Api
from tests.chat import TOKEN

PAGE = b"<html><h1>nginx</h1></html>"
Answer = tuple[int, bytes]


class Canned(BaseRequest):
    """A connection that gives prepared answers, the last of them for ever."""

    def __init__(self, *answers: Answer) -> None:
        """Answers with status and body."""
        self._answers = list(answers)

    @property
    def read_timeout(self) -> float | None:
        """No timeout: nothing leaves the process."""
        return None

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(  # noqa: PLR0917 -- PTB's signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = DEFAULT_NONE,
        write_timeout: ODVInput[float] = DEFAULT_NONE,
        connect_timeout: ODVInput[float] = DEFAULT_NONE,
        pool_timeout: ODVInput[float] = DEFAULT_NONE,
    ) -> Answer:
        """Returns the next answer."""
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def canned(*answers: Answer) -> Api:
    """Returns a client whose calls get these answers."""
    return Api(TOKEN, request=Canned(*answers), get_updates_request=Canned(*answers))


def leap(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Makes the event loop's clock, and not ours, so much later from now on."""
    loop = asyncio.get_running_loop()
    now = loop.time
    monkeypatch.setattr(loop, "time", lambda: now() + seconds)


def delay(monkeypatch: pytest.MonkeyPatch, owner: type, name: str, seconds: float) -> None:
    """Makes a method begin so much later, by the event loop's clock and not by ours."""
    loop, method = asyncio.get_running_loop(), getattr(owner, name)
    now, late = loop.time, 0.0
    monkeypatch.setattr(loop, "time", lambda: now() + late)

    async def begin_late(*args: Any, **kwargs: Any) -> Any:
        nonlocal late
        late += seconds
        # Once for the timers to be seen as due, once for what they cancel.
        for _ in range(3):
            await asyncio.sleep(0)
        return await method(*args, **kwargs)

    monkeypatch.setattr(owner, name, begin_late)


def fail_first(
    monkeypatch: pytest.MonkeyPatch, owner: type, name: str, *errors: BaseException, after: bool = False
) -> None:
    """Makes a method raise these errors, one a call, and then work; `after` is when its work is done all the same."""
    method: Callable[..., Awaitable[Any]] = getattr(owner, name)
    left = list(errors)

    async def fail(*args: Any, **kwargs: Any) -> Any:
        if left and not after:
            raise left.pop(0)
        result = await method(*args, **kwargs)
        if left:
            raise left.pop(0)
        return result

    monkeypatch.setattr(owner, name, fail)
