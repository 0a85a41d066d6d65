"""One person's updates one at a time, different people's side by side."""

import asyncio

import pytest

from bot.lanes import LaneBusyError, Lanes


async def turn() -> None:
    """Lets everybody who can move do so."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_lane_keeps_the_order() -> None:
    """First come first served, and never two at once."""
    lanes, done, inside = Lanes(8), [], 0

    async def work(number: int) -> None:
        nonlocal inside
        async with lanes.enter(7):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            done.append(number)
            inside -= 1

    await asyncio.gather(*map(work, range(20)))
    assert done == list(range(20))


async def test_lanes_run_side_by_side() -> None:
    """Who waits for something slow holds up nobody else."""
    lanes, slow, done = Lanes(8), asyncio.Event(), []

    async def work(key: int) -> None:
        async with lanes.enter(key):
            if key == 1:
                await slow.wait()
            done.append(key)

    tasks = [asyncio.create_task(work(key)) for key in (1, 2, 3)]
    await turn()
    assert done == [2, 3]
    slow.set()
    await asyncio.gather(*tasks)


async def test_a_flood_from_one_person_takes_one_place() -> None:
    """However many updates wait in a lane, the others have all the other places."""
    lanes, hold, inside = Lanes(2), asyncio.Event(), []

    async def work(key: int) -> None:
        async with lanes.enter(key), lanes.place():
            inside.append(key)
            await hold.wait()

    tasks = [asyncio.create_task(work(key)) for key in (1, 1, 1, 1, 2, 3)]
    await turn()
    assert inside == [1, 2], "two places: one for the flood, one for another"
    hold.set()
    await asyncio.gather(*tasks)
    assert sorted(inside) == [1, 1, 1, 1, 2, 3]


@pytest.mark.parametrize("end", ["return", "raise", "cancel", "cancel in the queue"])
async def test_a_lane_is_free_again_and_forgotten(end: str) -> None:
    """However work ends, the next one gets its turn, and an empty lane takes no memory."""
    lanes, hold = Lanes(1), asyncio.Event()

    async def work(how: str) -> str:
        async with lanes.enter(7):
            if how == "raise":
                raise ValueError
            await hold.wait()
        return how

    first = asyncio.create_task(work(end))
    second = asyncio.create_task(work("queued"))
    third = asyncio.create_task(work("last"))
    await turn()
    if end == "cancel":
        first.cancel()
    if end == "cancel in the queue":
        second.cancel()
    hold.set()
    await asyncio.gather(first, second, third, return_exceptions=True)
    assert third.result() == "last"
    assert lanes._locks == {}
    assert lanes._users == {}
    async with lanes.enter(8):
        pass


async def test_patience_ends() -> None:
    """Who will not wait longer is told so, leaves the lane as it was, and may come again."""
    lanes, hold = Lanes(1), asyncio.Event()

    async def work() -> None:
        async with lanes.enter(7):
            await hold.wait()

    first = asyncio.create_task(work())
    await turn()
    with pytest.raises(LaneBusyError):
        async with lanes.enter(7, patience=0.001):
            pytest.fail("the lane is taken")
    hold.set()
    await first
    async with lanes.enter(7, patience=0.001):
        pass
    assert lanes._users == {}


async def test_patience_ends_in_a_lane_that_changes_hands() -> None:
    """Who comes just when the next one's turn begins waits behind that one, and no longer than they will."""
    lanes, hold = Lanes(1), asyncio.Event()

    async def work() -> None:
        async with lanes.enter(7):
            await hold.wait()

    async with lanes.enter(7):
        second = asyncio.create_task(work())
        await turn()
    async with asyncio.timeout(10):
        with pytest.raises(LaneBusyError):
            async with lanes.enter(7, patience=0.001):
                pytest.fail("the lane is promised")
    hold.set()
    await second
    assert lanes._users == {}
