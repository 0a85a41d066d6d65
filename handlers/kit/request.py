"""What a view is asked."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from msgspec import Struct, field
from telegram import Message, Update

from db.records import SessionRecord, UserRecord
from db.repositories.chat_sessions import Recipient
from handlers.kit.errors import Keep, Pending
from handlers.kit.press import Press
from handlers.kit.rules import Rules

T = TypeVar("T")


class Request(Struct, frozen=True):
    """An update, with all that was loaded for it. `session` may be changed."""

    update: Update
    session: SessionRecord
    user: UserRecord | None
    rules: Rules
    now: dt.datetime
    # The words after a typed command.
    args: str = ""
    press: Press | None = None
    # Slow work that is done already, by function and arguments.
    computed: Mapping[tuple[Any, ...], Any] = field(default_factory=dict)

    @property
    def telegram_id(self) -> int:
        """The Telegram account that acts."""
        return self.session.telegram_id

    @property
    def recipient(self) -> Recipient:
        """The same account, as somebody who is written to."""
        return Recipient(self.telegram_id, self.session.language)

    @property
    def message(self) -> Message | None:
        """The message that the person sent or edited; none after a press."""
        return self.update.message or self.update.edited_message

    @property
    def is_admin(self) -> bool:
        """Whether the environment names this Telegram account as an admin's."""
        return self.telegram_id in self.rules.admin_ids

    def compute(self, work: Callable[..., T], *args: Any, keep: Keep | None = None) -> T:
        """Returns `work(*args)`, which is slow and pure, computed outside the transaction.

        Raises:
            Pending: the first time; the view is run again, and finds the value, when it is there. As the view then
                reads everything anew, what it passes is what holds at that moment: other arguments, other work.
        """
        key = (work, *args)
        if key not in self.computed:
            raise Pending(work, args, keep)
        return cast("T", self.computed[key])
