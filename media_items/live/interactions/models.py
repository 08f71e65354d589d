"""Reactions, and polls: one question, up to five options, one answer a person."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.live.sessions.models import LiveSession, Participant

MOST_OPTIONS = 5


class ReactionKind(models.TextChoices):
    CLAP = "clap", _("Applause")
    HEART = "heart", _("Heart")
    LAUGH = "laugh", _("Laughter")
    WOW = "wow", _("Surprise")
    THUMB = "thumb", _("Thumbs up")


class Reaction(models.Model):
    session = models.ForeignKey(
        LiveSession, verbose_name=_("session"), on_delete=models.CASCADE, related_name="reactions"
    )
    author = models.ForeignKey(
        Participant, verbose_name=_("sent by"), on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=8, choices=ReactionKind)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)

    class Meta:
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        indexes = [models.Index(fields=["session", "-sent_at"], name="reaction_newest")]

    def __str__(self) -> str:
        return f"{self.author}: {self.get_kind_display()}"


class Poll(models.Model):
    """Written, started, closed; nobody but those who moderate sees it before it is started. One of
    a session is open at a time. `shows_results`: to everybody, while it is open and afterwards."""

    session = models.ForeignKey(
        LiveSession, verbose_name=_("session"), on_delete=models.CASCADE, related_name="polls"
    )
    made_by = models.ForeignKey(
        Participant,
        verbose_name=_("made by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    question = models.CharField(_("question"), max_length=300)
    shows_results = models.BooleanField(_("show the results to everybody"), default=True)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("poll")
        verbose_name_plural = _("polls")
        constraints = [
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(started_at__isnull=False, closed_at=None),
                name="poll_one_open",
                violation_error_message=_("Another poll is open."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(started_at__isnull=False),
                name="poll_closed_after_it_started",
            ),
        ]
        indexes = [models.Index(fields=["session", "-id"], name="poll_newest")]

    def __str__(self) -> str:
        return self.question

    @property
    def is_draft(self) -> bool:
        return self.started_at is None

    @property
    def is_open(self) -> bool:
        return self.started_at is not None and self.closed_at is None


class PollOption(models.Model):
    poll = models.ForeignKey(
        Poll, verbose_name=_("poll"), on_delete=models.CASCADE, related_name="options"
    )
    number = models.PositiveSmallIntegerField(_("number"))
    text = models.CharField(_("option"), max_length=150)

    class Meta:
        verbose_name = _("poll option")
        verbose_name_plural = _("poll options")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["poll", "number"], name="poll_option_number")
        ]

    def __str__(self) -> str:
        return self.text


class PollAnswer(models.Model):
    """One a person; it may be changed until the poll is closed. Nobody is shown whose it is."""

    poll = models.ForeignKey(
        Poll, verbose_name=_("poll"), on_delete=models.CASCADE, related_name="answers"
    )
    option = models.ForeignKey(
        PollOption, verbose_name=_("option"), on_delete=models.CASCADE, related_name="answers"
    )
    voter = models.ForeignKey(
        Participant, verbose_name=_("answered by"), on_delete=models.CASCADE, related_name="+"
    )

    class Meta:
        verbose_name = _("poll answer")
        verbose_name_plural = _("poll answers")
        constraints = [models.UniqueConstraint(fields=["poll", "voter"], name="poll_answer_once")]

    def __str__(self) -> str:
        return f"{self.voter} → {self.option}"
