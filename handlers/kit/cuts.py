"""Where a text that is too long for one message is best cut."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import Self

from msgspec import Struct

from handlers.kit.graphemes import is_joined

MAX_ENTITIES = 100
"""Formatting entities that one message may have; Telegram silently drops the rest (TDLib, MAX_USER_ENTITY_COUNT)."""

# Whitespace, or nothing at all after the full stop of a script that writes no spaces.
_GAP = re.compile(r"\s+|(?<=[。！？])(?![\s。！？」』”’）])")
_FULL_STOPS = (".", "!", "?", "…", "。", "！", "？")
_CLOSING_MARKS = "\"')]»”’」』）"

_VERBATIM = frozenset({"pre", "code"})
_BLOCKS = frozenset({"pre", "code", "blockquote", "expandable_blockquote"})
# Telegram finds these again by itself, or (custom emoji) counts them apart, so they use up nothing of MAX_ENTITIES.
_UNCOUNTED = frozenset(
    {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "custom_emoji"},
)


class Span(Struct, frozen=True):
    """The characters `text[start:end]` that one entity formats."""

    kind: str
    start: int
    end: int


def is_counted(kind: str) -> bool:
    """Return whether an entity of this kind uses up one of the `MAX_ENTITIES` of a message."""
    return kind not in _UNCOUNTED


class _Rank(IntEnum):
    """How good a place to cut is, the best first."""

    PARAGRAPH = 0
    LINE = 1
    SENTENCE = 2
    WORD = 3


class _Gap(Struct, frozen=True):
    """A place to cut: the piece before ends at `at`, the next one begins at `resume`, at most `end`."""

    at: int
    end: int
    resume: int
    rank: _Rank = _Rank.WORD


class Cutter(Struct, frozen=True):
    """Cuts one text; positions are indices of its characters, limits are UTF-16 units."""

    text: str
    spans: Sequence[Span]
    units: Sequence[int]
    gaps: Sequence[_Gap]

    @classmethod
    def of(cls, text: str, spans: Sequence[Span], units: Sequence[int]) -> Self:
        """Return the cutter of `text`, formatted by `spans`; `units` are its `utf16_offsets`."""
        verbatim = [span for span in spans if span.kind in _VERBATIM]
        gaps = [_gap(text, match, verbatim) for match in _GAP.finditer(text)]
        return cls(text, spans, units, gaps)

    def ranges(self, limit: int) -> Iterator[tuple[int, int]]:
        """Yield start and end of each piece, in order, without the whitespace at the cuts and at both ends.

        No piece has more than `limit` units (at least 2, the size of an emoji) or `MAX_ENTITIES` formatting entities.
        The indentation of a line of code is not whitespace to drop: Telegram keeps it, and so do we.
        """
        end = len(self.text.rstrip())
        start = self.gaps[0].resume if self.gaps and self.gaps[0].at == 0 else 0
        while start < end:
            stop = self._stop(start, limit)
            if stop >= end:
                yield start, end
                return
            gap = self._best_gap(start, stop) or self._between_graphemes(start, stop)
            yield start, gap.at
            start = gap.resume

    def _stop(self, start: int, limit: int) -> int:
        """Return where a piece from `start` must end at the latest."""
        stop = bisect_right(self.units, self.units[start] + limit) - 1
        starts = sorted(span.start for span in self.spans if span.end > start and is_counted(span.kind))
        if len(starts) > MAX_ENTITIES and starts[MAX_ENTITIES] > start:
            stop = min(stop, starts[MAX_ENTITIES])
        return stop

    def _best_gap(self, start: int, stop: int) -> _Gap | None:
        """Return the best gap to cut at: a full enough piece, then a whole block, then rank, then the last one."""
        quarter = self.units[start] + (self.units[stop] - self.units[start]) / 4

        def badness(gap: _Gap) -> tuple[bool, bool, int, int]:
            # A title of its own in a message is worse than a cut between two sentences, so early gaps come last.
            return self.units[gap.at] < quarter, self._breaks_block(gap), gap.rank, -gap.at

        first = bisect_right(self.gaps, start, key=lambda gap: gap.at)
        last = bisect_right(self.gaps, stop, key=lambda gap: gap.at)
        return min(self.gaps[first:last], key=badness, default=None)

    def _breaks_block(self, gap: _Gap) -> bool:
        return any(span.kind in _BLOCKS and span.start < gap.at and gap.end < span.end for span in self.spans)

    def _between_graphemes(self, start: int, stop: int) -> _Gap:
        whole = (at for at in range(stop, start, -1) if not is_joined(self.text, at))
        at = next(whole, stop)
        return _Gap(at, at, at)


def _gap(text: str, match: re.Match[str], verbatim: Sequence[Span]) -> _Gap:
    at, end = match.span()
    blank = match.group()
    line_start = at + blank.rfind("\n") + 1
    is_indentation = "\n" in blank and any(span.start <= line_start < span.end for span in verbatim)
    return _Gap(at, end, line_start if is_indentation else end, _rank(text[max(0, at - 4) : at], blank))


def _rank(before: str, blank: str) -> _Rank:
    newlines = blank.count("\n")
    if newlines:
        return _Rank.PARAGRAPH if newlines > 1 else _Rank.LINE
    return _Rank.SENTENCE if before.rstrip(_CLOSING_MARKS).endswith(_FULL_STOPS) else _Rank.WORD
