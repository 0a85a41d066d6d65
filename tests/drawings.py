"""Small pictures to send: the same ones every time."""

import io

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

COLOURS = ("#e07a5f", "#3d85c6", "#6aa84f", "#8e7cc3")


def drawing(number: int) -> bytes:
    """Returns a PNG of 640 by 400 pixels: a tree of tokens, in the colour of the number."""
    figure = Figure(figsize=(6.4, 4.0), dpi=100, facecolor="#fbfaf6")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    colour = COLOURS[number % len(COLOURS)]
    leaves = 2 + number % 3
    for leaf in range(leaves):
        x = 0.27 + 0.46 * leaf / (leaves - 1)  # all of it is in the middle square, which an album shows
        axes.plot([0.5, x], [0.75, 0.3], color=colour, linewidth=4, zorder=1)
        axes.scatter([x], [0.3], s=3600, color=colour, zorder=2)
        axes.text(x, 0.3, "abc"[leaf % 3], color="white", fontsize=26, ha="center", va="center", zorder=3)
    axes.scatter([0.5], [0.75], s=5200, color=colour, zorder=2)
    axes.text(0.5, 0.75, "+*=;"[number % 4], color="white", fontsize=34, ha="center", va="center", zorder=3)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()
