"""Pictures drawn with matplotlib: what all of them need to be drawn on any thread, in any language.

Only `Figure` and its canvas are used: `pyplot` keeps its figures in the module, for one thread. It is imported when
something is drawn, for it takes a second.
"""

import io
from typing import Any

# Inches, and pixels an inch. 702 pixels: on a phone, ten points are then as large as the words of the chat.
WIDTH, DPI = 5.4, 130
# In the place of a sign that the font lacks, such as an emoji or a Chinese letter.
MISSING = "▯"


def new_figure(width: float, height: float) -> Any:
    """Returns an empty matplotlib Figure of so many inches, with a canvas of its own."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 -- see above
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(width, height), dpi=DPI, layout=None)
    FigureCanvasAgg(figure)
    return figure


def png(figure: Any) -> bytes:
    """Returns the figure as a PNG."""
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()


def write(axes: Any, x: float, y: float, words: str, **style: Any) -> Any:
    """Returns a matplotlib Text with these words as they are: `$x$` is no formula here."""
    return axes.text(x, y, drawable(words), parse_math=False, **style)


def drawable(words: str) -> str:
    """Returns one line of words, with a box for each sign that the font lacks: matplotlib would warn of each."""
    from matplotlib import font_manager  # noqa: PLC0415 -- see above

    # The font that comes with matplotlib, and that it draws with unless told otherwise.
    font = font_manager.get_font(font_manager.findfont("DejaVu Sans"))
    line = " ".join(words.split())
    return "".join(sign if font.get_char_index(ord(sign)) else MISSING for sign in line)
