"""One person’s attempts, for them: what they answered, and what they may see of the marks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from media_items.personal_data import Subject
from media_items.quizzes import texts
from media_items.quizzes.attempts.reveal import Revealed, revealed
from media_items.quizzes.attempts.standings import on_quizzes
from media_items.quizzes.content import Question
from media_items.quizzes.models import Answer, Attempt, Exemption, Taker
from media_items.quizzes.people.erasing import takers_of
from media_items.quizzes.scoring import rules
from media_items.quizzes.scoring.responses import Response


@dataclass(frozen=True)
class AnswerRecord:
    """`comment` is empty until it may be seen."""

    question: str
    answer: str
    saved_at: datetime
    comment: str = ""


@dataclass
class AttemptRecord:
    """`score` is None and `certificate` empty until the score may be seen."""

    attempt: Attempt
    score: Decimal | None = None
    possible: Decimal | None = None
    answers: list[AnswerRecord] = field(default_factory=list)
    more_answers: int = 0
    certificate: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.attempt.number,
            "started_at": self.attempt.started_at,
            "ended_at": self.attempt.ended_at,
            "state": self.attempt.state,
            "score": None if self.score is None else str(self.score),
            "possible": None if self.possible is None else str(self.possible),
            "certificate": self.certificate,
            "answers": [
                {
                    "question": one.question,
                    "answer": one.answer,
                    "saved_at": one.saved_at,
                    "comment": one.comment,
                }
                for one in self.answers
            ],
        }


@dataclass
class QuizRecord:
    """One quiz as this person took it."""

    taker: Taker
    exemption: Exemption | None = None
    attempts: list[AttemptRecord] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.taker.quiz.item.title

    def as_json(self) -> dict[str, Any]:
        extra = self.exemption
        return {
            "quiz": self.taker.quiz.item.public_id,
            "title": self.title,
            "name": self.taker.shown_name,
            "time_factor": str(extra.time_factor) if extra else "1",
            "extra_attempts": extra.extra_attempts if extra else 0,
            "attempts": [one.as_json() for one in self.attempts],
        }


def records_of(subject: Subject, *, at_most: int | None) -> list[QuizRecord]:
    """Newest first; of each attempt `at_most` answers. A fixed number of queries."""
    takers = list(
        takers_of(subject).select_related("quiz__item").order_by("-first_at", "-pk")[:at_most]
    )
    if not takers:
        return []
    rows = Attempt.objects.select_related("version", "certificate")
    found, answers = on_quizzes(takers, rows), _answers(takers)
    return [
        QuizRecord(
            taker,
            found[taker.pk].exemption,
            [
                _record(
                    one,
                    answers[one.pk],
                    revealed(taker.quiz, one, found[taker.pk].standing),
                    at_most,
                )
                for one in found[taker.pk].attempts
            ],
        )
        for taker in takers
    ]


def _answers(takers: list[Taker]) -> dict[int, list[Answer]]:
    found: dict[int, list[Answer]] = defaultdict(list)
    for one in Answer.objects.filter(attempt__taker__in=takers).order_by("saved_at", "pk"):
        found[one.attempt_id].append(one)
    return found


def _record(
    attempt: Attempt, answers: list[Answer], seen: Revealed, at_most: int | None
) -> AttemptRecord:
    """SECURITY: of the questions only the text and what was answered; of the marks only what the
    rule lets be seen."""
    question_of = attempt.version.questions.question_of
    written = [
        AnswerRecord(
            texts.plain(question_of[one.question].text),
            said(question_of[one.question], one.response),
            one.saved_at,
            one.comment if seen.feedback else "",
        )
        for one in answers
        if one.question in question_of and one.response is not None
    ]
    shown = written[:at_most]
    made = AttemptRecord(attempt, answers=shown, more_answers=len(written) - len(shown))
    certificate = getattr(attempt, "certificate", None)
    if seen.score and certificate is not None:
        made.certificate = certificate.number
    if seen.score and attempt.score is not None and attempt.possible:
        made.score, made.possible = rules.rounded(attempt.score), rules.rounded(attempt.possible)
    return made


def said(question: Question, response: Response) -> str:
    """An answer in the words of its question."""
    given: dict[str, Any] = response or {}
    if isinstance(pairs := given.get("pairs"), dict):
        return "; ".join(
            f"{_option(question, one)} → {_choice(question, other)}" for one, other in pairs.items()
        )
    if isinstance(order := given.get("order"), list):
        return " → ".join(_option(question, one) for one in order)
    if "chosen" in given:
        chosen = given["chosen"]
        ids = chosen if isinstance(chosen, list) else [chosen]
        return "; ".join(_option(question, one) for one in ids)
    return str(given.get("text", ""))


def _option(question: Question, name: str) -> str:
    found = question.option_of.get(name)
    return texts.plain(found.text) if found else ""


def _choice(question: Question, name: str) -> str:
    found = question.choice_of.get(name)
    return texts.plain(found.text) if found else ""
