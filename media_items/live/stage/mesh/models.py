"""What the browsers of a mesh tell each other, on the way from one to the other."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.live.stage.models import Seat


class SignalKind(models.TextChoices):
    """`AGAIN` asks the browser that makes the offers for a new one."""

    OFFER = "offer", _("Offer")
    ANSWER = "answer", _("Answer")
    CANDIDATES = "candidates", _("Candidates")
    AGAIN = "again", _("Again")


class Signal(models.Model):
    """What one browser tells another so that they find each other. Kept for minutes.

    Here and not in the fact on the bus: an offer is longer than a bus carries, and it holds
    network addresses, which are for the receiver alone.
    """

    sender = models.ForeignKey(
        Seat, verbose_name=_("sent by"), on_delete=models.CASCADE, related_name="signals_sent"
    )
    receiver = models.ForeignKey(
        Seat, verbose_name=_("sent to"), on_delete=models.CASCADE, related_name="signals"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=SignalKind)
    payload = models.JSONField(_("content"), default=dict)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)

    class Meta:
        verbose_name = _("signal")
        verbose_name_plural = _("signals")
        indexes = [
            models.Index(fields=["receiver", "id"], name="signal_in_order"),
            models.Index(fields=["sent_at"], name="signal_oldest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"
