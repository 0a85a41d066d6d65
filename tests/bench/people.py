"""The people: those who ask as soon as there is room for them, and those who log in by the clock."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeAlias

# Seconds without any answer after which a bot is taken for dead.
PATIENCE = 60.0

# Says something as a person; the future holds the seconds until the bot says something to them.
Say: TypeAlias = Callable[[int, str], asyncio.Future[float]]
# A Telegram id, and what one logs in with.
Account: TypeAlias = tuple[int, str, str]


async def ask(say: Say, asks: Sequence[tuple[int, str]], flight: int) -> list[float]:
    """Lets `flight` people ask at a time; returns the seconds that each waited for the first words.

    It is a closed loop: a bot is never asked faster than it answers, and never waits for the people.
    """
    left = iter(asks)
    seconds: list[float] = []

    async def come() -> None:
        for person, text in left:
            seconds.append(await asyncio.wait_for(say(person, text), PATIENCE))

    async with asyncio.TaskGroup() as group:
        for _ in range(flight):
            group.create_task(come())
    return seconds


@asynccontextmanager
async def logging_in(say: Say, accounts: Sequence[Account], every: float) -> AsyncIterator[list[float]]:
    """Yields the seconds that each password took so far, while an account logs out and in again every so often.

    Whoever has begun comes to the end.
    """
    seconds: list[float] = []
    async with asyncio.TaskGroup() as group:
        clock = group.create_task(_tick(group, say, deque(accounts), every, seconds))
        yield seconds
        clock.cancel()


async def _tick(group: asyncio.TaskGroup, say: Say, free: deque[Account], every: float, seconds: list[float]) -> None:
    async def log_in(account: Account) -> None:
        person, *words = account
        for text in ("/logout", "/login", *words):
            took = await asyncio.wait_for(say(person, text), PATIENCE)
        seconds.append(took)
        free.append(account)

    loop = asyncio.get_running_loop()
    due = loop.time()
    while True:
        # By the clock, however long the others take; when everybody still waits, nobody is there to begin.
        if free:
            group.create_task(log_in(free.popleft()))
        due += every
        await asyncio.sleep(due - loop.time())
