"""Certificates of those who have passed: a number that anybody can check."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.public_ids import new_public_id
from media_items.quizzes.models.attempts import Attempt


class Certificate(models.Model):
    """Never written again: where the results say something else it is withdrawn, and there is
    another one (`grading.certificates`). Title and host are as they were when it was made."""

    number = models.CharField(
        _("number"), max_length=32, unique=True, default=new_public_id, editable=False
    )
    attempt = models.ForeignKey(
        Attempt, verbose_name=_("attempt"), on_delete=models.CASCADE, related_name="certificates"
    )
    name = models.CharField(_("name"), max_length=210)
    certainty = models.CharField(_("verification"), max_length=16, blank=True)
    title = models.CharField(_("title"), max_length=200)
    host = models.CharField(_("host"), max_length=210)
    percent = models.DecimalField(_("score"), max_digits=5, decimal_places=2)
    passed_at = models.DateTimeField(_("passed"))
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        constraints = [
            models.UniqueConstraint(
                fields=["attempt"],
                condition=models.Q(withdrawn_at=None),
                name="certificate_one_stands",
            ),
        ]

    def __str__(self) -> str:
        return self.number
