"""What a change of rights still owes the people inside a session."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.audit.models import Act
from media_items.live.sessions.models import LiveSession


class RightsChangeQuerySet(models.QuerySet["RightsChange"]):
    def left_behind(self, moment: datetime) -> RightsChangeQuerySet:
        """Nobody has it in hand any more: it should have been applied or tried again by now."""
        return self.filter(due_at__lt=moment - LEFT_BEHIND_AFTER)


# Applied in the moment of its commit; what is still there so long after being due was lost.
LEFT_BEHIND_AFTER = timedelta(minutes=1)


class RightsChange(models.Model):
    """Made in the transaction of the change, deleted when what follows from it has been applied.

    `participant_ids` is None where it concerns everybody in the session. `taken`: a right was taken
    from them in person, and not given up, nor changed for the item as a whole.
    """

    session = models.ForeignKey(LiveSession, on_delete=models.CASCADE, related_name="+")
    participant_ids = models.JSONField(null=True)
    taken = models.BooleanField()
    act = models.CharField(max_length=32, choices=Act)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar = RightsChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of rights to be applied")
        verbose_name_plural = _("changes of rights to be applied")
        indexes = [models.Index(fields=["due_at"], name="rights_change_due")]

    def __str__(self) -> str:
        return f"{self.get_act_display()} · {self.session_id}"
