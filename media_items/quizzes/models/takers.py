"""Who takes a quiz, and by which proofs.

A `Taker` is one person on one quiz. Whoever comes by two proofs of one address is one taker. A
guest whose address is only typed is another taker in each browser, until the address is confirmed.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Case, FloatField, Q, Value, When
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.quizzes.choices import Claim
from media_items.quizzes.models.points import points_field
from media_items.quizzes.models.quizzes import Quiz
from media_items.stored_fields import StoredField
from media_items.visitors import Certainty

PROVEN = (Certainty.SIGNED_IN.value, Certainty.CONFIRMED.value)
# Of takers, as `has_proven_address`.
IS_PROVEN = Q(certainty__in=PROVEN) & ~Q(person="")
UNSCORED = -1.0


class Taker(models.Model):
    """Name, role and certainty are as the visitor's identity last said; rights are never read from
    here. `person` is a keyed digest of the address. `came_by` is the name of a guest link.

    `score`, `possible` and `finished` are of the attempts that count, by the quiz's rule
    (`attempts.marking.keep_score`).

    Whoever has proven an address is one row (`has_proven_address`). `is_apart`: besides that one,
    because they were in the middle of two attempts when they proved it (`takers.join`).
    """

    quiz = models.ForeignKey(
        Quiz, verbose_name=_("quiz"), on_delete=models.CASCADE, related_name="takers"
    )
    person = models.CharField(_("person"), max_length=64, blank=True)
    name = models.CharField(_("name"), max_length=210, blank=True)
    renamed = models.CharField(_("name given by the host"), max_length=210, blank=True)
    kind = models.CharField(_("came as"), max_length=16, blank=True)
    role = models.CharField(_("role"), max_length=16, blank=True)
    came_by = models.CharField(_("guest link"), max_length=100, blank=True)
    certainty = models.CharField(_("verification"), max_length=16, blank=True)
    # Every attempt of theirs was a try of somebody who edits the quiz.
    is_preview = models.BooleanField(_("edits the quiz"), default=False)
    # By the host, by proof or by a claim both are one person; whoever is merged has no attempts
    # any more. Never a chain.
    merged_into = models.ForeignKey(
        "self",
        verbose_name=_("merged into"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="merged",
    )
    # SECURITY: what was claimed is open to whoever has proven the address (`takers.attempts_of`);
    # what a host has merged is not.
    claim = models.CharField(
        _("answer of the verified person"),
        max_length=12,
        choices=Claim,
        blank=True,
        default="",
        db_default="",
    )
    is_apart = models.BooleanField(
        _("waits for another attempt to end"), default=False, db_default=False, editable=False
    )
    first_at = models.DateTimeField(_("first attempt"), default=timezone.now)
    score = points_field(_("score"))
    possible = points_field(_("possible points"))
    finished = models.PositiveIntegerField(_("finished attempts"), default=0)
    waiting = models.PositiveIntegerField(_("answers to be marked"), default=0)
    # To list and to sort by, never to mark by.
    listed_name = StoredField(
        verbose_name=_("name in lists"),
        expression=Coalesce(NullIf("renamed", Value("")), "name"),
        output_field=models.CharField(max_length=210),
    )
    percent = StoredField(
        verbose_name=_("score in percent"),
        expression=Case(
            When(
                possible__gt=0,
                score__isnull=False,
                then=Cast("score", FloatField()) * Value(100.0) / Cast("possible", FloatField()),
            ),
            default=Value(UNSCORED),
            output_field=FloatField(),
        ),
        output_field=models.FloatField(),
    )
    results_mailed_at = models.DateTimeField(_("results emailed"), null=True, blank=True)
    right_ended_at = models.DateTimeField(_("access ended"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    class Meta:
        verbose_name = _("person who takes a quiz")
        verbose_name_plural = _("people who take a quiz")
        constraints = [
            models.UniqueConstraint(
                fields=["quiz", "person"],
                condition=IS_PROVEN & Q(merged_into=None, is_apart=False),
                name="taker_one_per_proven_person",
            ),
        ]
        indexes = [
            models.Index(fields=["quiz", "listed_name", "id"], name="taker_by_name"),
            models.Index(fields=["quiz", "percent", "id"], name="taker_by_percent"),
            models.Index(fields=["quiz", "-id"], name="taker_newest"),
            models.Index(fields=["quiz", "person"], name="taker_person"),
            models.Index(fields=["quiz"], name="taker_apart", condition=Q(is_apart=True)),
        ]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        return self.renamed or self.name or str(_("Erased guest"))

    @property
    def has_proven_address(self) -> bool:
        return bool(self.person) and self.certainty in PROVEN

    @property
    def proven_persons(self) -> list[str]:
        """Their digest where the address is proven; one that was typed is nobody's."""
        return [self.person] if self.person and self.has_proven_address else []


class TakerKey(models.Model):
    """A proof by which a taker has come: `Identity.key`, and `Identity.browser` where it was only
    typed. `is_proven`: they have come by it as somebody whose address is proven. `moved_from`:
    whose it was before a merge, as in `Attempt`."""

    quiz = models.ForeignKey(
        Quiz, verbose_name=_("quiz"), on_delete=models.CASCADE, related_name="+"
    )
    taker = models.ForeignKey(
        Taker, verbose_name=_("person"), on_delete=models.CASCADE, related_name="keys"
    )
    key = models.CharField(_("key"), max_length=40)
    browser = models.CharField(_("browser"), max_length=20, blank=True)
    is_proven = models.BooleanField(_("verified"), default=False)
    moved_from = models.ForeignKey(
        Taker,
        verbose_name=_("taken as"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        verbose_name = _("proof of a person who takes a quiz")
        verbose_name_plural = _("proofs of people who take a quiz")
        constraints = [
            models.UniqueConstraint(
                fields=["quiz", "key", "browser"], name="taker_key_once_per_quiz"
            ),
        ]
        indexes = [models.Index(fields=["key"], name="taker_key")]

    def __str__(self) -> str:
        return self.key


class SpentAttempts(models.Model):
    """How many attempts somebody erased had used, on a quiz that allows so many. `person` is a
    keyed digest of the quiz and the person, the same nowhere else."""

    quiz = models.ForeignKey(
        Quiz, verbose_name=_("quiz"), on_delete=models.CASCADE, related_name="spent"
    )
    person = models.CharField(_("person"), max_length=64)
    used = models.PositiveIntegerField(_("attempts used"))

    class Meta:
        verbose_name = _("attempts used by somebody erased")
        verbose_name_plural = _("attempts used by people erased")
        constraints = [
            models.UniqueConstraint(fields=["quiz", "person"], name="spent_once_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.quiz} · {self.used}"
