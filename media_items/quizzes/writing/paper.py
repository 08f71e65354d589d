"""The questions of a quiz as its editors see them: as they will look, with what is right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from media_items.catalogue.models import MediaItem
from media_items.lengths import clock
from media_items.quizzes import sizes, texts
from media_items.quizzes.content import Content, Option, Question
from media_items.quizzes.kinds import CHOICE_KINDS, RULES_OF, TYPED_KINDS, Tolerance
from media_items.quizzes.models import Question as Draft
from media_items.quizzes.models import Quiz
from media_items.quizzes.writing.publishing import doubts, frozen, is_published, lacks
from media_items.quizzes.writing.unread import said_of_unread


@dataclass(frozen=True)
class PaperLine:
    """`credit` is empty where being right says it all."""

    text: SafeString | str
    is_right: bool
    is_partly_right: bool
    credit: str = ""
    feedback: SafeString | str = ""
    match: SafeString | str = ""


@dataclass(frozen=True)
class PaperQuestion:
    """`title` is for menus and for those who hear the page. `number` counts from 1."""

    id: str
    content: Question
    order: tuple[int, int]
    number: int
    kind: str
    kind_name: str
    title: str
    text: SafeString
    points: Decimal
    is_marked: bool
    rule: str
    is_required: bool
    unit: str
    picture: str
    picture_alt: str
    moment: str
    at_ms: int | None
    hint: SafeString | str
    explanation: SafeString | str
    lacks: list[Promise]
    doubts: list[str]
    notes: list[str]
    is_choice: bool
    is_typed: bool
    lines: list[PaperLine] = field(default_factory=list)
    distractors: list[SafeString] = field(default_factory=list)


@dataclass(frozen=True)
class Summary:
    """`is_new`: the questions are not those of the published version. `in_film`: those with a
    moment in the order of the film, where takers get the questions in another one than on the
    paper; `has_free`: there are others."""

    questions: int
    points: Decimal
    is_published: bool
    is_new: bool
    open_attempts: int
    in_film: list[PaperQuestion] = field(default_factory=list)

    @property
    def has_free(self) -> bool:
        return len(self.in_film) < self.questions


def drafts_of(item: MediaItem) -> QuerySet[Draft]:
    """Those that are not deleted, in their order, with what the paper shows."""
    found: QuerySet[Draft] = (
        Draft.objects.live()
        .filter(quiz__item=item)
        .select_related("picture")
        .prefetch_related("options")
        .order_by("position", "pk")
    )
    return found


def paper_of(drafts: Iterable[Draft], *, film_ms: int | None = None) -> list[PaperQuestion]:
    """Those that come after what can be drawn on one page are shown as they were typed."""
    rows = list(drafts)
    questions = sizes.drawn(frozen(one) for one in rows)
    return [
        _on_paper(draft, question, number, film_ms=film_ms)
        for number, (draft, question) in enumerate(zip(rows, questions, strict=True), 1)
    ]


def on_paper(draft: Draft, number: int) -> PaperQuestion:
    [question] = sizes.drawn([frozen(draft)])
    return _on_paper(draft, question, number)


def _on_paper(
    draft: Draft, question: Question, number: int, *, film_ms: int | None = None
) -> PaperQuestion:
    written = [question.text, question.hint, question.explanation]
    written += [text for one in question.options for text in (one.text, one.feedback)]
    written += [one.text for one in question.choices]
    rules = RULES_OF[question.kind]
    return PaperQuestion(
        id=question.id,
        content=question,
        order=(draft.position, draft.pk),
        number=number,
        kind=question.kind.value,
        kind_name=str(question.kind.label),
        title=title_of_text(question.text) or str(draft.get_kind_display()),
        text=texts.block(question.text),
        points=question.points.normalize(),
        is_marked=question.is_marked,
        rule=str(question.rule.label) if len(rules) > 1 else "",
        is_required=question.is_required,
        unit=question.unit,
        picture=question.picture,
        picture_alt=question.picture_alt,
        moment="" if question.at_ms is None else clock(round(question.at_ms / 1000)),
        at_ms=question.at_ms,
        hint=texts.block(question.hint) if question.hint else "",
        explanation=texts.block(question.explanation) if question.explanation else "",
        lacks=lacks(question, film_ms),
        doubts=doubts(question),
        notes=_notes(question, written),
        is_choice=question.kind in CHOICE_KINDS,
        is_typed=question.kind in TYPED_KINDS,
        lines=[_line(question, one) for one in question.options],
        distractors=_distractors(question),
    )


def _notes(question: Question, written: list[str]) -> list[str]:
    if sizes.is_as_typed(question):
        return [sizes.as_typed_because()]
    return said_of_unread(*written)


def title_of(draft: Draft) -> str:
    """The beginning of its text; of a picture alone its kind."""
    return title_of_text(draft.text) or str(draft.get_kind_display())


def title_of_text(text: str) -> str:
    return texts.plain(text, 60)


def summary_of(quiz: Quiz, drafts: Iterable[PaperQuestion]) -> Summary:
    """At most two queries. What was changed and changed back is as it was published."""
    questions = list(drafts)
    published = quiz.published
    is_new = published is None or (
        published.draft != quiz.draft
        and not is_published(published, Content(tuple(one.content for one in questions)))
    )
    return Summary(
        questions=len(questions),
        points=sum((one.points for one in questions if one.is_marked), Decimal(0)),
        is_published=published is not None,
        is_new=is_new,
        open_attempts=quiz.attempts.open().count() if published else 0,
        in_film=_in_film(questions) if quiz.film_id else [],
    )


def _in_film(questions: list[PaperQuestion]) -> list[PaperQuestion]:
    timed = [one for one in questions if one.at_ms is not None]
    in_film = sorted(timed, key=lambda one: one.at_ms or 0)
    return in_film if questions[: len(in_film)] != in_film else []


def _line(question: Question, one: Option) -> PaperLine:
    is_typed = question.kind in TYPED_KINDS
    partner = question.choice_of.get(one.match)
    # Being accepted does not say that it earns anything.
    plain = {Decimal(100)} if is_typed else {Decimal(0), Decimal(100)}
    return PaperLine(
        text=_accepted(one) if is_typed else texts.inline(one.text),
        is_right=one.is_right,
        is_partly_right=question.is_partly_right(one),
        credit=f"{one.credit.normalize():f}" if one.credit not in plain else "",
        feedback=texts.inline(one.feedback) if one.feedback else "",
        match=texts.inline(partner.text) if partner else "",
    )


def _accepted(one: Option) -> str:
    match one.tolerance:
        case Tolerance.ABSOLUTE:
            return f"{one.text} ± {one.margin}"
        case Tolerance.RELATIVE:
            return f"{one.text} ± {one.margin} %"
        case Tolerance.INTERVAL:
            return f"{one.text} – {one.margin}"
        case _:
            return one.text


def _distractors(question: Question) -> list[SafeString]:
    used = {one.match for one in question.options}
    return [texts.inline(one.text) for one in question.choices if one.id not in used]
