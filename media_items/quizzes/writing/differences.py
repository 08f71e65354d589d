"""What publishing would change, and for whom."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.utils.functional import Promise

from media_items.quizzes import sizes
from media_items.quizzes.choices import FINISHED, AttemptState
from media_items.quizzes.content import Content, Question
from media_items.quizzes.film.films import film_ms_of
from media_items.quizzes.models import Quiz
from media_items.quizzes.writing.paper import title_of_text
from media_items.quizzes.writing.publishing import as_published, content_of, doubts, lacks


@dataclass(frozen=True)
class Named:
    """A question in a list. `number` is its place; 0 for one that is not there any more. `doubts`
    keep nobody from publishing."""

    id: str
    number: int
    title: str
    lacks: list[Promise] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Differences:
    """`too_much`: why there would be too much to draw, in whole sentences."""

    questions: int
    too_much: list[str]
    incomplete: list[Named]
    doubtful: list[Named]
    added: list[Named]
    changed: list[Named]
    removed: list[Named]
    is_moved: bool
    finished: int
    open: int

    @property
    def is_changed(self) -> bool:
        return bool(self.added or self.changed or self.removed or self.is_moved)

    @property
    def may_publish(self) -> bool:
        return (
            bool(self.questions) and not self.incomplete and not self.too_much and self.is_changed
        )


def differences_of(quiz: Quiz) -> Differences:
    """Between the questions as they are written and the published version."""
    content = content_of(quiz)
    before = quiz.published.questions if quiz.published else Content()
    published = as_published(quiz.published) if quiz.published else {}
    places = list(enumerate(sizes.drawn(content.questions), 1))
    stay = [one.id for one in before.questions if one.id in content.question_of]
    film_ms = film_ms_of(quiz)
    named = [_named(number, one, film_ms) for number, one in places]
    return Differences(
        questions=len(places),
        too_much=sizes.too_much(content.questions),
        incomplete=[one for one in named if one.lacks],
        doubtful=[one for one in named if one.doubts],
        added=[_named(n, one) for n, one in places if one.id not in before.question_of],
        changed=[
            _named(n, one)
            for n, one in places
            if one.id in published and one not in published[one.id]
        ],
        removed=[_named(0, one) for one in before.questions if one.id not in content.question_of],
        is_moved=stay != [one.id for one in content.questions if one.id in before.question_of],
        **_attempts(quiz),
    )


def _named(number: int, question: Question, film_ms: int | None = None) -> Named:
    title = title_of_text(question.text) or str(question.kind.label)
    if not number:
        return Named(question.id, number, title)
    return Named(question.id, number, title, lacks(question, film_ms), doubts(question))


def _attempts(quiz: Quiz) -> dict[str, int]:
    if quiz.pk is None:
        return {"finished": 0, "open": 0}
    counted: dict[str, int] = quiz.attempts.filter(is_preview=False).aggregate(
        finished=Count("pk", filter=Q(state__in=FINISHED)),
        open=Count("pk", filter=Q(state=AttemptState.OPEN)),
    )
    return counted
