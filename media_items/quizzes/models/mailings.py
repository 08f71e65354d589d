"""Results emailed to everybody who took a quiz: how far it is."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from media_items.quizzes.models.quizzes import Quiz
from media_items.quizzes.models.work import WorkInTurns


class ResultsMailing(WorkInTurns):
    """One press of the button. People are gone through by their keys: `reached` is the last one
    who was, `people_done` how many were, `mailed` how many of them get an email. Who got one gets
    another where something was new for them before `again_before` (`outlook.has_news`)."""

    counted = ("people_done", "people_total")

    quiz = models.ForeignKey(
        Quiz, verbose_name=_("quiz"), on_delete=models.CASCADE, related_name="mailings"
    )
    people_total = models.PositiveIntegerField(_("people"), default=0)
    people_done = models.PositiveIntegerField(_("people gone through"), default=0)
    mailed = models.PositiveIntegerField(_("emails"), default=0)
    again_before = models.DateTimeField(
        _("again to those written to before"), null=True, blank=True
    )
    reached = models.PositiveBigIntegerField(_("last person"), default=0)

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
