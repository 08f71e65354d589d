"""Questions as they are listed: for those who moderate, for everybody else, for who asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import pgettext_lazy

from media_items.live.sessions.models import Participant

if TYPE_CHECKING:
    from media_items.live.questions.models import Question  # noqa: F401


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


class QuestionQuerySet(models.QuerySet["Question"]):
    def in_group(self, group: Group) -> QuestionQuerySet:
        return self.filter(_IN_GROUP[group])

    def published(self) -> QuestionQuerySet:
        """What everybody in the sitting sees."""
        return self.filter(PUBLISHED)

    def visible_to(self, me: Participant, *, moderates: bool) -> QuestionQuerySet:
        return self if moderates else self.filter(PUBLISHED | Q(author=me))

    def with_people(self) -> QuestionQuerySet:
        return self.select_related("author", "taken_by", "answered_by")

    def with_vote_of(self, me: Participant) -> QuestionQuerySet:
        from media_items.live.questions.models import QuestionVote

        mine = QuestionVote.objects.filter(question=OuterRef("pk"), voter=me)
        return self.annotate(has_my_vote=Exists(mine))

    def most_voted(self) -> QuestionQuerySet:
        return self.order_by("-vote_count", "id")

    def newest(self) -> QuestionQuerySet:
        return self.order_by("-published_at", "-id")

    def counts(self) -> dict[str, int]:
        """How many in each group, in one query."""
        return self.aggregate(
            **{group.value: Count("pk", filter=_IN_GROUP[group]) for group in Group}
        )
