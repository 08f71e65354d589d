"""Every change of marks, keys, names and settings of a quiz: who, when, old, new, and why."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from media_items.quizzes.models.attempts import Attempt
from media_items.quizzes.models.quizzes import Quiz, QuizVersion
from media_items.quizzes.models.takers import Taker
from media_items.quizzes.models.work import WorkInTurns


class RegradeWay(models.TextChoices):
    NEW_KEY = "new_key", pgettext_lazy("way of regrading", "Mark with the new key")
    FULL_MARKS = "full_marks", pgettext_lazy("way of regrading", "Full marks for everybody")
    DROP = "drop", pgettext_lazy("way of regrading", "Drop the question")
    UNDO = "undo", pgettext_lazy("way of regrading", "Undone: marked as before")


class Regrade(WorkInTurns):
    """Attempts marked again under another key. The scores before are in its changes.

    `keys_before`: for each version whose key it has changed the one before, the key of each row by
    the key of the version (as text, for JSON). It is undone by them.
    """

    counted = ("attempts_done", "attempts_total")

    quiz = models.ForeignKey(
        Quiz, verbose_name=_("quiz"), on_delete=models.CASCADE, related_name="regrades"
    )
    question = models.CharField(_("question"), max_length=32)
    way = models.CharField(_("way of regrading"), max_length=16, choices=RegradeWay)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    keys_before = models.JSONField(_("keys before"), default=dict, editable=False)
    attempts_total = models.PositiveIntegerField(_("attempts"), default=0)
    attempts_done = models.PositiveIntegerField(_("attempts marked again"), default=0)
    attempts_changed = models.PositiveIntegerField(_("scores changed"), default=0)

    draft_stays = False  # of one just made: the question being written is another by now

    class Meta:
        verbose_name = _("regrading")
        verbose_name_plural = _("regradings")

    def __str__(self) -> str:
        return f"{self.quiz} · {self.question}"


class QuizChange(models.Model):
    """One line of the trail. `was` and `now` are JSON values without addresses; what is personal in
    them goes when the person is erased (`people.erasing`)."""

    quiz = models.ForeignKey(
        Quiz, verbose_name=_("quiz"), on_delete=models.CASCADE, related_name="changes"
    )
    what = models.CharField(_("change"), max_length=32)
    taker = models.ForeignKey(
        Taker,
        verbose_name=_("person"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    attempt = models.ForeignKey(
        Attempt,
        verbose_name=_("attempt"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="changes",
    )
    question = models.CharField(_("question"), max_length=32, blank=True)
    was = models.JSONField(_("before"), null=True, blank=True)
    now = models.JSONField(_("after"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    regrade = models.ForeignKey(
        Regrade,
        verbose_name=_("regrading"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="changes",
    )
    version = models.ForeignKey(
        QuizVersion,
        verbose_name=_("version"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    at = models.DateTimeField(_("time"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        verbose_name = _("change of a quiz")
        verbose_name_plural = _("changes of a quiz")
        indexes = [models.Index(fields=["quiz", "-at", "-id"], name="quiz_change_newest")]

    def __str__(self) -> str:
        return self.what
