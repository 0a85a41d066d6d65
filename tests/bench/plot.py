"""Draws a picture: `python tests/bench/plot.py FILE`, in the bench's own environment.

Its curves come as JSON on standard input.
"""

import json
import sys
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot as plt

if __name__ == "__main__":
    picture = json.load(sys.stdin)
    Path(sys.argv[1]).parent.mkdir(parents=True, exist_ok=True)
    mpl.use("Agg")
    figure, axes = plt.subplots(figsize=(8, 5), layout="constrained")
    for name, points in picture["curves"].items():
        axes.plot(*zip(*points, strict=True), marker="o", label=name)
    axes.set(title=picture["title"], xlabel=picture["across"], ylabel=picture["up"], xscale="log")
    # From nothing, or a few percent look like a cliff.
    axes.set_ylim(bottom=0)
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    figure.savefig(sys.argv[1], dpi=120)
