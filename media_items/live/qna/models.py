"""Questions from the audience.

    asked ──► taken ──► answered (in writing, or live)
      ├─────► published to everybody, with or without its answer
      └─────► dismissed, and brought back

A question is seen by the person who asked it and by moderators, and by everybody once published.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from media_items.live.sessions.models import LiveSession, Participant, is_by


class AudienceQuestionState(models.TextChoices):
    """In the words for the person who asked."""

    WAITING = "waiting", pgettext_lazy("state of a question", "Waiting")
    TAKEN = "taken", _("Being answered")
    ANSWERED = "answered", pgettext_lazy("state of a question", "Answered")
    ANSWERED_LIVE = "answered_live", pgettext_lazy("state of a question", "Answered live")
    DISMISSED = "dismissed", _("Not answered")


class Group(models.TextChoices):
    """Where a moderator finds a question; each is in exactly one."""

    NEW = "new", pgettext_lazy("questions", "New")
    TAKEN = "taken", pgettext_lazy("questions", "Taken")
    ANSWERED = "answered", pgettext_lazy("questions", "Answered")
    DISMISSED = "dismissed", pgettext_lazy("questions", "Dismissed")


_UNANSWERED = Q(answered_at=None, answered_live_at=None, dismissed_at=None)
_IN_GROUP = {
    Group.NEW: _UNANSWERED & Q(taken_at=None),
    Group.TAKEN: _UNANSWERED & Q(taken_at__isnull=False),
    Group.ANSWERED: (Q(answered_at__isnull=False) | Q(answered_live_at__isnull=False))
    & Q(dismissed_at=None),
    Group.DISMISSED: Q(dismissed_at__isnull=False),
}
PUBLISHED = Q(published_at__isnull=False, dismissed_at=None)


class AudienceQuestionQuerySet(models.QuerySet["AudienceQuestion"]):
    def in_group(self, group: Group) -> AudienceQuestionQuerySet:
        return self.filter(_IN_GROUP[group])

    def published(self) -> AudienceQuestionQuerySet:
        """What everybody in the session sees."""
        return self.filter(PUBLISHED)

    def visible_to(self, me: Participant, *, moderates: bool) -> AudienceQuestionQuerySet:
        return self if moderates else self.filter(PUBLISHED | Q(author=me))

    def with_people(self) -> AudienceQuestionQuerySet:
        return self.select_related("author", "taken_by", "answered_by")

    def with_vote_of(self, me: Participant) -> AudienceQuestionQuerySet:
        mine = AudienceQuestionVote.objects.filter(is_by(me, "voter"), question=OuterRef("pk"))
        return self.annotate(has_my_vote=Exists(mine))

    def most_voted(self) -> AudienceQuestionQuerySet:
        return self.order_by("-vote_count", "id")

    def newest(self) -> AudienceQuestionQuerySet:
        return self.order_by("-published_at", "-id")

    def counts(self) -> dict[str, int]:
        """How many in each group, in one query."""
        return self.aggregate(
            **{group.value: Count("pk", filter=_IN_GROUP[group]) for group in Group}
        )


class AudienceQuestion(models.Model):
    """`is_anonymous`: moderators read no name either; the report counts it and names nobody."""

    session = models.ForeignKey(
        LiveSession, verbose_name=_("session"), on_delete=models.CASCADE, related_name="questions"
    )
    author = models.ForeignKey(
        Participant, verbose_name=_("asked by"), on_delete=models.CASCADE, related_name="questions"
    )
    is_anonymous = models.BooleanField(_("anonymous"), default=False)
    text = models.TextField(_("question"), max_length=1_000)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    taken_at = models.DateTimeField(_("taken"), null=True, blank=True)
    taken_by = models.ForeignKey(
        Participant,
        verbose_name=_("taken by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    answer = models.TextField(_("answer"), max_length=4_000, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        Participant,
        verbose_name=_("answered by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    answered_live_at = models.DateTimeField(_("answered live"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    dismissed_at = models.DateTimeField(_("dismissed"), null=True, blank=True)
    vote_count = models.PositiveIntegerField(_("votes"), default=0, editable=False)

    objects: ClassVar = AudienceQuestionQuerySet.as_manager()

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
    def state(self) -> AudienceQuestionState:
        if self.dismissed_at:
            return AudienceQuestionState.DISMISSED
        if self.answered_at:
            return AudienceQuestionState.ANSWERED
        if self.answered_live_at:
            return AudienceQuestionState.ANSWERED_LIVE
        return AudienceQuestionState.TAKEN if self.taken_at else AudienceQuestionState.WAITING

    @property
    def is_public(self) -> bool:
        return self.published_at is not None and self.dismissed_at is None

    @property
    def answer_version(self) -> str:
        """Of the written answer, so that nobody writes over one they have not read."""
        return self.answered_at.isoformat() if self.answered_at else ""


class AudienceQuestionVote(models.Model):
    question = models.ForeignKey(
        AudienceQuestion, verbose_name=_("question"), on_delete=models.CASCADE, related_name="votes"
    )
    voter = models.ForeignKey(
        Participant, verbose_name=_("vote by"), on_delete=models.CASCADE, related_name="+"
    )

    class Meta:
        verbose_name = _("question vote")
        verbose_name_plural = _("question votes")
        constraints = [
            models.UniqueConstraint(fields=["question", "voter"], name="question_vote_once")
        ]

    def __str__(self) -> str:
        return f"{self.voter} → {self.question}"
