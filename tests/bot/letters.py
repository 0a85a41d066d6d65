"""Letters: rows of the outbox, and people to read them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.playground.errors import ApiError
from db.models import Outgoing
from db.records import OutgoingRecord
from tests.chat import Person, World


def letter(chat_id: int, words: str, owner: str = "gone", **details: Any) -> OutgoingRecord:
    """Returns an outbox row that says something."""
    at = details.pop("at")
    content = {"text": words}
    return OutgoingRecord(
        chat_id=chat_id, part=0, method="sendMessage", content=content, owner=owner, created_at=at, **details
    )


async def write(world: World, rows: Sequence[OutgoingRecord]) -> None:
    """Puts rows into the outbox, as a commit does."""
    async with world.application.database.transaction() as repos:
        await repos.outbox.add(rows)


async def post(world: World, *letters: tuple[Person, str], **details: Any) -> list[OutgoingRecord]:
    """Commits letters and hands them to the sender."""
    sender = world.application.sender
    rows = [letter(person.id, text, sender.owner, at=world.clock(), **details) for person, text in letters]
    await write(world, rows)
    sender.deliver(rows)
    return rows


async def meet(world: World, *names: str) -> list[Person]:
    """Returns people who may be written to."""
    people = [world.person(name) for name in names]
    for person in people:
        await person.send("/start")
    return people


async def arrived(world: World, person: Person) -> None:
    """Returns when all that waits for a chat is sent."""
    box = world.application.sender._mailboxes._boxes.get((person.id, False))
    if box and box.task:
        await box.task


def refuse(world: World, when: Callable[[str, Mapping[str, object]], bool], *errors: ApiError) -> None:
    """Answers the calls that match with these errors, one after the other, and then as usual."""
    left = list(errors)
    world.miniature.faults = lambda method, params: left.pop(0) if left and when(method, params) else None


async def row_of(world: World, row: OutgoingRecord) -> Outgoing:
    """Returns a row as it is now in the database."""
    [found] = await world.rows(Outgoing, Outgoing.id == row.id)
    assert isinstance(found, Outgoing)
    return found


async def left_behind(world: World, person: Person, count: int, owner: str) -> None:
    """Commits rows that their sender never came to send."""
    await write(world, [letter(person.id, str(number), owner, at=world.clock()) for number in range(count)])
