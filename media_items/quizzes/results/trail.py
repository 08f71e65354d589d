"""The trail of a quiz: who changed what about its results, and from what to what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django.db.models import FETCH_RAISE, DateTimeField, DecimalField, Field, Model, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from media_items.quizzes.attempts.claims import CLAIMED, DENIED
from media_items.quizzes.models import Attempt, Exemption, Quiz, QuizChange, Taker
from media_items.quizzes.numbering import paper_numbers
from media_items.quizzes.scoring import rules
from media_items.signals import Account
from media_items.templatetags.moments import moment_text

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
PUBLISHED = "published"
MARKS = "marks"
KEY = "key"
REGRADED = "regraded"
SETTINGS = "settings"
EXEMPTION = "exemption"
# In what a change was from and to: a name, which goes when its person is erased.
NAME = "name"
# In what it is to: the other of two people who became one, or two again; or how many got an email.
_OTHERS = ("into", "from")
_PEOPLE = "people"

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
    MARKS: _("Marks given"),
    KEY: _("Key corrected"),
    REGRADED: _("Marked by the corrected key"),
    CLAIMED: _("Results joined with those of a verified email"),
    DENIED: _("Not theirs, says whoever has verified the email"),
    SETTINGS: _("Settings changed"),
    EXEMPTION: _("Exemption changed"),
    PUBLISHED: _("Questions published"),
}


def note_change(
    quiz: Quiz,
    what: str,
    *,
    by: Account | None,
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
    """`about` says of what in the quiz it is: a question, an attempt. `other` is the second of two
    people."""

    one: QuizChange
    about: tuple[str, ...] = ()
    other: str = ""

    @property
    def sentence(self) -> str:
        return str(_sentences.get(self.one.what) or _("Something else was changed"))

    @property
    def was(self) -> str:
        return _told(self.one, self.one.was)

    @property
    def now(self) -> str:
        return _told(self.one, self.one.now)


def rows_of_changes(quiz: Quiz, changes: Iterable[QuizChange]) -> list[ChangeRow]:
    """At most three queries more, for the numbers of the questions and second people."""
    every = list(changes)
    numbers: dict[str, int] = {}
    if any(one.question for one in every):
        numbers = paper_numbers(quiz)
    others = {one.pk: other for one in every if (other := _other_of(one))}
    names = {
        one.pk: one.shown_name
        for one in Taker.objects.filter(quiz_id=quiz.pk, pk__in=others.values())
    }
    return [
        ChangeRow(one, tuple(_about(one, numbers)), names.get(others.get(one.pk, 0), ""))
        for one in every
    ]


def _other_of(change: QuizChange) -> int:
    """The key of a taker; 0 where there is none."""
    if change.what not in {MERGED, UNMERGED, CLAIMED, DENIED} or not isinstance(change.now, dict):
        return 0
    return next((change.now[name] for name in _OTHERS if name in change.now), 0)


def _about(change: QuizChange, numbers: Mapping[str, int]) -> Iterator[str]:
    if number := numbers.get(change.question):
        yield gettext("Question %(number)d") % {"number": number}
    if change.attempt:
        yield gettext("Attempt %(number)d") % {"number": change.attempt.number}


def changes_of(quiz: Quiz) -> QuerySet[QuizChange]:
    """Newest first."""
    return (
        QuizChange.objects.filter(quiz_id=quiz.pk)
        .select_related("taker", "attempt", "by")
        .order_by("-at", "-pk")
        .fetch_mode(FETCH_RAISE)
    )


def _told(change: QuizChange, values: Any) -> str:
    """What of a change can be read; everything else its sentence says."""
    if not isinstance(values, dict):
        return ""
    match change.what:
        case "settings":
            return _fields_told(Quiz, values)
        case "exemption":
            return _fields_told(Exemption, values)
        case "published":
            return str(values.get("number", ""))
        case "key":
            return ""
        case "renamed":
            return str(values.get(NAME, ""))
        case "mailed" | "reminded":
            count = values.get(_PEOPLE, 0)
            return ngettext("%(count)d person", "%(count)d people", count) % {"count": count}
    points = [values.get(name) for name in ("points", "score", "possible")]
    return " / ".join(_decimal(one) for one in points if one is not None)


def _decimal(value: Any) -> str:
    return number_format(rules.rounded(Decimal(str(value))).normalize())


def _fields_told(model: type[Model], values: Mapping[str, Any]) -> str:
    # As the columns stand; a database keeps the keys of JSON in an order of its own.
    places = {one.name: place for place, one in enumerate(model._meta.fields)}
    names = sorted(values, key=lambda name: (places.get(name, len(places)), name))
    return "; ".join(_field_told(model, name, values[name]) for name in names)


def _field_told(model: type[Model], name: str, value: Any) -> str:
    field = cast("Field", model._meta.get_field(name))
    choices = dict(field.flatchoices)
    shown: Any = value
    if isinstance(value, bool):
        shown = _("Yes") if value else _("No")
    elif value in choices:
        shown = choices[value]
    elif isinstance(field, DateTimeField) and (moment := parse_datetime(str(value))):
        shown = moment_text(moment)
    elif isinstance(field, DecimalField) and value is not None:
        shown = _decimal(value)
    elif value in {None, ""}:
        shown = "–"
    return f"{capfirst(field.verbose_name)}: {Truncator(shown).chars(60)}"
