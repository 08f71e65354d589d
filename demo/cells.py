"""Draws a dividing cell, frame by frame, for the demo's films on cell division."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageDraw

from demo import drawing
from demo.drawing import Colour, mix, smooth

MIDDLE = (960.0, 500.0)
RADIUS = 330.0
_COLOURS = (drawing.CORAL, drawing.SAND, drawing.SKY, drawing.ROSE)
_SCATTERED = ((-110, -80), (70, -120), (-60, 95), (120, 60))


@dataclass(frozen=True, kw_only=True)
class Stage:
    """The cell at the end of a stage; between two stages all values are interpolated.

    From 0 to 1: `condensed` chromosomes, `envelope` of the nucleus, `lined_up` in the middle,
    `apart` chromatids, `pinched` cell.
    """

    name: str
    line: str
    seconds: float
    condensed: float = 0.0
    envelope: float = 1.0
    lined_up: float = 0.0
    apart: float = 0.0
    pinched: float = 0.0
    spindle: float = 0.0
    size: float = 1.0


INTERPHASE = [
    Stage(name="G1", line="The cell grows and goes about its work.", seconds=6, size=0.86),
    Stage(name="S", line="Every chromosome is copied, once.", seconds=7, size=0.94, condensed=0.18),
    Stage(
        name="G2", line="The copies are checked before anything moves.", seconds=7, condensed=0.3
    ),
]
MITOSIS = [
    Stage(
        name="Interphase", line="The copies lie loose in the nucleus.", seconds=5, condensed=0.15
    ),
    Stage(
        name="Prophase",
        line="The threads coil up; each is two sisters, joined.",
        seconds=7,
        condensed=1,
        envelope=0.35,
        spindle=0.4,
    ),
    Stage(
        name="Metaphase",
        line="The spindle pulls them into one line.",
        seconds=7,
        condensed=1,
        envelope=0,
        lined_up=1,
        spindle=1,
    ),
    Stage(
        name="Anaphase",
        line="The sisters part, one to each pole.",
        seconds=7,
        condensed=1,
        envelope=0,
        lined_up=1,
        apart=1,
        pinched=0.25,
        spindle=0.8,
    ),
    Stage(
        name="Telophase",
        line="Two nuclei form, and the cell pinches in two.",
        seconds=8,
        condensed=0.2,
        envelope=1,
        lined_up=0.3,
        apart=1,
        pinched=1,
    ),
]
MEIOSIS = [
    MITOSIS[0],
    Stage(
        name="Prophase I",
        line="Pairs find each other and trade pieces.",
        seconds=6,
        condensed=1,
        envelope=0.3,
        spindle=0.5,
    ),
    Stage(
        name="Metaphase I",
        line="This time pairs line up, not sisters.",
        seconds=5,
        condensed=1,
        envelope=0,
        lined_up=1,
        spindle=1,
    ),
]


def pen(picture: Image.Image) -> ImageDraw.ImageDraw:
    return ImageDraw.Draw(picture)


@dataclass
class CellFilm:
    """`frame_at(second)` draws one picture of 1920 × 1080, over the one before it."""

    heading: str
    stages: list[Stage]

    def __post_init__(self) -> None:
        self.seconds = sum(stage.seconds for stage in self.stages)
        self._ground = drawing.gradient((1920, 1080), drawing.DEEP, drawing.NIGHT)
        draw = pen(self._ground)
        drawing.write(draw, (90, 120), self.heading, size=46, colour=drawing.MINT)
        self._grounds: dict[int, Image.Image] = {}  # of stages, with their words
        self._picture = self._ground.copy()

    def stage_at(self, second: float) -> tuple[int, float]:
        """The number of the stage, and which part of it has passed, 0 to 1."""
        for number, stage in enumerate(self.stages):
            if second < stage.seconds:
                return number, second / stage.seconds
            second -= stage.seconds
        return len(self.stages) - 1, 1.0

    def frame_at(self, second: float) -> Image.Image:
        number, passed = self.stage_at(second)
        fading = smooth(passed * 6)
        picture = self._picture
        picture.paste(self._ground if fading < 1 else self._ground_of(number))
        draw = pen(picture)
        if fading < 1:
            self._draw_words(draw, number, fading)
        now = self.stages[number]
        before = self.stages[max(0, number - 1)]
        part = smooth(passed * 1.25)

        def between(name: str) -> float:
            start, end = getattr(before, name), getattr(now, name)
            return start + (end - start) * part

        names = ("condensed", "envelope", "lined_up", "apart", "pinched", "spindle", "size")
        _draw_cell(draw, second, **{name: between(name) for name in names})
        self._draw_progress(draw, number, passed)
        return picture

    def _ground_of(self, number: int) -> Image.Image:
        if number not in self._grounds:
            self._grounds[number] = self._ground.copy()
            self._draw_words(pen(self._grounds[number]), number, 1.0)
        return self._grounds[number]

    def _draw_words(self, draw: ImageDraw.ImageDraw, number: int, fading: float) -> None:
        stage = self.stages[number]
        name_colour = mix(drawing.NIGHT, drawing.PAPER, fading)
        drawing.write(draw, (90, 935), stage.name, size=84, colour=name_colour, bold=True)
        drawing.write(
            draw, (92, 1000), stage.line, size=44, colour=mix(drawing.NIGHT, drawing.MINT, fading)
        )

    def _draw_progress(self, draw: ImageDraw.ImageDraw, number: int, passed: float) -> None:
        left, width = 90.0, 1740.0
        for index, one in enumerate(self.stages):
            right = left + width * one.seconds / self.seconds - 12
            draw.rounded_rectangle(
                (left, 1036, right, 1046), 5, fill=mix(drawing.DEEP, drawing.TEAL, 0.35)
            )
            done = 1.0 if index < number else passed if index == number else 0.0
            if done > 0.02:
                end = left + (right - left) * done
                draw.rounded_rectangle((left, 1036, end, 1046), 5, fill=drawing.SAND)
            left = right + 12


def _draw_cell(
    draw: ImageDraw.ImageDraw,
    second: float,
    *,
    condensed: float,
    envelope: float,
    lined_up: float,
    apart: float,
    pinched: float,
    spindle: float,
    size: float,
) -> None:
    x, y = MIDDLE
    radius = RADIUS * size * (1 - 0.22 * pinched)
    shift = pinched * radius * 1.02
    breath = 1 + 0.012 * math.sin(second * 2.1)
    for grown, colour in ((14, drawing.MINT), (0, mix(drawing.DEEP, drawing.TEAL, 0.38))):
        for side in (-1, 1):
            _disc(draw, x + side * shift, y, radius * breath + grown, colour)
        if 0.02 < pinched < 0.98:
            waist = radius * (1 - pinched) * 0.92 + grown
            draw.rectangle((x - shift, y - waist, x + shift, y + waist), fill=colour)
    pull = 40 + 210 * apart
    _draw_spindle(draw, spindle, radius=radius, reach=pull * apart)
    _draw_envelope(
        draw, envelope, radius=radius * (0.62 - 0.16 * pinched), shift=shift, two=apart > 0.5
    )
    for index, colour in enumerate(_COLOURS):
        lane_y = (index - 1.5) * 108
        from_x, from_y = _SCATTERED[index]
        here_x = from_x * (1 - lined_up)
        here_y = from_y * (1 - lined_up) + lane_y * lined_up * (1 - 0.5 * pinched)
        here_x += 6 * math.sin(second * 1.7 + index * 2) * (1 - lined_up)
        for sister in (-1, 1):
            gap = sister * (12 * condensed + max(shift * 0.98, pull * 0.98) * apart)
            where = (x + here_x * (0.6 if apart else 1) + gap, y + here_y)
            _chromatid(draw, where, colour, sister, condensed, second + index, bent=apart)


def _draw_spindle(
    draw: ImageDraw.ImageDraw, spindle: float, *, radius: float, reach: float
) -> None:
    if spindle < 0.03:
        return
    x, y = MIDDLE
    thread = mix(mix(drawing.DEEP, drawing.TEAL, 0.38), drawing.MINT, spindle * 0.55)
    for pole in (-1, 1):
        for lane in range(-3, 4):
            end = (x + pole * reach, y + lane * 62)
            draw.line((x + pole * radius * 0.92, y, *end), fill=thread, width=4)


def _draw_envelope(
    draw: ImageDraw.ImageDraw, envelope: float, *, radius: float, shift: float, two: bool
) -> None:
    if envelope < 0.05:
        return
    x, y = MIDDLE
    rim = mix(mix(drawing.DEEP, drawing.TEAL, 0.38), drawing.PAPER, envelope * 0.75)
    for side in (-1, 1) if two else (0,):
        box = (x + side * shift - radius, y - radius, x + side * shift + radius, y + radius)
        draw.ellipse(box, outline=rim, width=max(2, round(9 * envelope)))


def _chromatid(
    draw: ImageDraw.ImageDraw,
    where: tuple[float, float],
    colour: Colour,
    sister: int,
    condensed: float,
    second: float,
    *,
    bent: float,
) -> None:
    """A long, wavy thread while loose; a short, thick arm when condensed; bent when pulled."""
    reach = 92 - 40 * condensed
    waver = 34 * (1 - condensed)
    width = round(7 + 19 * condensed)
    points = []
    for step in range(-6, 7):
        part = step / 6
        away = abs(part)
        dx = sister * 16 * condensed * away * (1 - bent) - sister * 34 * bent * away
        dx += waver * math.sin(part * 7 + second * 0.8 + sister)
        points.append((where[0] + dx, where[1] + part * reach))
    for start, end in pairwise(points):
        draw.line((*start, *end), fill=colour, width=width)
    for point in points:
        _disc(draw, *point, width / 2 - 1, colour)


def _disc(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float, colour: Colour) -> None:
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
