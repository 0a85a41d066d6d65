"""How fast messages may leave."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pace import Bucket, Gate, pace_of
from tests.bot.naps import Naps, naps

__all__ = ["naps"]


class Seconds:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def test_a_bucket_lets_a_burst_through_and_then_a_rate(seconds: Seconds) -> None:
    """The first ones need not wait, each further one waits a tick longer."""
    bucket = Bucket(2, 3, seconds)
    assert [bucket.take() for _ in range(6)] == [0, 0, 0, 0.5, 1.0, 1.5]


def test_a_bucket_fills_up_again_but_not_over(seconds: Seconds) -> None:
    """Rest pays debts and restores the burst, however long it was."""
    bucket = Bucket(2, 3, seconds)
    for _ in range(5):
        bucket.take()
    seconds.now += 1
    assert bucket.take() == 0.5
    seconds.now += 1000
    assert bucket.is_rested
    assert [bucket.take() for _ in range(4)] == [0, 0, 0, 0.5]
    assert not bucket.is_rested


def test_a_rate_of_zero_is_no_limit(seconds: Seconds) -> None:
    """Without a limit nobody waits, and there is nothing to remember."""
    bucket = Bucket(0, 20, seconds)
    assert {bucket.take() for _ in range(1000)} == {0}
    assert bucket.is_rested


@given(rests=st.lists(st.floats(0, 3), min_size=1, max_size=50), rate=st.floats(0.5, 50), burst=st.integers(1, 20))
def test_a_bucket_never_lets_more_through_than_it_may(rests: list[float], rate: float, burst: int) -> None:
    """In any stretch of time at most a burst and the rate's share leave."""
    seconds = Seconds()
    bucket = Bucket(rate, burst, seconds)
    left = []
    for rest in rests:
        seconds.now += rest
        left.append(seconds.now + bucket.take())
    for first, begin in enumerate(left):
        for number, end in enumerate(left[first:], 1):
            assert number <= burst + (end - begin) * rate + 1 + 1e-6


async def test_people_go_through_the_gate_before_broadcasts(seconds: Seconds, naps: Naps) -> None:
    """Who answers a person overtakes every broadcast that waits, and keeps the order among people."""
    gate = Gate(1, seconds)
    door = naps.hold(1.0)
    passed: list[str] = []

    async def pass_through(name: str, priority: int) -> None:
        await gate.enter(priority)
        passed.append(name)

    tasks = [asyncio.create_task(pass_through("first", 1))]
    await asyncio.wait(tasks)
    for name, priority in (("news 1", 1), ("news 2", 1), ("answer 1", 0), ("answer 2", 0)):
        tasks.append(asyncio.create_task(pass_through(name, priority)))
    await naps.begun(1.0)
    door.set()
    await asyncio.wait(tasks)
    assert passed == ["first", "answer 1", "answer 2", "news 1", "news 2"]
    assert sorted(naps.taken) == [1.0, 1.25, 2.0, 2.5, 3.0, 4.0], "the broadcasts have a rate of their own besides"


async def test_a_gate_without_a_rate_is_open(seconds: Seconds, naps: Naps) -> None:
    """With no limit nobody sleeps at the gate."""
    gate = Gate(0, seconds)
    for _ in range(100):
        await gate.enter(1)
    assert naps.taken == []


async def test_who_gives_up_at_the_gate_blocks_nobody(seconds: Seconds, naps: Naps) -> None:
    """A cancelled message leaves the queue to those behind it."""
    gate = Gate(1, seconds)
    await gate.enter(0)
    door = naps.hold(1.0)
    gone = asyncio.create_task(gate.enter(0))
    behind = asyncio.create_task(gate.enter(0))
    await naps.begun(1.0)
    gone.cancel()
    door.set()
    await behind
    assert gone.cancelled()


async def test_a_closed_gate_lets_nobody_out(seconds: Seconds, naps: Naps) -> None:
    """Whoever comes waits for the end of the longest closure, also without a rate; then it is as open as before."""
    gate = Gate(0, seconds)
    gate.close(30)
    gate.close(7)
    await gate.enter(0)
    seconds.now += 10
    await gate.enter(0)
    seconds.now += 20
    await gate.enter(0)
    assert naps.taken == [30.0, 20.0]


async def test_broadcasts_leave_room_for_people(seconds: Seconds, naps: Naps) -> None:
    """However many messages of a broadcast wait, a fifth of the rate is free for whoever asks something."""
    gate = Gate(10, seconds)
    for _ in range(9):
        await gate.enter(1)
        seconds.now += naps.taken[-1] if naps.taken else 0
    assert naps.taken == pytest.approx([1 / 8] * 8)
    for _ in range(10):
        await gate.enter(0)
    assert len(naps.taken) == 8, "what they left was there for people"


async def test_a_stall_lets_no_crowd_of_broadcasts_out(seconds: Seconds, naps: Naps) -> None:
    """Messages that were late leave one after the other, as all do, and not together."""
    gate = Gate(10, seconds)
    await gate.enter(1)
    seconds.now += 60
    for _ in range(3):
        await gate.enter(1)
    assert naps.taken == pytest.approx([1 / 8, 2 / 8])


def test_a_group_takes_twenty_a_minute(seconds: Seconds) -> None:
    """The twenty-first message waits until the first is a minute old; so does each one after it."""
    pace = pace_of(-7, 1, seconds)
    waits = []
    for _ in range(42):
        waits.append(pace.take())
        seconds.now += 1
    assert waits[:21] == [*[0.0] * 20, 40.0]
    assert waits[40:] == [80.0, 80.0]
    assert not pace.is_rested
    seconds.now += 200
    assert pace.is_rested


def test_groups_have_no_limit_where_there_is_none(seconds: Seconds) -> None:
    """SEND_PER_CHAT=0 means groups, too."""
    pace = pace_of(-7, 0, seconds)
    assert {pace.take() for _ in range(100)} == {0.0}
