"""Tables in Markdown."""

from collections.abc import Iterator, Sequence


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], words: int = 1) -> Iterator[str]:
    """Yields the lines of a table: so many columns of words stand at the left, the figures behind them at the right."""
    every = [headings, *rows]
    widths = [max(3, *(len(row[column]) for row in every)) for column in range(len(headings))]
    for number, row in enumerate(every):
        cells = (
            cell.ljust(width) if column < words else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield f"| {' | '.join(cells)} |"
        if number == 0:
            rules = ("-" * width if column < words else "-" * (width - 1) + ":" for column, width in enumerate(widths))
            yield f"| {' | '.join(rules)} |"


def milliseconds(seconds: float) -> str:
    """Returns seconds as milliseconds, with as many digits as mean something."""
    value = seconds * 1000
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.3f}"
