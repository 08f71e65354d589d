"""Publishing: the questions as they stand become a version, for good."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from media_items.quizzes import sizes
from media_items.quizzes.attempts.locking import lock_quiz
from media_items.quizzes.attempts.watching import is_after_end
from media_items.quizzes.content import Choice, Content, Option, Question, to_json
from media_items.quizzes.film.films import film_ms_of
from media_items.quizzes.kinds import CHOICE_KINDS, TYPED_KINDS, QuestionKind, Rule, Tolerance
from media_items.quizzes.models import Question as Draft
from media_items.quizzes.models import QuestionOption, Quiz, QuizChange, QuizVersion
from media_items.quizzes.scoring.normalising import is_range, number_in
from media_items.refusals import Invalid
from media_items.signals import Account


def content_of(quiz: Quiz) -> Content:
    """The questions being written, as they would be published. Two queries."""
    if quiz.pk is None:
        return Content()
    drafts = quiz.questions.live().select_related("picture").prefetch_related("options")
    return Content(tuple(frozen(one) for one in drafts.order_by("position", "pk")))


def frozen(draft: Draft, written: Iterable[QuestionOption] | None = None) -> Question:
    """`options` must be prefetched, or are asked for; `written` are others, in their order, in
    their place."""
    options = (
        sorted(draft.options.all(), key=lambda one: (one.position, one.pk))
        if written is None
        else list(written)
    )
    kind = QuestionKind(draft.kind)
    choices: dict[str, Choice] = {}
    if kind == QuestionKind.MATCHING:
        for one in options:
            if one.match.strip():
                choices.setdefault(" ".join(one.match.split()), Choice(one.match_id, one.match))
    return Question(
        id=draft.public_id,
        kind=kind,
        text=draft.text,
        points=draft.points,
        rule=Rule(draft.rule),
        options=tuple(
            Option(
                id=one.public_id,
                text=one.text,
                credit=one.credit,
                feedback=one.feedback,
                at_end=one.at_end,
                match=choices[" ".join(one.match.split())].id
                if choices and one.match.strip()
                else "",
                tolerance=Tolerance(one.tolerance),
                margin=one.margin,
            )
            for one in options
            if kind != QuestionKind.MATCHING or one.text.strip()
        ),
        # In the order of their random ids, which says nothing.
        choices=tuple(sorted(choices.values(), key=lambda one: one.id)),
        hint=draft.hint,
        explanation=draft.explanation,
        is_required=draft.is_required,
        may_be_negative=draft.may_be_negative,
        case_matters=draft.case_matters,
        accents_matter=draft.accents_matter,
        picture=draft.picture.public_id if draft.picture else "",
        picture_alt=draft.picture_alt,
        at_ms=draft.at_ms,
        unit=draft.unit,
    )


def lacks(question: Question, film_ms: int | None = None) -> list[Promise]:
    """What a question still needs before it can be published, in whole sentences. `film_ms`: the
    length of the film."""
    every = [*_lacks_anything(question), *_lacks_answers(question)]
    if is_after_end(question.at_ms, film_ms):
        every.append((True, _("The moment is after the end of the film.")))
    return [sentence for is_so, sentence in every if is_so]


def doubts(question: Question) -> list[str]:
    """What may be meant as it is and keeps nobody from publishing. An accepted answer that earns
    nothing is meant where it has feedback: then it is a mistake that is answered."""
    if question.kind not in TYPED_KINDS or not question.is_marked:
        return []
    if not any(one.is_right for one in question.options):
        return []  # `lacks` says it
    return [
        gettext("“%(answer)s” is accepted and earns nothing.") % {"answer": one.text}
        for one in question.options
        if one.text.strip() and not one.is_right and not one.feedback.strip()
    ]


def _lacks_anything(question: Question) -> list[tuple[bool, Promise]]:
    return [
        (
            not question.text.strip() and not question.picture,
            _("The question has no text."),
        ),
        (
            bool(question.picture) and not question.picture_alt.strip(),
            _("The picture has no description for people who can’t see it."),
        ),
    ]


def _lacks_answers(question: Question) -> list[tuple[bool, Promise]]:
    options, kind = question.options, question.kind
    is_short = len(options) < 2
    return [
        (kind in CHOICE_KINDS and is_short, _("The question needs at least two options.")),
        (
            kind in CHOICE_KINDS
            and question.is_marked
            and not any(one.is_right for one in options),
            _("No option is marked as right."),
        ),
        (
            kind in TYPED_KINDS and question.is_marked and not options,
            _("The question has no accepted answer."),
        ),
        (
            kind in TYPED_KINDS
            and question.is_marked
            and bool(options)
            and not any(one.is_right for one in options),
            _("No accepted answer earns points."),
        ),
        (
            kind == QuestionKind.NUMBER and any(number_in(one.text) is None for one in options),
            _("An accepted answer is not a number."),
        ),
        (
            kind == QuestionKind.NUMBER and any(_is_no_range(one) for one in options),
            _("The upper end of an accepted range is missing or below the lower one."),
        ),
        (
            kind == QuestionKind.MATCHING and (is_short or any(not one.match for one in options)),
            _("The question needs at least two complete pairs."),
        ),
        (
            kind == QuestionKind.ORDERING and is_short,
            _("The question needs at least two things to put in order."),
        ),
    ]


def _is_no_range(option: Option) -> bool:
    """A number that nobody can have."""
    is_lower_end = option.tolerance == Tolerance.INTERVAL and number_in(option.text) is not None
    return is_lower_end and not is_range(option.text, option.margin)


def as_published(version: QuizVersion) -> dict[str, list[Question]]:
    """Each question as it was published, and by the corrected key that marks it now. One query."""
    newest = version.keys.order_by("-number").first() or version
    return {
        one.id: [one, newest.questions.question_of.get(one.id, one)]
        for one in version.questions.questions
    }


def is_published(version: QuizVersion, content: Content) -> bool:
    """Whether publishing `content` would change nothing for anybody."""
    published = as_published(version)
    is_in_order = [one.id for one in content.questions] == list(published)
    return is_in_order and all(one in published[one.id] for one in content.questions)


@transaction.atomic
def publish(*, quiz: Quiz, by: Account | None) -> QuizVersion:
    """The newest version; a new one where the questions have changed since. Raises `Invalid` where
    there are no questions, one of them is not complete, or there is too much to draw (`sizes`)."""
    quiz = lock_quiz(quiz)
    content = content_of(quiz)
    if not content.questions:
        raise Invalid(_("There are no questions yet."))
    film_ms = film_ms_of(quiz)
    if any(lacks(one, film_ms) for one in content.questions):
        raise Invalid(_("Some questions are not complete yet."))
    if said := sizes.too_much(content.questions):
        raise Invalid(said[0])
    written = to_json(content)
    last = quiz.versions.order_by("-number").first()
    quiz.questions.exclude(deleted_at=None).delete()  # from now on nobody restores them
    if quiz.published and is_published(quiz.published, content):
        quiz.published.draft = quiz.draft  # changed, and changed back
        quiz.published.save(update_fields=["draft"])
        return quiz.published
    version: QuizVersion = QuizVersion.objects.create(
        quiz=quiz,
        number=(last.number if last else 0) + 1,
        content=written,
        draft=quiz.draft,
        made_by=by,
    )
    quiz.published = version
    quiz.save(update_fields=["published"])
    now = {"number": version.number}
    QuizChange.objects.create(quiz=quiz, what="published", version=version, now=now, by=by)
    return version


def questions_changed(quiz: Quiz) -> None:
    """Whoever changes a question says so."""
    Quiz.objects.filter(pk=quiz.pk).update(draft=F("draft") + 1)
