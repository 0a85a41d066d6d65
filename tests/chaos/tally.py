"""The tally of replies: what Telegram took, against what the bot's database says was sent.

A reply that was sent and not yet marked when the bot was killed is sent again. Nothing else may be said twice, so the
sends that were not marked are counted at each kill, chat by chat, and the duplicates are held against them. Edits do
not count: one that is made again changes nothing.
"""

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field

from tests.chaos.books import Row
from tests.chaos.telegram import Said


@dataclass(slots=True)
class Tally:
    """Counts as the run goes on. `allowed` is how many duplicates each chat may have in the end."""

    allowed: Counter[int] = field(default_factory=Counter)
    _counted: set[int] = field(default_factory=set)

    def count_kill(
        self, said: Sequence[Said], rows: Sequence[Row], unconfirmed: Container[int], owner: str | None
    ) -> None:
        """Counts the sends that the bot called `owner`, which is dead now, has not marked; None is any bot.

        Likewise the looks that it has answered, of updates that are `unconfirmed`.
        """
        looks = {one.look[0]: one.chat_id for one in said if one.look and owner in (one.look[1], None)}
        self.allowed.update(chat_id for update_id, chat_id in looks.items() if update_id in unconfirmed)
        unsent = Counter(row.chat_id for row in rows if not row.is_sent and owner in (row.owner, None))
        new = [one for one in list_unmarked(said, rows) if one.message_id not in self._counted]
        self._counted.update(one.message_id for one in new)
        for chat_id, number in Counter(one.chat_id for one in new).items():
            # No chat can have more of them than it has rows that wait: others came too early, or once too often.
            self.allowed[chat_id] += min(number, unsent[chat_id])

    def excuse(self, chat_id: int, message_id: int) -> None:
        """Allows for a message that the bot does not know to have arrived, and sends again."""
        if message_id not in self._counted:
            self._counted.add(message_id)
            self.allowed[chat_id] += 1


def count_duplicates(said: Sequence[Said], rows: Sequence[Row]) -> Counter[int]:
    """Returns how many replies came once too often, by chat, when all rows are sent and marked."""
    answered = {row.update_id for row in rows}
    duplicates = Counter(one.chat_id for one in list_unmarked(said, rows))
    for one in said:
        if one.look and one.look[0] in answered:
            duplicates[one.chat_id] += 1
        elif one.look:
            answered.add(one.look[0])
    return duplicates


def list_unmarked(said: Sequence[Said], rows: Iterable[Row]) -> list[Said]:
    """Returns the new messages that no row is marked to have become."""
    # A message that some other row edits later is not one that this row has become.
    marked = {row.message_id for row in rows if row.is_sent and not is_edit(row)}
    return [one for one in said if not (one.is_edit or one.look) and one.message_id not in marked]


def is_edit(row: Row) -> bool:
    """Whether a row changes a message."""
    return row.method.startswith("edit")
