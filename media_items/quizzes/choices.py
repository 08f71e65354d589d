"""What a quiz and an attempt can be."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Preset(models.TextChoices):
    """What a quiz is for. Each opens into the switches (`presets.PRESETS`)."""

    PRACTICE = "practice", _("Practice")
    CHECK = "check", _("Check")
    TEST = "test", _("Test")
    SURVEY = "survey", _("Survey")


class KeptScore(models.TextChoices):
    """Which attempt gives the score of a person. Those still open never count."""

    BEST = "best", pgettext_lazy("score that counts", "Best attempt")
    LAST = "last", pgettext_lazy("score that counts", "Last attempt")
    FIRST = "first", pgettext_lazy("score that counts", "First attempt")
    AVERAGE = "average", pgettext_lazy("score that counts", "Average of all attempts")


class ShownWhen(models.TextChoices):
    """From when on a taker sees something of an attempt."""

    AT_ONCE = "at_once", pgettext_lazy("results are shown", "After each question")
    HANDED_IN = "handed_in", pgettext_lazy("results are shown", "After handing in")
    LAST_ATTEMPT = "last_attempt", pgettext_lazy("results are shown", "After the last attempt")
    CLOSED = "closed", pgettext_lazy("results are shown", "After the quiz has closed")
    NEVER = "never", pgettext_lazy("results are shown", "Never")


class AttemptState(models.TextChoices):
    """Open until one of the others; only an interrupted one opens again, by the host."""

    OPEN = "open", pgettext_lazy("state of an attempt", "In progress")
    HANDED_IN = "handed_in", pgettext_lazy("state of an attempt", "Handed in")
    TIME_UP = "time_up", pgettext_lazy("state of an attempt", "Time was up")
    INTERRUPTED = "interrupted", pgettext_lazy("state of an attempt", "Interrupted")
    VOIDED = "voided", pgettext_lazy("state of an attempt", "Doesn’t count")


class Claim(models.TextChoices):
    """What whoever has proven an address says of attempts under it that were only typed."""

    THEIRS = "theirs", pgettext_lazy("answer about attempts", "Theirs")
    NOT_THEIRS = "not_theirs", pgettext_lazy("answer about attempts", "Not theirs")


# These count for results.
FINISHED = frozenset({AttemptState.HANDED_IN, AttemptState.TIME_UP})
# These end or go on.
UNDER_WAY = frozenset({AttemptState.OPEN, AttemptState.INTERRUPTED})
