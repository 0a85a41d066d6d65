"""Pictures of curves, drawn by a process that has matplotlib."""

import asyncio
import json
from asyncio.subprocess import PIPE
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench.arena import BENCH_PYTHON, ROOT, has_environment

PICTURES = ROOT / "build/bench"


@dataclass(frozen=True)
class Picture:
    """Curves over a logarithmic axis: points by what they are about."""

    name: str
    title: str
    across: str
    up: str
    curves: Mapping[str, Sequence[tuple[float, float]]]


async def draw(folder: Path, picture: Picture) -> list[str]:
    """Draws a PNG into the folder; returns the line that says where it is, or none when nothing can draw here."""
    if not has_environment():
        return []
    path = folder / f"{picture.name}.png"
    process = await asyncio.create_subprocess_exec(BENCH_PYTHON, ROOT / "tests/bench/plot.py", path, stdin=PIPE)
    await process.communicate(json.dumps(asdict(picture)).encode())
    return ["", f"The curves are drawn in {path.relative_to(ROOT)}."] if process.returncode == 0 else []
