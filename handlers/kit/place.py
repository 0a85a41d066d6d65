"""Where an open dialog stands."""

from typing import Any, Self

from msgspec import Struct, field
from msgspec.structs import asdict, replace

from handlers.kit.request import Request


class Place(Struct, frozen=True):
    """Where an open dialog stands, as the session keeps it."""

    name: str
    step: str
    # What the dialog was begun with (a course's id), then one answer a question.
    answers: dict[str, Any] = field(default_factory=dict)
    # A command or press that waits for the person's word on leaving the dialog.
    waiting: str | None = None
    # The dialog, as the session kept it, that goes on when this one is over.
    aside: dict[str, Any] | None = None
    # Which part of the answer to a question a message became, by the question's name and the message's id.
    sources: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, request: Request) -> Self | None:
        """Returns the place of the session's open dialog."""
        known = set(cls.__struct_fields__)
        # Another version may have written other things: an upgrade can be taken back, too.
        kept = {name: value for name, value in (request.session.dialog or {}).items() if name in known}
        return cls(**kept) if {"name", "step"} <= kept.keys() else None

    def keep(self, request: Request) -> None:
        """Writes the place to the session."""
        request.session.dialog = asdict(self)

    def parts(self, key: str) -> list[Any]:
        """Returns the parts that were sent so far in answer to a question that takes many."""
        return list(self.answers.get(key) or ())

    def with_part(self, key: str, value: Any, message_id: int) -> Self:
        """Returns the place with one more part, which this message became."""
        parts = self.parts(key)
        sources = {**self.sources, f"{key}/{message_id}": len(parts)}
        return replace(self, answers={**self.answers, key: [*parts, value]}, sources=sources)

    def without_last_part(self, key: str) -> Self:
        """Returns the place without the part that was sent last."""
        parts = self.parts(key)[:-1]
        sources = {name: at for name, at in self.sources.items() if at < len(parts) or not name.startswith(f"{key}/")}
        return replace(self, answers={**self.answers, key: parts}, sources=sources)

    def find_part(self, message_id: int) -> tuple[str, int] | None:
        """Returns which question's part a message became, counted from 0; none when it is no part, or no longer."""
        found = ((name.rpartition("/"), at) for name, at in self.sources.items())
        return next(((key, at) for (key, _slash, source), at in found if source == str(message_id)), None)

    def with_changed_part(self, key: str, at: int, value: Any) -> Self:
        """Returns the place with another part in place of one."""
        parts = self.parts(key)
        parts[at] = value
        return replace(self, answers={**self.answers, key: parts})
