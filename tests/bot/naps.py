"""Sleeping without waiting: what the machine sleeps is written down, and over at once."""

import asyncio

import pytest

_sleep = asyncio.sleep


class Naps:
    """Stands in the place of `asyncio.sleep`."""

    def __init__(self) -> None:
        """Has seen nobody sleep."""
        self.taken: list[float] = []
        self._held: dict[float, asyncio.Event] = {}
        self._begun = asyncio.Condition()

    def hold(self, seconds: float) -> asyncio.Event:
        """Makes naps of this length last until the event is set."""
        return self._held.setdefault(seconds, asyncio.Event())

    async def begun(self, seconds: float, times: int = 1) -> None:
        """Returns when so many naps of this length were begun."""
        async with self._begun, asyncio.timeout(30):
            await self._begun.wait_for(lambda: self.taken.count(seconds) >= times)

    async def sleep(self, seconds: float) -> None:
        """Notes the nap."""
        if seconds > 0:
            async with self._begun:
                self.taken.append(seconds)
                self._begun.notify_all()
        if seconds in self._held:
            await self._held[seconds].wait()
        await _sleep(0)


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> Naps:
    """Makes every nap of this test a short one."""
    naps = Naps()
    monkeypatch.setattr(asyncio, "sleep", naps.sleep)
    return naps
