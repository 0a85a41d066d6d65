"""Progress as a picture in letters."""

CELLS = 10


def bar(percent: int) -> str:
    """Returns ten cells, one filled for every full ten percent: `▓▓▓▓░░░░░░` for 40."""
    filled = max(0, min(percent, 100)) * CELLS // 100
    return "▓" * filled + "░" * (CELLS - filled)
