"""Threads for what is slow: beside the event loop, and behind it where both want a core."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

# As of any work that may wait.
NICENESS = 10


def threads(name: str, number: int) -> ThreadPoolExecutor:
    """Returns a pool of so many threads."""
    return ThreadPoolExecutor(number, thread_name_prefix=name, initializer=_step_back)


def _step_back() -> None:
    # On Linux, niceness is a thread's own (sched(7)); elsewhere it would slow the whole process down.
    if sys.platform == "linux":
        os.nice(NICENESS)
