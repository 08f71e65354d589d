"""Drawing for the demo: colours, text, and thumbnails for items without a picture of their own."""

from __future__ import annotations

import io
import math
from functools import cache

from PIL import Image, ImageDraw, ImageFont

NIGHT = (11, 33, 38)
DEEP = (16, 58, 64)
TEAL = (42, 157, 143)
MINT = (148, 214, 197)
SAND = (233, 196, 106)
CORAL = (231, 111, 81)
ROSE = (214, 96, 130)
SKY = (114, 171, 214)
PAPER = (244, 241, 232)

Colour = tuple[int, int, int]


@cache
def typeface(size: int) -> ImageFont.FreeTypeFont:
    """Pillow's own typeface, so that the demo looks the same on every machine."""
    loaded = ImageFont.load_default(size)
    if not isinstance(loaded, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType.")
    return loaded


def mix(one: Colour, other: Colour, part: float) -> Colour:
    """`part` of the way from one colour to the other."""
    return tuple(round(a + (b - a) * part) for a, b in zip(one, other, strict=True))  # type: ignore[return-value]


def smooth(part: float) -> float:
    """`part` from 0 to 1, eased at both ends."""
    part = min(1.0, max(0.0, part))
    return part * part * (3 - 2 * part)


def write(
    draw: ImageDraw.ImageDraw,
    where: tuple[float, float],
    text: str,
    *,
    size: int,
    colour: Colour,
    bold: bool = False,
    anchor: str = "ls",
) -> None:
    draw.text(
        where,
        text,
        font=typeface(size),
        fill=colour,
        anchor=anchor,
        stroke_width=max(1, size // 34) if bold else 0,
        stroke_fill=colour,
    )


def wrapped(text: str, *, size: int, width: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and typeface(size).getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def gradient(size: tuple[int, int], top: Colour, bottom: Colour) -> Image.Image:
    """A picture whose colour changes from `top` to `bottom`."""
    strip = Image.new("RGB", (1, 256))
    strip.putdata([mix(top, bottom, y / 255) for y in range(256)])
    return strip.resize(size, Image.Resampling.BILINEAR)


def card(*, title: str, above: str, motif: str, colour: Colour) -> bytes:
    """A thumbnail as JPEG: a title, a line above it, and a drawing (`motif`)."""
    picture = gradient((2560, 1440), mix(colour, NIGHT, 0.45), mix(colour, NIGHT, 0.82))
    draw = ImageDraw.Draw(picture)
    _MOTIFS[motif](draw, mix(colour, PAPER, 0.25))
    write(draw, (170, 880), above.upper(), size=64, colour=mix(colour, PAPER, 0.6), bold=True)
    for number, line in enumerate(wrapped(title, size=150, width=1900)[:3]):
        write(draw, (165, 1060 + number * 170), line, size=150, colour=PAPER, bold=True)
    out = io.BytesIO()
    picture.reduce(2).save(out, "JPEG", quality=86)
    return out.getvalue()


def _waves(draw: ImageDraw.ImageDraw, colour: Colour) -> None:
    for ring in range(1, 7):
        reach = ring * 120
        shade = mix(colour, NIGHT, ring / 8)
        draw.ellipse(
            (2100 - reach, 400 - reach, 2100 + reach, 400 + reach), outline=shade, width=16
        )
    draw.ellipse((2050, 350, 2150, 450), fill=PAPER)


def _chairs(draw: ImageDraw.ImageDraw, colour: Colour) -> None:
    for number in range(9):
        turn = math.tau * number / 9
        x, y = 2020 + 330 * math.cos(turn), 430 + 250 * math.sin(turn)
        draw.ellipse((x - 66, y - 66, x + 66, y + 66), fill=mix(colour, NIGHT, (number % 3) * 0.22))
    draw.ellipse((1830, 300, 2210, 560), outline=colour, width=14)


_MOTIFS = {"waves": _waves, "chairs": _chairs}
