"""The demo's quizzes: one of each kind, with people who took them."""

from __future__ import annotations

from decimal import Decimal

from access.invitations.models import InvitationRole
from demo import drawing
from demo.course.cell_questions import CELL_CYCLE, INHERITANCE, MICROSCOPE, MITOSIS_FILM
from demo.course.quiz_shapes import DemoOption, DemoQuestion, DemoQuiz, Took, choose
from demo.course.shapes import DAY, HOUR, MINUTE, DemoGuest, Invited, Item, Link
from demo.days import On
from media_items.catalogue.models import Kind, State
from media_items.quizzes.choices import KeptScore, Preset, ShownWhen
from media_items.quizzes.kinds import QuestionKind

# Who took the check, and how: of the second question only the best know all, and by the key of the
# third those who know it are wrong.
_CLASS = {
    "Ada Lovelace": "++-++++++",
    "Esther Lederberg": "+~-++++++",
    "Gregor Mendel": "++-~++~++",
    "Anna Atkins": "+~-+++++.",
    "Ernest Just": "+--++~+++",
    "Nazira Zain al-Din": "+~-~+++++",
    "Ynés Mexía": "+~-+-++++",
    "שרה לוי": "+--++~~++",
    "Theodor Boveri": "+~-~+~~++",
    "Jewel Plummer Cobb": "+--++++.+",
    "Florence Sabin": "+~+--~+++",
    "Flossie Wong-Staal": "-~+~+~~++",
    "Robert Hooke": "+-+-+~~.+",
    "Mary Anning": "-~++-~~++",
    "Kono Yasui": "+-+--~-++",
    "Matthias Schleiden": "--+~-~~.+",
    "Theodor Schwann": "--+--~-++",
}
_CHECK_GUESTS = [
    DemoGuest(name, f"{name.split()[0].lower()}{number}@example.org", 6 * DAY)
    for number, name in enumerate(_CLASS, start=1)
    if name.isascii()
] + [
    DemoGuest("Ynés Mexía", "ynes@example.org", 6 * DAY),
    DemoGuest("שרה לוי", "sara@example.co.il", 6 * DAY),
]
_ADDRESS = {guest.name: guest.email for guest in _CHECK_GUESTS}

_CHECK = DemoQuiz(
    preset=Preset.CHECK,
    settings={
        "welcome": "Nine questions on lecture 3. *Take paper*: for the last one you draw.",
        "pass_percent": 60,
    },
    questions=CELL_CYCLE,
    took=[
        *(
            Took(_ADDRESS[name], signs, 5 * DAY - number * HOUR, minutes=7 + number % 9)
            for number, (name, signs) in enumerate(_CLASS.items())
        ),
        Took("lena", "+-+--~~++", 4 * DAY, minutes=14),
        Took("lena", "+~++++~++", 3 * DAY, minutes=8),
        Took("omar", "-~++-~+++", 3 * DAY, minutes=10),
        Took("lise.meitner@example.net", "+++++~+++", 2 * DAY, minutes=12),
        Took("emil@example.org", "+~+-+~-.+", 2 * DAY, minutes=6),
    ],
)

_ON_FILM = DemoQuiz(
    preset=Preset.CHECK,
    film="Cell division, part 2: Mitosis",
    settings={"welcome": "The film waits at four questions.", "no_seeking": True},
    questions=MITOSIS_FILM,
    took=[
        Took("frida@example.org", "++++", 2 * DAY, minutes=2),
        Took("paul@example.org", "+-+-", 2 * DAY, minutes=3),
        Took("lena", "+-..", 2 * HOUR, state="open"),
    ],
)

_TEST = DemoQuiz(
    preset=Preset.TEST,
    settings={"time_limit_minutes": 20, "pass_percent": 60, "gives_certificate": True},
    questions=MICROSCOPE,
    more_time={"omar": "1.5"},
    took=[
        Took("lena", "+++++", DAY, minutes=16),
        Took("omar", "++~+-", DAY, minutes=27),
        Took("rosa@example.org", "++-+~", DAY, minutes=19),
        Took("hugo@example.org", "+-+..", DAY, minutes=20, state="time up"),
        Took("vera@example.org", "++...", DAY, minutes=6, state="interrupted"),
    ],
)

_PRACTICE = DemoQuiz(
    preset=Preset.PRACTICE,
    settings={"one_at_a_time": True},
    questions=[
        choose(
            "Which interval begins *Twinkle, twinkle, little star*?",
            "A fifth",
            "A third",
            "A fourth",
            "An octave",
            hint="Sing the first two notes and the next two.",
            explanation="Twin-**kle** is a fifth up.",
        ),
        DemoQuestion(
            kind=QuestionKind.NUMBER,
            text="An octave above 440 Hz is how many Hz?",
            options=(DemoOption("880", 100),),
            unit="Hz",
            explanation="$2 \\cdot 440$.",
        ),
    ],
    took=[Took("omar", "-+", 3 * DAY, minutes=1), Took("omar", "++", 3 * DAY, minutes=1)],
)

_SURVEY = DemoQuiz(
    preset=Preset.SURVEY,
    questions=[
        DemoQuestion(
            kind=QuestionKind.SINGLE,
            text="How was the evening?",
            options=tuple(DemoOption(one) for one in ("Too short", "Just right", "Too long")),
            points=Decimal(0),
        ),
        DemoQuestion(
            kind=QuestionKind.OPEN,
            text="What do you take home?",
            points=Decimal(0),
            said=("I never knew that shrimps are loud.", "A hydrophone, please!", "Questions."),
        ),
    ],
    took=[
        Took("harriet@example.net", "++", 20 * HOUR, minutes=2),
        Took("bruno@example.net", "++", 19 * HOUR, minutes=1),
        Took("aiko@example.jp", "+.", 18 * HOUR, minutes=1),
    ],
)

_INHERITANCE = DemoQuiz(
    preset=Preset.TEST,
    settings={
        "time_limit_minutes": 30,
        "kept_score": KeptScore.FIRST,
        "feedback_when": ShownWhen.CLOSED,
    },
    questions=INHERITANCE,
)

ITEMS = [
    Item(
        owner="noa",
        kind=Kind.QUIZ,
        title="Check yourself: the cell cycle",
        description="Nine questions on lecture 3. Twice, and the better one counts.",
        tags="cells, lecture 3",
        state=State.PUBLISHED,
        galleries=("bio",),
        ago=7 * DAY,
        card=("waves", drawing.TEAL),
        guest_access=True,
        links=[
            Link(
                name="Evening class",
                ago=6 * DAY,
                guests=_CHECK_GUESTS,
                shown="a quiz: nine questions, two attempts",
            )
        ],
        invited=[
            Invited(
                first_name="Lise",
                last_name="Meitner",
                email="lise.meitner@example.net",
                state="accepted",
                ago=6 * DAY,
            ),
            Invited(
                first_name="Emil",
                last_name="Fischer",
                email="emil@example.org",
                state="accepted",
                ago=6 * DAY,
            ),
            Invited(
                first_name="Otto",
                last_name="Warburg",
                email="otto@example.org",
                ago=2 * DAY,
                shown="a quiz; press Accept and read the code at /dev/mail/",
            ),
            Invited(account="mei", role=InvitationRole.COLLABORATOR, state="accepted", ago=DAY),
        ],
        quiz=_CHECK,
    ),
    Item(
        owner="noa",
        kind=Kind.QUIZ,
        title="Questions on the film: mitosis",
        description="The film of lecture 3, with four questions on its way.",
        tags="cells, mitosis, lecture 3",
        state=State.PUBLISHED,
        galleries=("bio",),
        ago=4 * DAY,
        card=("waves", drawing.SKY),
        guest_access=True,
        links=[
            Link(
                name="Film club",
                ago=3 * DAY,
                guests=[
                    DemoGuest("Frida Robscheit", "frida@example.org", 3 * DAY),
                    DemoGuest("Paul Ehrlich", "paul@example.org", 3 * DAY),
                ],
                shown="a quiz on a film: it waits at four questions",
            )
        ],
        quiz=_ON_FILM,
    ),
    Item(
        owner="noa",
        kind=Kind.QUIZ,
        title="Test: the microscope",
        description="Twenty minutes. What was right is shown after the test has closed.",
        tags="laboratory",
        state=State.PUBLISHED,
        galleries=("bio",),
        ago=9 * DAY,
        card=("waves", drawing.SAND),
        starts=On(-1, 9),
        ends=On(-1, 12),
        guest_access=True,
        links=[
            Link(
                name="Visiting students",
                ago=6 * DAY,
                guests=[
                    DemoGuest("Rosa Smith", "rosa@example.org", 5 * DAY),
                    DemoGuest("Hugo Mohl", "hugo@example.org", 5 * DAY),
                    DemoGuest("Vera Danforth", "vera@example.org", 5 * DAY),
                ],
                shown="a test that has closed",
            )
        ],
        quiz=_TEST,
    ),
    Item(
        owner="noa",
        kind=Kind.QUIZ,
        title="Test: inheritance",
        description="Opens in three days.",
        tags="inheritance",
        state=State.PUBLISHED,
        galleries=("bio",),
        ago=1 * DAY,
        card=("waves", drawing.ROSE),
        starts=On(3, 9),
        ends=On(3, 12),
        quiz=_INHERITANCE,
    ),
    Item(
        owner="sam",
        kind=Kind.QUIZ,
        title="Practice: intervals",
        description="As often as you like; what was right is told at once.",
        tags="listening",
        state=State.PUBLISHED,
        galleries=("field",),
        ago=8 * DAY,
        card=("waves", drawing.MINT),
        guest_access=True,
        links=[Link(name="Choir", ago=2 * DAY, shown="practice: as often as you like")],
        quiz=_PRACTICE,
    ),
    Item(
        owner="mei",
        kind=Kind.QUIZ,
        title="After the opening night: two questions",
        description="One minute. Nothing is right or wrong.",
        state=State.PUBLISHED,
        galleries=("open",),
        ago=DAY,
        card=("waves", drawing.CORAL),
        guest_access=True,
        links=[
            Link(
                name="Everybody who came",
                ago=DAY,
                guests=[
                    DemoGuest("Harriet Pfister", "harriet@example.net", 21 * HOUR),
                    DemoGuest("Bruno Keller", "bruno@example.net", 21 * HOUR),
                    DemoGuest("Aiko Mori", "aiko@example.jp", 20 * HOUR + 30 * MINUTE),
                ],
                shown="a survey",
            )
        ],
        quiz=_SURVEY,
    ),
]
