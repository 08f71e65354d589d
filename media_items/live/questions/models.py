"""Questions from the audience.

    asked ──► taken ──► answered (in writing, or live)
      ├─────► published to everybody, with or without its answer
      └─────► dismissed, and brought back

A question is seen by whoever asked it and by those who moderate, and by all once published.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.live.questions.querysets import QuestionQuerySet
from media_items.live.sessions.models import LiveSession, Participant


class QuestionState(models.TextChoices):
    """In the words that whoever asked reads."""

    WAITING = "waiting", _("Waiting")
    TAKEN = "taken", _("Somebody is on it")
    ANSWERED = "answered", _("Answered")
    ANSWERED_LIVE = "answered_live", _("Answered live")
    DISMISSED = "dismissed", _("Not taken up")


class Question(models.Model):
    """`is_anonymous`: moderators read no name either; the report counts it and names nobody."""

    session = models.ForeignKey(LiveSession, on_delete=models.CASCADE, related_name="questions")
    author = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="questions")
    is_anonymous = models.BooleanField(_("without my name"), default=False)
    text = models.TextField(_("question"), max_length=1_000)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    taken_at = models.DateTimeField(_("taken"), null=True, blank=True)
    taken_by = models.ForeignKey(
        Participant, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    answer = models.TextField(_("answer"), max_length=4_000, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        Participant, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    answered_live_at = models.DateTimeField(_("answered live"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    dismissed_at = models.DateTimeField(_("dismissed"), null=True, blank=True)
    vote_count = models.PositiveIntegerField(_("votes"), default=0, editable=False)

    objects: ClassVar = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        indexes = [
            models.Index(fields=["session", "-vote_count", "id"], name="question_most_voted"),
            models.Index(
                fields=["session", "-published_at", "-id"],
                name="question_published",
                condition=models.Q(published_at__isnull=False),
            ),
            models.Index(fields=["author"], name="question_author"),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def state(self) -> QuestionState:
        if self.dismissed_at:
            return QuestionState.DISMISSED
        if self.answered_at:
            return QuestionState.ANSWERED
        if self.answered_live_at:
            return QuestionState.ANSWERED_LIVE
        return QuestionState.TAKEN if self.taken_at else QuestionState.WAITING

    @property
    def is_public(self) -> bool:
        return self.published_at is not None and self.dismissed_at is None

    @property
    def answer_version(self) -> str:
        """Of the written answer, so that nobody writes over one they have not read."""
        return self.answered_at.isoformat() if self.answered_at else ""


class QuestionVote(models.Model):
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="votes")
    voter = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("vote for a question")
        verbose_name_plural = _("votes for questions")
        constraints = [
            models.UniqueConstraint(fields=["question", "voter"], name="question_vote_once")
        ]

    def __str__(self) -> str:
        return f"{self.voter} → {self.question}"
