"""What is printed in the end: a table in Markdown, and everything that was found."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from tests.chaos.run import Result

# The findings of one kind that are shown; the rest is counted.
SHOWN = 10
_NUMBER = re.compile(r"\d+")
_HEADINGS = ("", "updates", "kills", "lost", "doubled", "unanswered", "duplicate replies", "allowed", "shelved")


def table(results: Sequence[Result]) -> Iterator[str]:
    """Yields the lines of the table."""
    rows = [_HEADINGS, *map(_row, results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    for number, row in enumerate(rows):
        first, *figures = (
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield f"| {' | '.join([first, *figures])} |"
        if number == 0:
            left, *right = ("-" * width for width in widths)
            yield f"| {' | '.join([left, *(rule[:-1] + ':' for rule in right)])} |"


def _row(result: Result) -> tuple[str, ...]:
    verdict = result.verdict
    found = map(len, (verdict.lost, verdict.doubled, verdict.unanswered))
    figures = (result.updates, result.kills.total(), *found)
    figures += (verdict.duplicates.total(), verdict.allowed.total(), len(verdict.shelf))
    return (result.name, *map(str, figures))


def summary(results: Sequence[Result]) -> Iterator[str]:
    """Yields where the bots died, and what they logged as errors."""
    for result in results:
        places = ", ".join(f"{number} {point}" for point, number in result.kills.most_common())
        yield f"{result.name}: killed {places}."
        # Those that differ in numbers only are of one kind.
        examples = {_NUMBER.sub("0", error.partition(" ")[2]): error for error in reversed(result.errors)}
        kinds = Counter(_NUMBER.sub("0", error.partition(" ")[2]) for error in result.errors)
        for kind, number in kinds.most_common(SHOWN):
            yield f"{result.name}: logged {number} times, for example: {examples[kind]}"


def findings(results: Sequence[Result]) -> Iterator[str]:
    """Yields everything that went wrong."""
    for result in results:
        verdict = result.verdict
        kinds = {
            "lost": verdict.lost,
            "doubled": verdict.doubled,
            "unanswered": verdict.unanswered,
            "shelved": verdict.shelf,
            "besides": verdict.other,
        }
        for kind, found in kinds.items():
            yield from (f"{result.name}: {kind}: {one}" for one in found[:SHOWN])
            if len(found) > SHOWN:
                yield f"{result.name}: {kind}: and {len(found) - SHOWN} more"
        for chat_id, number in verdict.excess.items():
            yield f"{result.name}: {number} replies came again in chat {chat_id}, and no kill is the reason"
