"""How large a picture is, from its first bytes."""

import struct
from collections.abc import Iterator

# One black pixel, for whoever needs a real picture.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010100000000376ef924"
    "0000000a49444154789c636000000002000148afa4710000000049454e44ae426082"
)

_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def measure(data: bytes) -> tuple[int, int] | None:
    """Return width and height of a PNG, JPEG, GIF or WebP; None for anything else."""
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return _pair(">II", data, 16)
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return _pair("<HH", data, 6)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    if data[:2] == b"\xff\xd8":
        return next(_jpeg_frames(data), None)
    return None


def _pair(layout: str, data: bytes, offset: int) -> tuple[int, int] | None:
    try:
        width, height = struct.unpack_from(layout, data, offset)
    except struct.error:  # cut short
        return None
    return width, height


def _webp(data: bytes) -> tuple[int, int] | None:
    """Source: https://developers.google.com/speed/webp/docs/riff_container."""
    chunk = data[12:16]
    if chunk == b"VP8X":
        wide, high = data[24:27], data[27:30]
        return int.from_bytes(wide, "little") + 1, int.from_bytes(high, "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    pair = _pair("<HH", data, 26)
    return (pair[0] & 0x3FFF, pair[1] & 0x3FFF) if pair else None


def _jpeg_frames(data: bytes) -> Iterator[tuple[int, int]]:
    at = 2
    while data[at : at + 1] == b"\xff" and (pair := _pair(">HH", data, at + 5)):
        if data[at + 1] in _JPEG_FRAMES:
            yield pair[1], pair[0]
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
