"""What the doctor looks at: a name, and how its finding is drawn from the facts."""

from collections.abc import Callable
from typing import NamedTuple

from bot.doctor import data, telegram
from bot.doctor.facts import Facts
from bot.doctor.finding import Finding


class Check(NamedTuple):
    """One line of the doctor's report; None where there is nothing to look at."""

    name: str
    look: Callable[[Facts], Finding | None]


CHECKS = (
    Check("token", telegram.token),
    Check("admins", telegram.admins),
    Check("webhook", telegram.webhook),
    Check("clock", telegram.clock),
    Check("database", data.database),
    Check("private", data.private),
    Check("key", data.key),
    Check("schema", data.schema),
    Check("disk", data.disk),
)
