"""The demo's documents: slides and handouts, made with reportlab."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from demo.films import Scale

_DEEP, _TEAL, _SAND = HexColor("#103a40"), HexColor("#2a9d8f"), HexColor("#e9c46a")
_PAPER, _INK, _SOFT = HexColor("#f7f4ec"), HexColor("#16282c"), HexColor("#5b7074")
_SLIDE = (960.0, 540.0)


@dataclass(frozen=True)
class Page:
    heading: str
    lines: list[str]


CELL_CYCLE = [
    Page("One cell becomes two", ["Lecture 3", "Biology 101 · Dr. Noa Levi"]),
    Page(
        "What has to happen",
        [
            "Grow: a daughter cell needs a full set of organelles.",
            "Copy: each chromosome exactly once, no more and no less.",
            "Check: damage found now is repaired; found later it is kept.",
            "Divide: sisters part, and the cell closes between them.",
        ],
    ),
    Page(
        "Interphase: G1, S, G2",
        [
            "About nine tenths of the cycle; under the microscope it looks like rest.",
            "G1: the cell decides whether to divide at all.",
            "S: DNA is copied from thousands of starting points at once.",
            "G2: the copies are proof-read.",
        ],
    ),
    Page(
        "Mitosis in four pictures",
        [
            "Prophase: threads coil into chromosomes; the envelope dissolves.",
            "Metaphase: all stand in one line, held from both sides.",
            "Anaphase: the glue between sisters is cut, all at one moment.",
            "Telophase: two nuclei form; the waist tightens.",
        ],
    ),
    Page(
        "Three checkpoints",
        [
            "Before copying: is there food, space and a signal to divide?",
            "Before mitosis: is everything copied, and is nothing broken?",
            "In metaphase: is every chromosome held from both sides?",
            "A tumour is, almost always, a story of a checkpoint that was skipped.",
        ],
    ),
    Page(
        "For next week",
        [
            "Watch “Cell division, part 2” and stop it once in each phase.",
            "Draw the cell at each stop: how many chromosomes, how many chromatids?",
            "Then shuffle your drawings and put them back in order.",
        ],
    ),
]
MICROSCOPE = [
    Page(
        "Using the microscope",
        [
            "Carry it with both hands: one on the arm, one under the base.",
            (
                "Start with the lowest magnification. You will find the cell faster, and a short "
                "objective cannot touch the slide."
            ),
            "Look from the side while you raise the stage, never through the eyepiece.",
            "Find the edge of the cover slip first; it is the easiest thing to focus on.",
            "Write the magnification beside every drawing: eyepiece times objective.",
        ],
    ),
    Page(
        "Staining an onion tip",
        [
            "Cut two millimetres of a young root tip: that is where cells divide.",
            "Five minutes in warm dilute acid, then rinse in water twice.",
            "One drop of stain, three minutes. Less is more.",
            (
                "Lower the cover slip at an angle so that no air stays under it, then press gently "
                "with a folded tissue."
            ),
            "Count at least one hundred cells and note how many are in each phase.",
        ],
    ),
    Page(
        "What to hand in",
        [
            "Your table of counts, and the mitotic index: dividing cells over all cells.",
            "Two drawings, in pencil, with a scale bar.",
            (
                "Three sentences: which phase did you see most often, and what does that tell you "
                "about how long it lasts?"
            ),
        ],
    ),
]
FIELD_KIT = [
    Page(
        "Before you leave the house",
        [
            "Batteries charged, and a second set. Cold halves them.",
            "Cards empty and formatted in the recorder, not in the computer.",
            "Headphones that close. If you cannot hear it, you did not record it.",
            "A wind cover for every microphone, even in the forest.",
            "Paper and pencil: place, time, weather, what you heard first.",
        ],
    ),
    Page(
        "On the spot",
        [
            "Stand still for three minutes before you press record.",
            "Say the place and the date into the microphone; it saves hours later.",
            "Leave twelve decibels of room. Birds are louder than you think.",
            "Record one minute of nothing: every place has its own silence, and you will need it.",
            "Ask before you record people. Tell them what it is for and how to reach you.",
        ],
    ),
]


def cell_cycle(path: Path, scale: Scale) -> None:
    canvas = Canvas(str(path), pagesize=_SLIDE)
    canvas.setTitle("The cell cycle")
    for number, page in enumerate(CELL_CYCLE, start=1):
        (_opening if number == 1 else _slide)(canvas, page)
        _foot(canvas, f"The cell cycle · {number} of {len(CELL_CYCLE)}", 60, 28, dark=number == 1)
        canvas.showPage()
    canvas.save()


def microscope(path: Path, scale: Scale) -> None:
    _handout(path, "Laboratory handbook", MICROSCOPE)


def field_kit(path: Path, scale: Scale) -> None:
    _handout(path, "Field Recording · checklist", FIELD_KIT)


def _opening(canvas: Canvas, page: Page) -> None:
    width, height = _SLIDE
    _fill(canvas, _DEEP, 0, 0, width, height)
    for ring in range(6):
        canvas.setStrokeColor(Color(0.58, 0.84, 0.77, alpha=0.5 - ring * 0.07))
        canvas.setLineWidth(3)
        canvas.circle(790 + ring * 4, 300, 60 + ring * 34, stroke=1, fill=0)
    _fill(canvas, _SAND, 60, 352, 84, 6)
    canvas.setFillColor(_PAPER)
    canvas.setFont("Helvetica-Bold", 50)
    canvas.drawString(58, 284, page.heading)
    canvas.setFont("Helvetica", 22)
    for number, line in enumerate(page.lines):
        canvas.drawString(60, 230 - number * 32, line)


def _slide(canvas: Canvas, page: Page) -> None:
    width, height = _SLIDE
    _fill(canvas, _PAPER, 0, 0, width, height)
    _fill(canvas, _TEAL, 0, 0, 14, height)
    canvas.setFillColor(_DEEP)
    canvas.setFont("Helvetica-Bold", 38)
    canvas.drawString(60, 440, page.heading)
    y = 365.0
    for line in page.lines:
        _fill(canvas, _SAND, 62, y + 2, 12, 12)
        y = _paragraph(canvas, line, 92, y, width=780, size=23, leading=30) - 22


def _handout(path: Path, running_title: str, pages: list[Page]) -> None:
    canvas = Canvas(str(path), pagesize=A4)
    canvas.setTitle(running_title)
    width, height = A4
    for number, page in enumerate(pages, start=1):
        _fill(canvas, _DEEP, 0, height - 150, width, 150)
        canvas.setFillColor(_SAND)
        canvas.setFont("Helvetica-Bold", 11)
        canvas.drawString(64, height - 64, running_title.upper())
        canvas.setFillColor(_PAPER)
        canvas.setFont("Helvetica-Bold", 30)
        canvas.drawString(62, height - 108, page.heading)
        y = height - 210.0
        for index, line in enumerate(page.lines, start=1):
            canvas.setFillColor(_TEAL)
            canvas.setFont("Helvetica-Bold", 24)
            canvas.drawRightString(84, y - 3, str(index))
            y = _paragraph(canvas, line, 104, y, width=410, size=14, leading=21) - 26
        _foot(canvas, f"{running_title} · {number} of {len(pages)}", 64, 40)
        canvas.showPage()
    canvas.save()


def _paragraph(
    canvas: Canvas, text: str, x: float, y: float, *, width: float, size: int, leading: float
) -> float:
    """Writes `text` from `y` downwards; returns the `y` of the next line."""
    canvas.setFillColor(_INK)
    canvas.setFont("Helvetica", size)
    for line in simpleSplit(text, "Helvetica", size, width):
        canvas.drawString(x, y, line)
        y -= leading
    return y


def _foot(canvas: Canvas, text: str, x: float, y: float, *, dark: bool = False) -> None:
    canvas.setFillColor(_PAPER if dark else _SOFT)
    canvas.setFont("Helvetica", 10)
    canvas.drawString(x, y, text)


def _fill(canvas: Canvas, colour: Color, x: float, y: float, width: float, height: float) -> None:
    canvas.setFillColor(colour)
    canvas.rect(x, y, width, height, stroke=0, fill=1)
