"""A change of rights that is not applied yet to the people inside a session."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.audit.models import Act
from media_items.live.sessions.models import LiveSession


class RightsChangeQuerySet(models.QuerySet["RightsChange"]):
    def overdue(self, moment: datetime) -> RightsChangeQuerySet:
        """It should have been applied or tried again by now; no process has it in hand any more."""
        return self.filter(due_at__lt=moment - OVERDUE_AFTER)


# It is applied right after its commit; what is still there so long after being due was lost.
OVERDUE_AFTER = timedelta(seconds=45)


class RightsChange(models.Model):
    """Made in the transaction of the change, deleted when what follows from it has been applied.

    `participant_ids` is None where it concerns everybody in the session. `taken`: the right was
    taken from them in person; they did not give it up, and it did not change for the whole item.
    """

    session = models.ForeignKey(
        LiveSession, verbose_name=_("session"), on_delete=models.CASCADE, related_name="+"
    )
    participant_ids = models.JSONField(_("people concerned"), null=True)
    taken = models.BooleanField(_("access was taken"))
    act = models.CharField(_("action"), max_length=32, choices=Act)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due"), default=timezone.now)

    objects: ClassVar = RightsChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("pending change of access")
        verbose_name_plural = _("pending changes of access")
        indexes = [models.Index(fields=["due_at"], name="rights_change_due")]

    def __str__(self) -> str:
        return f"{self.get_act_display()} · {self.session_id}"
