"""Results as files: the people, and every answer of every attempt. Row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import batched

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from media_items.catalogue.models import MediaItem
from media_items.quizzes import texts
from media_items.quizzes.content import Content, Question
from media_items.quizzes.models import Answer, Attempt, Quiz, QuizVersion, Taker
from media_items.quizzes.results import people, words
from media_items.quizzes.results.analysis import questions_of
from media_items.quizzes.results.missing import expected
from media_items.quizzes.results.rows import TakerRow, addresses_of, length_of, rounded, rows_of
from media_items.quizzes.results.scores import percent_of
from media_items.quizzes.scoring import rules
from media_items.spreadsheets import Cell, Column, Sheet, decimal, length, moment, number

# At a time: each brings its attempts and its address along.
CHUNK = 500


def people_sheet(takers: QuerySet[Taker], quiz: Quiz, item: MediaItem) -> Sheet:
    columns = [
        Column(_("Name")),
        Column(_("Email")),
        Column(_("Verification")),
        Column(_("Joined via")),
        Column(_("Status")),
        number(_("Finished attempts")),
        decimal(_("Score")),
        decimal(_("Possible points")),
        decimal(_("Percent")),
        Column(_("Passed")),
        number(_("Answers to mark")),
        length(_("Time taken")),
        moment(pgettext("an attempt", "Ended")),
        Column(_("Entered as")),
    ]
    rows = _people_lines(takers, quiz, item)
    return Sheet(name=_("Results"), columns=columns, rows=rows)


def _people_lines(takers: QuerySet[Taker], quiz: Quiz, item: MediaItem) -> Iterator[Sequence[Cell]]:
    for part in batched(takers.iterator(chunk_size=CHUNK), CHUNK):
        for row in rows_of(part, quiz, item):
            yield (
                row.name,
                row.email,
                row.how_sure,
                row.came_by,
                str(row.state[0]),
                row.taker.finished,
                row.score,
                row.possible if row.score is not None else None,
                row.percent,
                _passed(row),
                row.waiting,
                row.took,
                row.ended_at,
                row.taker.name if row.taker.renamed else "",
            )


def missing_sheet(item: MediaItem, words: str) -> Sheet:
    """Those who were invited and have not started."""
    columns = [
        Column(_("Name")),
        Column(_("Email")),
        Column(_("State of the invitation")),
        moment(_("Since")),
    ]
    return Sheet(name=_("Not started"), columns=columns, rows=_missing_lines(item, words))


def _missing_lines(item: MediaItem, words: str) -> Iterator[Sequence[Cell]]:
    rows = expected().missing(item, words)
    for part in batched(rows.iterator(chunk_size=CHUNK), CHUNK):
        for row in expected().told(part):
            yield (row.name, row.email, str(row.state[0]), row.since)


def answers_sheet(quiz: Quiz, item: MediaItem) -> Sheet:
    """One line for each attempt; for each question what was answered, and its points."""
    numbered = questions_of(quiz, _contents(quiz))
    questions = list(numbered.values())
    columns = [
        Column(_("Name")),
        Column(_("Email")),
        Column(_("Verification")),
        number(_("Attempt")),
        Column(_("Status")),
        Column(_("Counts")),
        moment(pgettext("an attempt", "Started")),
        moment(pgettext("an attempt", "Ended")),
        length(_("Time taken")),
        decimal(_("Score")),
        decimal(_("Possible points")),
        decimal(_("Percent")),
        number(_("Answers to mark")),
    ]
    for count, one in numbered.items():
        columns.append(Column(f"{count}. {texts.plain(one.text)[:200]}"))
        if one.is_marked:
            columns.append(decimal(_("Points for %(number)d") % {"number": count}))
    return Sheet(name=_("Answers"), columns=columns, rows=_answer_lines(quiz, item, questions))


def _answer_lines(
    quiz: Quiz, item: MediaItem, questions: Sequence[Question]
) -> Iterator[Sequence[Cell]]:
    attempts = (
        Attempt.objects.filter(quiz=quiz, is_preview=False, taker__in=people.takers_of(quiz))
        .select_related("taker")
        .prefetch_related(Prefetch("answers", queryset=Answer.objects.all()))
        .order_by("pk")
    )
    contents = {one.pk: one.questions for one in QuizVersion.objects.filter(quiz=quiz)}
    for part in batched(attempts.iterator(chunk_size=CHUNK), CHUNK):
        behind = addresses_of([one.taker for one in part], item)
        for one in part:
            person = behind.get(one.taker_id)
            yield (
                one.taker.shown_name,
                person.email if person else "",
                str(words.HOW_SURE.get(one.certainty, "")),
                one.number,
                str(words.state_of(one.state)[0]),
                _yes_or_no(one.is_kept),
                one.started_at,
                one.ended_at,
                length_of(one),
                rounded(one.score) if quiz.is_scored else None,
                rounded(one.possible) if quiz.is_scored else None,
                percent_of(one.score, one.possible) if quiz.is_scored else None,
                0 if one.taker.erased_at else one.waiting,
                *_answer_cells(one, questions, contents),
            )


def _answer_cells(
    attempt: Attempt, questions: Sequence[Question], contents: Mapping[int, Content]
) -> Iterator[Cell]:
    asked = contents[attempt.version_id]
    key = contents[attempt.marked_with_id].question_of if attempt.marked_with_id else {}
    answers = {one.question: one for one in attempt.answers.all()}
    for question in questions:
        answer = answers.get(question.id)
        as_asked = asked.question_of.get(question.id)
        yield words.answer_in_words(as_asked, answer.response) if answer and as_asked else ""
        if question.is_marked:
            yield _points_of(attempt, answer, key.get(question.id))


def _points_of(attempt: Attempt, answer: Answer | None, key: Question | None) -> Decimal | None:
    """By the rules of the score, so that they add up to it: 0 where nothing was answered. Of
    somebody erased only what was kept of their points says so."""
    if answer is not None and (key is None or attempt.taker.erased_at is not None):
        return rounded(answer.earned if answer.given is None else answer.given)
    if key is None:
        return None
    response, given = (answer.response, answer.given) if answer else (None, None)
    earned = rules.counted(key, response, given).earned
    return rules.rounded(earned) if earned is not None else None


def _contents(quiz: Quiz) -> dict[int, Content]:
    """Of every version, so that no answer is left out."""
    return {one.pk: one.questions for one in QuizVersion.objects.filter(quiz=quiz)}


def _passed(row: TakerRow) -> str:
    """Nothing is said of a score so far."""
    if row.is_so_far and row.score is not None and row.quiz.pass_percent is not None:
        return str(words.TO_MARK[0])
    return _yes_or_no(row.is_passed)


def _yes_or_no(value: bool | None) -> str:
    if value is None:
        return ""
    return _("Yes") if value else _("No")
