"""Work that takes longer than a request: asked for once, done by tasks, seen on a page.

Tables of their own with columns in common; what is done is where they are used.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.workers import MOST_STARTS

QUIET = timedelta(seconds=40)  # after this long without getting on or a task it has stopped


class Work(models.Model):
    """`starts`: how often it was begun since it last got on. What kills each run is not begun for
    ever."""

    made_at = models.DateTimeField(_("made"), default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    starts = models.PositiveSmallIntegerField(_("starts of the task"), default=0)

    class Meta:
        abstract = True

    @property
    def is_begun_too_often(self) -> bool:
        return self.starts >= MOST_STARTS


class WorkInTurnsQuerySet(models.QuerySet[Any]):
    """Each of these asks the rows as they are: two runs at once disturb nobody."""

    def under_way(self) -> WorkInTurnsQuerySet:
        return self.filter(finished_at=None)

    def begin(self) -> bool:
        """A run of the task begins; not where too many have ended at the same place."""
        rows = self.under_way().filter(starts__lt=MOST_STARTS)
        return bool(rows.update(starts=F("starts") + 1))

    def put_back(self) -> None:
        """The run was told to stop, and did not die of its work."""
        self.under_way().update(starts=0)

    def get_on(self, **columns: Any) -> None:
        self.update(starts=0, seen_at=timezone.now(), **columns)

    def begin_anew(self) -> bool:
        """Where it had given up; nothing where it is under way."""
        rows = self.under_way().filter(starts__gte=MOST_STARTS)
        return bool(rows.update(starts=0, seen_at=timezone.now()))

    def silent(self) -> WorkInTurnsQuerySet:
        """What nobody gets on with, and has not given up."""
        quiet = timezone.now() - QUIET
        return self.under_way().filter(starts__lt=MOST_STARTS, seen_at__lt=quiet)


class WorkInTurns(Work):
    """`seen_at`: when it last got on. `counted` are the columns that say how far it is, and of how
    much. It is cancelled by nobody: what is done is done."""

    counted: ClassVar[tuple[str, str]]

    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    seen_at = models.DateTimeField(_("last got on"), default=timezone.now)

    objects: ClassVar = WorkInTurnsQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def percent(self) -> int:
        done, total = (getattr(self, name) for name in self.counted)
        return min(100, 100 * done // (total or 1))

    @property
    def has_given_up(self) -> bool:
        """Run after run has ended at the same place."""
        return self.finished_at is None and self.is_begun_too_often
