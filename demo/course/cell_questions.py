"""The questions of the biology quizzes."""

from __future__ import annotations

from decimal import Decimal

from demo.course.quiz_shapes import (
    DemoOption,
    DemoQuestion,
    choose,
    choose_all,
    match,
    put_in_order,
    true_or_false,
)
from media_items.quizzes.kinds import QuestionKind, Rule, Tolerance

# Each kind of question once.
CELL_CYCLE = [
    choose(
        "In which phase do the chromosomes stand in one line?",
        "Metaphase",
        "Prophase",
        "Anaphase",
        "_In none of these",
        hint="*Meta* is Greek for between.",
        explanation="Fibres from both poles hold them in the middle, until the last check is over.",
    ),
    choose_all(
        "Which of these belong to mitosis?",
        ["Prophase", "Telophase"],
        ["Interphase", "Meiosis II"],
        points=Decimal(2),
        explanation="Interphase comes before it; meiosis II is of another division.",
    ),
    # The wrong key: *Results by question* finds it, and whoever looks after the quiz corrects it.
    true_or_false(
        "In the anaphase sister chromatids part.",
        is_true=False,
        explanation="The glue between them is cut, all at once.",
    ),
    DemoQuestion(
        kind=QuestionKind.SHORT_TEXT,
        text="What joins two sister chromatids in the middle?",
        accents_matter=False,
        options=(
            DemoOption("centromere", 100, "That is the word."),
            DemoOption("kinetochore", 50, "It sits there; what joins them is the centromere."),
        ),
    ),
    DemoQuestion(
        kind=QuestionKind.NUMBER,
        text="A cell divides every 40 minutes. How long is it until there are $2^{3}$ of them?",
        unit="h",
        options=(
            DemoOption("2", 100, tolerance=Tolerance.ABSOLUTE, margin="0.05"),
            DemoOption("120", 50, "In minutes; asked are hours."),
        ),
        explanation=r"Three divisions: $3 \cdot 40\,\mathrm{min} = 120\,\mathrm{min}$.",
    ),
    match(
        "What happens when?",
        {
            "Prophase": "the threads coil up",
            "Metaphase": "they stand in one line",
            "Anaphase": "the sisters part",
        },
        "the DNA is copied",
        points=Decimal(3),
    ),
    put_in_order(
        "Put the phases in order.",
        "Interphase",
        "Prophase",
        "Metaphase",
        "Anaphase",
        "Telophase",
        points=Decimal(2),
        rule=Rule.NEIGHBOURS,
    ),
    DemoQuestion(
        kind=QuestionKind.OPEN,
        text="Why does a cell check its chromosomes before it divides? Two sentences are enough.",
        points=Decimal(4),
        explanation="Without the check, one daughter would lack what the other has twice.",
        said=(
            "If a chromosome is held from one side only, both sisters go to the same pole.",
            "To see whether the DNA is copied without mistakes.",
            "So that both daughters get the same.",
            "I think because of cancer?",
        ),
    ),
    DemoQuestion(
        kind=QuestionKind.REFLECTION,
        text="Draw one cell in each phase, on paper, before you hand in.",
    ),
]

MITOSIS_FILM = [
    choose(
        "What has the cell done before the film begins?",
        "Copied all its DNA",
        "Cut its DNA in half",
        "Dissolved its envelope",
        at=4,
    ),
    choose(
        "How many chromatids has each chromosome here?",
        "Two",
        "One",
        "Four",
        at=11,
        hint="Count the arms that are joined in the middle.",
    ),
    true_or_false("They wait in line until all are held.", is_true=True, at=18),
    DemoQuestion(
        kind=QuestionKind.SHORT_TEXT,
        text="How is the phase called in which the sisters part?",
        options=(DemoOption("anaphase", 100),),
        at=25,
    ),
]

MICROSCOPE = [
    choose(
        "Which objective do you begin with?",
        "The weakest",
        "The strongest",
        "The one with oil",
        explanation="With the weakest you find the place, and hit no slide.",
    ),
    DemoQuestion(
        kind=QuestionKind.NUMBER,
        text="Eyepiece 10×, objective 40×. How many times does it magnify?",
        options=(DemoOption("400", 100),),
        unit="×",
    ),
    put_in_order(
        "In which order?",
        "Put the slide on the stage",
        "Look from the side and bring the objective close",
        "Look through the eyepiece and move away until it is sharp",
    ),
    choose_all(
        "What do you do before you put it away?",
        ["Turn to the weakest objective", "Take the slide off", "Cover it"],
        ["Turn the light up"],
        rule=Rule.ALL,
    ),
    DemoQuestion(
        kind=QuestionKind.OPEN,
        text="You see nothing but grey. What do you try, and in which order?",
        points=Decimal(3),
        said=(
            "Light on? Weakest objective? Then the coarse knob, slowly.",
            "I open the diaphragm and move the slide.",
            "I ask my neighbour.",
        ),
    ),
]

INHERITANCE = [
    choose(
        "Both parents are $Aa$. How many of four children are $aa$, on average?",
        "One",
        "Two",
        "None",
    ),
    true_or_false("What is recessive is never seen.", is_true=False),
]
