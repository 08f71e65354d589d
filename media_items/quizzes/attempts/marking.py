"""Marks an attempt from its answers, and finds the score of a person from their attempts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from fractions import Fraction

from media_items.quizzes.attempts.exemptions import exemption_of
from media_items.quizzes.attempts.spent import Spent
from media_items.quizzes.choices import FINISHED, KeptScore
from media_items.quizzes.content import Content
from media_items.quizzes.models import Answer, Attempt, Quiz, QuizVersion, Taker
from media_items.quizzes.scoring import rules

type KeptListener = Callable[[Taker, Quiz], None]
_listeners: list[KeptListener] = []


def when_score_kept(listener: KeptListener) -> None:
    """Called with each person whose results have changed, in the same transaction, the person's row
    locked. At start-up; twice is once."""
    if listener not in _listeners:
        _listeners.append(listener)


def person_changed(taker: Taker, quiz: Quiz) -> None:
    """Their name, or how sure it is, has become another one: it is written. Locks the taker, and
    reads their score again: somebody else may have found another one meanwhile."""
    _tell(Taker.objects.select_for_update(of=("self",), no_key=True).get(pk=taker.pk), quiz)


def _tell(taker: Taker, quiz: Quiz) -> None:
    for listener in _listeners:
        listener(taker, quiz)


def key_for(version: QuizVersion) -> QuizVersion:
    """The newest key of a version; itself where it was never corrected."""
    return version.keys.order_by("-number").first() or version


def mark_attempt(attempt: Attempt, *, key: QuizVersion | None = None) -> None:
    """All its answers by their rules, and its score. Pure: twice is once. The caller holds
    `locking.lock_to_score`. Of somebody erased the points stay as they are: what they
    typed is gone."""
    if attempt.taker.erased_at is not None:
        return
    key = key or key_for(attempt.version)
    content = key.questions
    answers = {one.question: one for one in attempt.answers.all()}
    changed = []
    for question in content.questions:
        answer = answers.get(question.id)
        if answer is None:
            continue
        made = rules.mark(question, answer.response)
        earned = None if made.earned is None else rules.kept(made.earned)
        if answer.earned != earned:
            answer.earned = earned
            changed.append(answer)
    Answer.objects.bulk_update(changed, ["earned"])
    found = total_of(content, answers.values())
    attempt.marked_with = key
    attempt.score, attempt.possible = rules.kept(found.earned), rules.kept(found.possible)
    attempt.waiting = found.waiting
    attempt.save(update_fields=["marked_with", "score", "possible", "waiting"])


def total_of(content: Content, answers: Iterable[Answer]) -> rules.Total:
    """From the exact rules, not from what columns keep of them."""
    rows = list(answers)
    return rules.total(
        content,
        {one.question: one.response for one in rows},
        {one.question: one.given for one in rows if one.given is not None},
    )


def keep_score(taker: Taker, quiz: Quiz) -> None:
    """Which of their attempts count, by the quiz's rule, and what they come to. Unfinished ones
    never do, nor tries of editors, nor more than are allowed; nor those in which no point is left
    to be had, where another one has some. Of several equally good ones the first is the best.
    Whoever holds an attempt of theirs has locked the taker before."""
    taker = Taker.objects.select_for_update(of=("self",), no_key=True).get(pk=taker.pk)
    rows = list(taker.attempts.defer("order").order_by("started_at", "number"))
    real = [one for one in rows if not one.is_preview]
    finished = [one for one in real if one.state in FINISHED and one.possible is not None]
    beyond = beyond_allowed(taker, quiz, real)
    allowed = [one for one in finished if one.pk not in beyond]
    counting = _counting(
        [one for one in allowed if one.possible] or allowed, KeptScore(quiz.kept_score)
    )
    kept = {one.pk for one in counting}
    if newly := [one.pk for one in counting if not one.is_kept]:
        Attempt.objects.filter(pk__in=newly).update(is_kept=True)
    if no_more := [one.pk for one in rows if one.is_kept and one.pk not in kept]:
        Attempt.objects.filter(pk__in=no_more).update(is_kept=False)
    taker.finished = len(finished)
    taker.waiting = sum(one.waiting for one in counting)
    if quiz.kept_score == KeptScore.AVERAGE and counting:
        shares = [_share(one) for one in counting]
        possible = Fraction(counting[-1].possible or 0)
        taker.possible = counting[-1].possible
        taker.score = rules.kept(possible * sum(shares, Fraction(0)) / len(shares))
    else:
        taker.score = counting[0].score if counting else None
        taker.possible = counting[0].possible if counting else None
    taker.save(update_fields=["finished", "waiting", "score", "possible"])
    _tell(taker, quiz)


def beyond_allowed(taker: Taker, quiz: Quiz, attempts: Iterable[Attempt]) -> set[int]:
    """Those of all attempts of a person that are more than they may have, because several have
    become one, or because they were erased and came again before they were known: the first that
    have ended count. Nobody else has more than they were allowed.

    SECURITY: by their ends and not by their starts, or whoever has read the right answers after one
    attempt fills them in in another one that was begun before it."""
    rows = [one for one in attempts if one.is_used]
    if quiz.attempts_allowed is None or not rows:
        return set()
    taker.quiz = quiz
    before = Spent([taker]).of_person(taker) if taker.has_proven_address else 0
    if len(rows) + before <= quiz.attempts_allowed:
        return set()
    if not before and not any(one.moved_from_id for one in rows) and not taker.merged.exists():
        return set()
    exemption = exemption_of(taker)
    extra = exemption.extra_attempts if exemption else 0
    allowed = max(0, quiz.attempts_allowed + extra - before)
    rows.sort(key=_end)
    return {one.pk for one in rows[allowed:]}


def _end(attempt: Attempt) -> tuple[bool, datetime, datetime, int]:
    """Those that have not ended are the last."""
    has_ended = attempt.state in FINISHED and attempt.ended_at is not None
    ended_at = attempt.ended_at if has_ended and attempt.ended_at else attempt.started_at
    return not has_ended, ended_at, attempt.started_at, attempt.number


def _counting(finished: list[Attempt], kept: KeptScore) -> list[Attempt]:
    if not finished:
        return []
    match kept:
        case KeptScore.AVERAGE:
            return finished
        case KeptScore.FIRST:
            return finished[:1]
        case KeptScore.LAST:
            return finished[-1:]
        case _:
            return [max(finished, key=_share)]


def _share(attempt: Attempt) -> Fraction:
    if not attempt.possible:
        return Fraction(0)
    return Fraction(attempt.score or 0) / Fraction(attempt.possible)
