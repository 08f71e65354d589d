"""How loud a sound is over its length: the bars of its player, and its picture."""

from __future__ import annotations

import os
import sys
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from media_items.processing import ffmpeg

BARS = 216  # of the player; the picture has a third as many
_DRAWN = 72
_SAMPLES_PER_SECOND = 4000
_LONGEST_SECONDS = 4 * 60 * 60
_PIECES = 14  # per bar; the bar's height is the mean of their peaks
_TOP, _BOTTOM = (11, 84, 78), (6, 42, 40)  # the accent of styles/tokens.css, darkened
_BAR, _QUIET_BAR = (134, 221, 209), (70, 150, 140)


def loudness_of(
    path: str | os.PathLike[str],
    *,
    folder: Path,
    duration_ms: int | None,
    on_progress: Callable[[int], None] | None = None,
) -> list[float]:
    """One number of 0 to 1 per bar, the loudest bar being 1; all 0 for silence.

    Raises PreparationError when the sound cannot be decoded.
    """
    samples = folder / "samples.s16"
    ffmpeg.run(
        [
            *ffmpeg.reading(path),
            *("-map", "0:a:0", "-vn", "-t", str(_LONGEST_SECONDS), "-ac", "1"),
            *("-ar", str(_SAMPLES_PER_SECOND), "-f", "s16le", f"file:{samples}"),
        ],
        timeout_seconds=600,
        duration_ms=duration_ms,
        on_progress=on_progress,
    )
    try:
        return _heights(samples)
    finally:
        samples.unlink(missing_ok=True)


def as_text(heights: Sequence[float]) -> str:
    """Two hexadecimal digits per bar, as `MediaFile.waveform` keeps them; empty for silence."""
    return bytes(round(255 * one) for one in heights).hex() if any(heights) else ""


def draw_waveform(heights: Sequence[float], size: tuple[int, int]) -> Image.Image:
    each = max(1, len(heights) // _DRAWN)
    return _draw([max(heights[at : at + each]) for at in range(0, len(heights), each)], size)


def _heights(samples: Path) -> list[float]:
    length = samples.stat().st_size // 2
    piece = max(1, length // (BARS * _PIECES))
    loudness: list[float] = []
    with samples.open("rb") as file:
        for _bar in range(BARS):
            peaks = []
            for _piece in range(_PIECES):
                values = array("h", file.read(piece * 2))
                if sys.byteorder == "big":
                    values.byteswap()
                if values:
                    loudest_up, loudest_down = max(values), -min(values)
                    peaks.append(max(loudest_up, loudest_down))
            loudness.append(sum(peaks) / len(peaks) if peaks else 0.0)
    loudest = max(loudness)
    # The exponent makes quiet speech visible.
    return [(value / loudest) ** 0.7 if loudest > 30 else 0.0 for value in loudness]


def _draw(heights: list[float], size: tuple[int, int]) -> Image.Image:
    width, height = size
    over = 2  # drawn at twice the size and made smaller, for smooth edges
    picture = Image.linear_gradient("L").resize((width * over, height * over))
    picture = Image.composite(
        Image.new("RGB", picture.size, _BOTTOM), Image.new("RGB", picture.size, _TOP), picture
    )
    draw = ImageDraw.Draw(picture)
    margin = width * over * 0.09
    step = (width * over - 2 * margin) / len(heights)
    bar = step * 0.56
    middle, reach = height * over / 2, height * over * 0.30
    for number, value in enumerate(heights):
        left = margin + number * step + (step - bar) / 2
        half = max(bar / 2, value * reach)
        colour = tuple(round(q + (b - q) * value) for q, b in zip(_QUIET_BAR, _BAR, strict=True))
        draw.rounded_rectangle(
            (left, middle - half, left + bar, middle + half), radius=bar / 2, fill=colour
        )
    return picture.resize(size, Image.Resampling.LANCZOS)
