"""Answers of an attempt, and what was saved when."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.quizzes.models.attempts import Attempt
from media_items.quizzes.models.points import points_field


class Answer(models.Model):
    """One question of one attempt. `revision` counts what the taker saves, `marking` what people
    mark: an older one never overwrites a newer one.

    `earned` is what the rule gives, `given` what a person gives, which counts before it.
    """

    attempt = models.ForeignKey(
        Attempt, verbose_name=_("attempt"), on_delete=models.CASCADE, related_name="answers"
    )
    question = models.CharField(_("question"), max_length=32)
    response = models.JSONField(_("answer"), null=True, blank=True)
    revision = models.PositiveIntegerField(_("revision"), default=0)
    page = models.CharField(_("saved by the page"), max_length=16, blank=True)
    count = models.PositiveIntegerField(_("times that page has saved"), default=0)
    saved_at = models.DateTimeField(_("saved"), default=timezone.now)
    is_final = models.BooleanField(_("checked"), default=False)
    hint_seen_at = models.DateTimeField(_("hint read"), null=True, blank=True)
    earned = points_field(_("points by the rule"))
    given = points_field(_("points given"))
    comment = models.TextField(_("comment"), blank=True, max_length=5_000)
    marking = models.PositiveIntegerField(_("revision of the marks"), default=0)
    marked_at = models.DateTimeField(_("marked"), null=True, blank=True)
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("marked by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question"], name="answer_once"),
        ]
        indexes = [
            models.Index(
                fields=["question", "attempt"],
                name="answer_to_mark",
                condition=Q(earned=None, given=None),
            ),
            models.Index(fields=["question", "earned"], name="answer_of_question"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt} · {self.question}"


class AnswerEvent(models.Model):
    """What was saved when, for disputes. Kept for `QUIZ_EVENTS_KEPT_DAYS`; nothing reads it but the
    page of one attempt."""

    attempt = models.ForeignKey(
        Attempt, verbose_name=_("attempt"), on_delete=models.CASCADE, related_name="events"
    )
    question = models.CharField(_("question"), max_length=32, blank=True)
    what = models.CharField(_("event"), max_length=16)
    response = models.JSONField(_("answer"), null=True, blank=True)
    at = models.DateTimeField(_("time"), default=timezone.now)

    class Meta:
        verbose_name = _("event of an attempt")
        verbose_name_plural = _("events of attempts")
        indexes = [
            models.Index(fields=["attempt", "at"], name="answer_event_in_order"),
            models.Index(fields=["at"], name="answer_event_to_delete"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt} · {self.what}"
