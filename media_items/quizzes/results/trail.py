"""The trail of a quiz: who changed what about its results, and from what to what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import FETCH_RAISE, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from media_items.quizzes.models import Attempt, Quiz, QuizChange, Taker
from media_items.signals import Account

PER_PAGE = 50

# `QuizChange.what` of this room; of the others see `_sentences`.
VOIDED = "voided"
COUNTED = "counted"
ENDED = "ended"
CONTINUED = "continued"
RENAMED = "renamed"
MERGED = "merged"
UNMERGED = "unmerged"
MAILED = "mailed"
REMINDED = "reminded"

_sentences: dict[str, str | Promise] = {
    VOIDED: _("Attempt doesn’t count any more"),
    COUNTED: _("Attempt counts again"),
    ENDED: _("Attempt ended by the host"),
    CONTINUED: _("Interrupted attempt continued"),
    RENAMED: _("Name changed"),
    MERGED: _("Two people merged into one"),
    UNMERGED: _("Merged people separated"),
    MAILED: _("Results emailed"),
    REMINDED: _("Reminder emailed"),
    "marks": _("Marks given"),
    "key": _("Key corrected"),
    "regraded": _("Marked by the corrected key"),
    "claimed": _("Results joined with those of a verified email"),
    "settings": _("Settings changed"),
    "exemption": _("Exemption changed"),
}


def note_change(
    quiz: Quiz,
    what: str,
    *,
    by: Account,
    taker: Taker | None = None,
    attempt: Attempt | None = None,
    was: Any = None,
    now: Any = None,
    reason: str = "",
) -> QuizChange:
    """In the transaction of the change."""
    made: QuizChange = QuizChange.objects.create(
        quiz=quiz,
        what=what,
        by=by,
        taker=taker or (attempt.taker if attempt else None),
        attempt=attempt,
        was=was,
        now=now,
        reason=reason,
    )
    return made


@dataclass(frozen=True)
class ChangeRow:
    one: QuizChange

    @property
    def sentence(self) -> str:
        return str(_sentences.get(self.one.what) or _("Something else was changed"))

    @property
    def was(self) -> str:
        return _points(self.one.was)

    @property
    def now(self) -> str:
        return _points(self.one.now)


def changes_of(quiz: Quiz) -> QuerySet[QuizChange]:
    """Newest first."""
    return (
        QuizChange.objects.filter(quiz_id=quiz.pk)
        .select_related("taker", "attempt", "by")
        .order_by("-at", "-pk")
        .fetch_mode(FETCH_RAISE)
    )


def _points(value: Any) -> str:
    """What of a change is a number to a reader; everything else its sentence says."""
    if not isinstance(value, dict):
        return ""
    found = value.get("points", value.get("score"))
    return "" if found is None else str(found)
