"""Quizzes for tests: each kind of question once, published, and people who take them."""

from __future__ import annotations

from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from access.mail import outbox
from media_items.catalogue.models import Kind
from media_items.quizzes.content import Choice, Content, Option, Question, to_json
from media_items.quizzes.kinds import QuestionKind, Rule, Tolerance
from media_items.quizzes.models import Question as Draft
from media_items.quizzes.models import QuestionOption, Quiz, QuizVersion, Taker, TakerKey
from media_items.visitors import Certainty, Identity, IdentityKind
from tests import factories
from tests.factories import MediaItemFactory


class QuizFactory(DjangoModelFactory):
    """Nothing in it, nothing published, two attempts."""

    class Meta:
        model = Quiz

    item = factory.SubFactory(MediaItemFactory, kind=Kind.QUIZ, title="Cell division")


class DraftFactory(DjangoModelFactory):
    class Meta:
        model = Draft

    quiz = factory.SubFactory(QuizFactory)
    kind = QuestionKind.SINGLE
    text = factory.Sequence(lambda n: f"Question {n}?")
    position = factory.Sequence(lambda n: n)


class OptionFactory(DjangoModelFactory):
    class Meta:
        model = QuestionOption

    question = factory.SubFactory(DraftFactory)
    text = factory.Sequence(lambda n: f"Option {n}")
    position = factory.Sequence(lambda n: n)


def options(*texts: str, right: str = "", prefix: str = "") -> tuple[Option, ...]:
    """Ids `a`, `b`, …; those in `right` are right."""
    names = [f"{prefix}{chr(97 + number)}" for number in range(len(texts))]
    return tuple(
        Option(name, text, Decimal(100 if name.removeprefix(prefix) in right else 0))
        for name, text in zip(names, texts, strict=True)
    )


SINGLE = Question(
    "single",
    QuestionKind.SINGLE,
    "In which phase do chromosomes line up?",
    options=options("Metaphase", "Anaphase", "Telophase", right="a"),
    explanation="They line up in the middle.",
    hint="Meta: between.",
)
MULTIPLE = Question(
    "multiple",
    QuestionKind.MULTIPLE,
    "Which are phases of mitosis?",
    points=Decimal(2),
    rule=Rule.BALANCED,
    options=options("Prophase", "Metaphase", "Interphase", "Meiosis", right="ab"),
)
TRUE_FALSE = Question(
    "true_false",
    QuestionKind.TRUE_FALSE,
    "Sister chromatids part in the anaphase.",
    options=(Option("t", "true", Decimal(100)), Option("f", "false")),
)
SHORT_TEXT = Question(
    "short_text",
    QuestionKind.SHORT_TEXT,
    "What holds sister chromatids together?",
    options=(
        Option("x", "Centromere", Decimal(100), feedback="Just so."),
        Option("y", "Kinetochore", Decimal(50)),
    ),
)
NUMBER = Question(
    "number",
    QuestionKind.NUMBER,
    "How long, in hours?",
    options=(
        Option("n", "1.5", Decimal(100), tolerance=Tolerance.ABSOLUTE, margin="0.2"),
        Option("o", "15", Decimal(25)),
    ),
    unit="h",
)
MATCHING = Question(
    "matching",
    QuestionKind.MATCHING,
    "What happens when?",
    points=Decimal(3),
    rule=Rule.PAIRS,
    options=(
        Option("p", "Prophase", match="1"),
        Option("q", "Metaphase", match="2"),
        Option("r", "Anaphase", match="3"),
    ),
    choices=(
        Choice("1", "they coil up"),
        Choice("2", "they line up"),
        Choice("3", "they part"),
        Choice("4", "they sleep"),
    ),
)
ORDERING = Question(
    "ordering",
    QuestionKind.ORDERING,
    "Put them in order.",
    rule=Rule.ALL,
    options=options("Prophase", "Metaphase", "Anaphase", "Telophase", prefix="k"),
)
OPEN = Question(
    "open", QuestionKind.OPEN, "Why?", points=Decimal(4), rule=Rule.BY_HAND, explanation="Because."
)
REFLECTION = Question("reflection", QuestionKind.REFLECTION, "Think of it.", rule=Rule.NONE)

EVERY_KIND = Content(
    (SINGLE, MULTIPLE, TRUE_FALSE, SHORT_TEXT, NUMBER, MATCHING, ORDERING, OPEN, REFLECTION)
)
RIGHT_ANSWERS = {
    "single": {"chosen": "a"},
    "multiple": {"chosen": ["a", "b"]},
    "true_false": {"chosen": "t"},
    "short_text": {"text": "centromere"},
    "number": {"text": "1,5 h"},
    "matching": {"pairs": {"p": "1", "q": "2", "r": "3"}},
    "ordering": {"order": ["ka", "kb", "kc", "kd"]},
    "open": {"text": "It is so."},
    "reflection": {"seen": True},
}


def published_quiz(content: Content = EVERY_KIND, **kwargs: object) -> Quiz:
    """With these questions as its only version."""
    quiz = QuizFactory(**kwargs)
    publish_content(quiz, content)
    return quiz


def publish_content(quiz: Quiz, content: Content) -> QuizVersion:
    number = quiz.versions.count() + 1
    version = QuizVersion.objects.create(
        quiz=quiz, number=number, content=to_json(content), draft=quiz.draft
    )
    quiz.published = version
    quiz.save()
    return version


def guest_identity(guest_admission: object) -> Identity:
    """As `request.visitor` says who a guest is."""
    guest = guest_admission.guest
    return Identity(
        key=f"guest:{guest_admission.pk}",
        kind=IdentityKind.GUEST,
        name=guest_admission.name or guest.name,
        email=guest.email,
        certainty=Certainty.TYPED,
        came_by=guest.link.name,
    )


def ask_about_a_quiz(kind, item, *, name="Ada Lovelace"):
    """A mail of these kinds waits: to who has taken it as a guest, or was invited and has not."""
    quiz, _made = Quiz.objects.get_or_create(item=item)
    if quiz.published is None:
        publish_content(quiz, Content((SINGLE,)))
    if kind == "quiz_reminder":
        about = factories.InvitationFactory(item=item, first_name=name)
        address = about.email
    else:
        admission = factories.GuestAdmissionFactory(guest__link__item=item, guest__name=name)
        about = Taker.objects.create(quiz=quiz, name=name, certainty="typed")
        TakerKey.objects.create(quiz=quiz, taker=about, key=f"guest:{admission.pk}")
        address = admission.guest.email
    outbox.add(kind=kind, mails=[(about.pk, address)], by=item.owner)
