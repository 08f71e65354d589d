"""A font of boxes: as small as FreeType reads it, with the characters that a test says."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path

UNITS = 1000


def box_font(characters: Iterable[str], *, family: str = "Boxes") -> bytes:
    """TrueType: glyph 0 is empty, glyph 1 a box, which is each of these characters."""
    outline = struct.pack(">hhhhh", 1, 100, 0, 900, 700)
    outline += struct.pack(">HH", 3, 0) + bytes([1] * 4)
    outline += struct.pack(">4h", 100, 800, 0, -800) + struct.pack(">4h", 0, 0, 700, 0)
    outline += b"\0" * (-len(outline) % 4)
    names = family.encode("utf-16-be")
    tables = {
        b"cmap": _cmap(sorted(map(ord, characters))),
        b"glyf": outline,
        b"head": struct.pack(
            ">IIIIHHQQhhhhHHhhh",
            0x10000, 0x10000, 0, 0x5F0F3CF5, 3, UNITS, 0, 0, 0, 0, 1000, 800, 0, 8, 2, 1, 0,
        ),
        b"hhea": struct.pack(">IhhhH11hH", 0x10000, 800, -200, 0, 1000, *[0] * 11, 2),
        b"hmtx": struct.pack(">HhHh", 1000, 0, 1000, 100),
        b"loca": struct.pack(">III", 0, 0, len(outline)),
        b"maxp": struct.pack(">IH13H", 0x10000, 2, 4, 1, *[0] * 11),
        b"name": struct.pack(">HHH", 0, 1, 18)
        + struct.pack(">HHHHHH", 3, 1, 0x409, 1, len(names), 0)
        + names,
        b"post": struct.pack(">IIhhIIIII", 0x30000, 0, 0, 0, 0, 0, 0, 0, 0),
    }  # fmt: skip
    at = 12 + 16 * len(tables)
    directory, body = struct.pack(">IHHHH", 0x10000, len(tables), 128, 3, 16), b""
    for tag, data in sorted(tables.items()):
        directory += tag + struct.pack(">III", 0, at + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    return directory + body


def _cmap(codes: list[int]) -> bytes:
    """Format 12, each character a group of its own."""
    groups = b"".join(struct.pack(">III", code, code, 1) for code in codes)
    table = struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(codes)) + groups
    return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + table


def fontconfig_of(folder: Path, *fonts: bytes) -> Path:
    """A configuration with these fonts and no others, for FONTCONFIG_FILE."""
    kept = folder / "fonts"
    kept.mkdir()
    for number, font in enumerate(fonts):
        (kept / f"{number}.ttf").write_bytes(font)
    file = folder / "fonts.conf"
    file.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">'
        f"<fontconfig><dir>{kept}</dir><cachedir>{folder / 'cache'}</cachedir></fontconfig>"
    )
    return file
