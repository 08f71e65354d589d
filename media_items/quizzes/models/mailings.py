"""Results emailed to everybody who took a quiz: how far it is."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.quizzes.models.quizzes import Quiz


class ResultsMailing(models.Model):
    """One press of the button. People are gone through by their keys: `reached` is the last one
    who was, `people_done` how many were, `mailed` how many of them get an email."""

    quiz = models.ForeignKey(
        Quiz, verbose_name=_("quiz"), on_delete=models.CASCADE, related_name="mailings"
    )
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    people_total = models.PositiveIntegerField(_("people"), default=0)
    people_done = models.PositiveIntegerField(_("people gone through"), default=0)
    mailed = models.PositiveIntegerField(_("emails"), default=0)
    reached = models.PositiveBigIntegerField(_("last person"), default=0)
    # Since somebody was last gone through: what kills each run is not begun for ever.
    starts = models.PositiveSmallIntegerField(_("starts of the task"), default=0)
    seen_at = models.DateTimeField(_("last people gone through"), default=timezone.now)

    class Meta:
        verbose_name = _("emailing of results")
        verbose_name_plural = _("emailings of results")
        constraints = [
            models.UniqueConstraint(
                fields=["quiz"], condition=Q(finished_at=None), name="results_mailing_one_at_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quiz} · {self.people_done}"

    @property
    def percent(self) -> int:
        return min(100, 100 * self.people_done // (self.people_total or 1))
