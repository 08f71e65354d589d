"""What the start page promises of an attempt: whoever presses its button starts under these terms,
or is told first what has become of them."""

from __future__ import annotations

from hashlib import sha256

from media_items.quizzes.attempts.windows import Window
from media_items.quizzes.models import Quiz


def terms_of(quiz: Quiz, window: Window) -> dict[str, str]:
    """A digest of each, by its name."""
    of_film = quiz.film_id and quiz.no_seeking
    values: dict[str, tuple[object, ...]] = {
        "time": (window.limit,),
        "attempts": (window.attempts,),
        "closing": (window.closes_at and window.closes_at.timestamp(),),
        "passing": (quiz.is_scored, quiz.pass_percent),
        "questions": (quiz.published_id,),
        "rules": (
            quiz.kept_score,
            quiz.score_when,
            quiz.feedback_when,
            quiz.answers_when,
            quiz.one_at_a_time,
            quiz.may_go_back,
            quiz.film_id,
            of_film,
        ),
    }
    return {name: sha256(repr(value).encode()).hexdigest()[:8] for name, value in values.items()}


def packed(terms: dict[str, str]) -> str:
    """For a field of a form."""
    return " ".join(f"{name}:{digest}" for name, digest in terms.items())


def new_since(shown: str, terms: dict[str, str]) -> tuple[str, ...]:
    """Which are others than those that `packed` had; none for a page that has told none."""
    if not shown:
        return ()
    known = set(shown.split())
    return tuple(name for name, digest in terms.items() if f"{name}:{digest}" not in known)
