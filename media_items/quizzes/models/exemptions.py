"""What one person has apart from everybody else: more time, more attempts, other dates."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.quizzes.models.quizzes import Quiz
from media_items.quizzes.models.takers import Taker


class Exemption(models.Model):
    """Of a taker, or of an address that has not come yet; `person` is its keyed digest. It binds
    whoever has proven the address. `moved_from`: whose it was before a merge, as in `Attempt`."""

    quiz = models.ForeignKey(
        Quiz, verbose_name=_("quiz"), on_delete=models.CASCADE, related_name="exemptions"
    )
    taker = models.ForeignKey(
        Taker,
        verbose_name=_("person"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="exemptions",
    )
    moved_from = models.ForeignKey(
        Taker,
        verbose_name=_("taken as"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    email = models.EmailField(_("email address"), blank=True)
    person = models.CharField(_("person"), max_length=64, blank=True)
    time_factor = models.DecimalField(
        _("time"),
        max_digits=4,
        decimal_places=2,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal(1)), MaxValueValidator(Decimal(10))],
    )
    extra_attempts = models.PositiveSmallIntegerField(
        _("extra attempts"), default=0, validators=[MaxValueValidator(100)]
    )
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    known_as = ""  # on a page: the name of whom its address is known to be of

    class Meta:
        verbose_name = _("exemption")
        verbose_name_plural = _("exemptions")
        constraints = [
            models.UniqueConstraint(
                fields=["quiz", "taker"],
                condition=Q(taker__isnull=False),
                name="exemption_one_per_taker",
                violation_error_message=_("This person already has an exemption."),
            ),
            models.UniqueConstraint(
                fields=["quiz", "person"],
                condition=~Q(person=""),
                name="exemption_one_per_address",
                violation_error_message=_("This person already has an exemption."),
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=models.F("opens_at"))
                | Q(opens_at=None)
                | Q(closes_at=None),
                name="exemption_closes_after_opening",
                violation_error_message=_("The end must be later than the start."),
            ),
        ]

    def __str__(self) -> str:
        return self.email or str(self.taker)
