"""Attempts at a quiz.

    start ──► open ──► handed in
                ├────► time was up          the deadline and its grace have passed
                └────► interrupted ──► open (the host lets the person go on)
    any but open ──► doesn't count

Whose they are is said in `takers`, what was answered in `answers`.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.public_ids import new_public_id
from media_items.quizzes.choices import FINISHED, UNDER_WAY, AttemptState
from media_items.quizzes.models.points import points_field
from media_items.quizzes.models.quizzes import Quiz, QuizVersion
from media_items.quizzes.models.takers import Taker, TakerKey


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def open(self) -> AttemptQuerySet:
        return self.filter(state=AttemptState.OPEN)

    def under_way(self) -> AttemptQuerySet:
        """Open, or interrupted: the host may let the person go on. Without tries of editors."""
        return self.filter(state__in=UNDER_WAY, is_preview=False)

    def finished(self) -> AttemptQuerySet:
        return self.filter(state__in=FINISHED)


class Attempt(models.Model):
    """`deadline` is the server's: until then answers are taken, and for a grace of
    `QUIZ_GRACE_SECONDS` after it, flagged. `order` was fixed at the start:
    `{"questions": [id, …], "options": {question id: [id, …]}}`.

    `score`, `possible` and `waiting` are as last marked, under the key `marked_with`.
    `promised_minutes`: the time limit that it keeps because the host has set a shorter one since, 0
    without one; None where the quiz's own holds.
    `given_back_seconds`: what an interruption cost. `moved_from`: whose it was before a merge.
    `by`: the proof that writes it, which opens it whatever becomes of the person; nobody else does
    but whoever is proven at the same address, or has claimed it. `is_preview`: whoever made it
    could edit the quiz before it had ended; it never is a result.
    """

    public_id = models.CharField(
        _("public ID"), max_length=32, unique=True, default=new_public_id, editable=False
    )
    quiz = models.ForeignKey(
        Quiz, verbose_name=_("quiz"), on_delete=models.CASCADE, related_name="attempts"
    )
    taker = models.ForeignKey(
        Taker, verbose_name=_("person"), on_delete=models.CASCADE, related_name="attempts"
    )
    moved_from = models.ForeignKey(
        Taker,
        verbose_name=_("taken as"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    by = models.ForeignKey(
        TakerKey,
        verbose_name=_("taken by the proof"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="attempts",
    )
    is_preview = models.BooleanField(_("made by an editor"), default=False)
    version = models.ForeignKey(
        QuizVersion, verbose_name=_("version"), on_delete=models.RESTRICT, related_name="attempts"
    )
    marked_with = models.ForeignKey(
        QuizVersion,
        verbose_name=_("marked with the key of"),
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
    )
    number = models.PositiveIntegerField(_("attempt"))
    state = models.CharField(
        _("state"), max_length=16, choices=AttemptState, default=AttemptState.OPEN
    )
    order = models.JSONField(_("order of the questions"), default=dict)
    position = models.PositiveIntegerField(_("page"), default=0)
    watched_ms = models.PositiveIntegerField(_("watched of the film"), default=0)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    deadline = models.DateTimeField(_("time is up"), null=True, blank=True)
    promised_minutes = models.PositiveIntegerField(
        _("time limit that it keeps"), null=True, blank=True
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    given_back_seconds = models.PositiveIntegerField(_("time given back"), default=0)
    is_late = models.BooleanField(_("answered in the grace time"), default=False)
    certainty = models.CharField(_("verification at the start"), max_length=16, blank=True)
    score = points_field(_("score"))
    possible = points_field(_("possible points"))
    waiting = models.PositiveIntegerField(_("answers to be marked"), default=0)
    is_kept = models.BooleanField(_("counts"), default=False)

    objects: ClassVar = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        constraints = [
            models.UniqueConstraint(fields=["quiz", "taker", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["quiz", "taker"],
                condition=Q(state=AttemptState.OPEN),
                name="attempt_one_open",
                violation_error_message=_("There is already an attempt in progress."),
            ),
            models.CheckConstraint(
                condition=Q(deadline=None) | Q(deadline__gt=F("started_at")),
                name="attempt_deadline_after_start",
            ),
        ]
        indexes = [
            models.Index(
                fields=["deadline"],
                name="attempt_overdue",
                condition=Q(state=AttemptState.OPEN, deadline__isnull=False),
            ),
            models.Index(fields=["quiz", "state", "-ended_at"], name="attempt_newest"),
            models.Index(fields=["taker", "number"], name="attempt_of_taker"),
        ]

    def __str__(self) -> str:
        return f"{self.taker} · {self.number}"

    @property
    def taken_as(self) -> str:
        """The name under which it was taken, whoever has it since."""
        return (self.moved_from or self.taker).name

    @property
    def is_used(self) -> bool:
        """Whether it is one of the attempts that somebody is allowed."""
        return self.state != AttemptState.VOIDED and not self.is_preview
