"""The clock of the machine."""

import datetime as dt
from collections.abc import Callable
from typing import TypeAlias

Clock: TypeAlias = Callable[[], dt.datetime]


def utc_now() -> dt.datetime:
    """Returns this moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC)
