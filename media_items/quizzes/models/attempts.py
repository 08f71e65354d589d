"""Who takes a quiz, their attempts, and their answers.

    start ──► open ──► handed in
                ├────► time was up          the deadline and its grace have passed
                └────► interrupted ──► open (the host lets the person go on)
    any but open ──► doesn't count

A `Taker` is one person on one quiz. Whoever comes by two proofs of one address is one taker. A
guest whose address is only typed is another taker in each browser, until the address is confirmed.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, F, FloatField, Q, Value, When
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.public_ids import new_public_id
from media_items.quizzes.choices import FINISHED, AttemptState, Claim
from media_items.quizzes.models.quizzes import Quiz, QuizVersion
from media_items.quizzes.scoring.rules import PLACES
from media_items.stored_fields import StoredField
from media_items.visitors import Certainty

MARK_DIGITS = 20
PROVEN = (Certainty.SIGNED_IN.value, Certainty.CONFIRMED.value)
# Of takers, as `has_proven_address`.
IS_PROVEN = Q(certainty__in=PROVEN) & ~Q(person="")
UNSCORED = -1.0


class Taker(models.Model):
    """Name, role and certainty are as the visitor's identity last said; rights are never read from
    here. `person` is a keyed digest of the address. `came_by` is the name of a guest link.

    `score`, `possible` and `finished` are of the attempts that count, by the quiz's rule
    (`attempts.services.kept`).
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
        _("answer of the verified person"), max_length=12, choices=Claim, blank=True
    )
    first_at = models.DateTimeField(_("first attempt"), default=timezone.now)
    score = models.DecimalField(
        _("score"),
        null=True,
        blank=True,
        max_digits=MARK_DIGITS,
        decimal_places=PLACES,
    )
    possible = models.DecimalField(
        _("possible points"),
        null=True,
        blank=True,
        max_digits=MARK_DIGITS,
        decimal_places=PLACES,
    )
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
                condition=IS_PROVEN & Q(merged_into=None),
                name="taker_one_per_proven_person",
            ),
        ]
        indexes = [
            models.Index(fields=["quiz", "listed_name", "id"], name="taker_by_name"),
            models.Index(fields=["quiz", "percent", "id"], name="taker_by_percent"),
            models.Index(fields=["quiz", "-id"], name="taker_newest"),
            models.Index(fields=["quiz", "person"], name="taker_person"),
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


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def open(self) -> AttemptQuerySet:
        return self.filter(state=AttemptState.OPEN)

    def finished(self) -> AttemptQuerySet:
        return self.filter(state__in=FINISHED)


class Attempt(models.Model):
    """`deadline` is the server's: until then answers are taken, and for a grace of
    `QUIZ_GRACE_SECONDS` after it, flagged. `order` was fixed at the start:
    `{"questions": [id, …], "options": {question id: [id, …]}}`.

    `score`, `possible` and `waiting` are as last marked, under the key `marked_with`.
    `given_back_seconds`: what an interruption cost. `moved_from`: whose it was before a merge.
    `by`: the proof that writes it, which opens it whatever becomes of the person; nobody else does
    but whoever is proven at the same address, or has claimed it. `is_preview`: whoever made it
    could edit the quiz before it had ended; it never is a result.
    """

    public_id = models.CharField(
        _("public ID"), max_length=32, unique=True, default=new_public_id, editable=False
    )
    quiz = models.ForeignKey(
        Quiz, verbose_name=_("quiz"), on_delete=models.CASCADE, related_name="attempts"
    )
    taker = models.ForeignKey(
        Taker, verbose_name=_("person"), on_delete=models.CASCADE, related_name="attempts"
    )
    moved_from = models.ForeignKey(
        Taker,
        verbose_name=_("taken as"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    by = models.ForeignKey(
        TakerKey,
        verbose_name=_("taken by the proof"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="attempts",
    )
    is_preview = models.BooleanField(_("made by an editor"), default=False)
    version = models.ForeignKey(
        QuizVersion, verbose_name=_("version"), on_delete=models.RESTRICT, related_name="attempts"
    )
    marked_with = models.ForeignKey(
        QuizVersion,
        verbose_name=_("marked with the key of"),
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
    )
    number = models.PositiveIntegerField(_("attempt"))
    state = models.CharField(
        _("state"), max_length=16, choices=AttemptState, default=AttemptState.OPEN
    )
    order = models.JSONField(_("order of the questions"), default=dict)
    position = models.PositiveIntegerField(_("page"), default=0)
    watched_ms = models.PositiveIntegerField(_("watched of the film"), default=0)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    deadline = models.DateTimeField(_("time is up"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    given_back_seconds = models.PositiveIntegerField(_("time given back"), default=0)
    is_late = models.BooleanField(_("answered in the grace time"), default=False)
    certainty = models.CharField(_("verification at the start"), max_length=16, blank=True)
    score = models.DecimalField(
        _("score"),
        null=True,
        blank=True,
        max_digits=MARK_DIGITS,
        decimal_places=PLACES,
    )
    possible = models.DecimalField(
        _("possible points"),
        null=True,
        blank=True,
        max_digits=MARK_DIGITS,
        decimal_places=PLACES,
    )
    waiting = models.PositiveIntegerField(_("answers to be marked"), default=0)
    is_kept = models.BooleanField(_("counts"), default=False)

    objects: ClassVar = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        constraints = [
            models.UniqueConstraint(fields=["quiz", "taker", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["quiz", "taker"],
                condition=Q(state=AttemptState.OPEN),
                name="attempt_one_open",
                violation_error_message=_("There is already an attempt in progress."),
            ),
            models.CheckConstraint(
                condition=Q(deadline=None) | Q(deadline__gt=F("started_at")),
                name="attempt_deadline_after_start",
            ),
        ]
        indexes = [
            models.Index(
                fields=["deadline"],
                name="attempt_overdue",
                condition=Q(state=AttemptState.OPEN, deadline__isnull=False),
            ),
            models.Index(fields=["quiz", "state", "-ended_at"], name="attempt_newest"),
            models.Index(fields=["taker", "number"], name="attempt_of_taker"),
        ]

    def __str__(self) -> str:
        return f"{self.taker} · {self.number}"

    @property
    def taken_as(self) -> str:
        """The name under which it was taken, whoever has it since."""
        return (self.moved_from or self.taker).name

    @property
    def is_used(self) -> bool:
        """Whether it is one of the attempts that somebody is allowed."""
        return self.state != AttemptState.VOIDED and not self.is_preview


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


class Answer(models.Model):
    """One question of one attempt. `revision` counts what the taker saves, `marking` what people
    mark: an older one never overwrites a newer one.

    `earned` is what the rule gives, `given` what a person gives, which counts before it.
    """

    attempt = models.ForeignKey(
        Attempt, verbose_name=_("attempt"), on_delete=models.CASCADE, related_name="answers"
    )
    question = models.CharField(_("question"), max_length=32)
    response = models.JSONField(_("answer"), null=True, blank=True)
    revision = models.PositiveIntegerField(_("revision"), default=0)
    page = models.CharField(_("saved by the page"), max_length=16, blank=True)
    count = models.PositiveIntegerField(_("times that page has saved"), default=0)
    saved_at = models.DateTimeField(_("saved"), default=timezone.now)
    is_final = models.BooleanField(_("checked"), default=False)
    hint_seen_at = models.DateTimeField(_("hint read"), null=True, blank=True)
    earned = models.DecimalField(
        _("points by the rule"),
        null=True,
        blank=True,
        max_digits=MARK_DIGITS,
        decimal_places=PLACES,
    )
    given = models.DecimalField(
        _("points given"),
        null=True,
        blank=True,
        max_digits=MARK_DIGITS,
        decimal_places=PLACES,
    )
    comment = models.TextField(_("comment"), blank=True, max_length=5_000)
    marking = models.PositiveIntegerField(_("revision of the marks"), default=0)
    marked_at = models.DateTimeField(_("marked"), null=True, blank=True)
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("marked by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question"], name="answer_once"),
        ]
        indexes = [
            models.Index(
                fields=["question", "attempt"],
                name="answer_to_mark",
                condition=Q(earned=None, given=None),
            ),
            models.Index(fields=["question", "earned"], name="answer_of_question"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt} · {self.question}"


class AnswerEvent(models.Model):
    """What was saved when, for disputes. Kept for `QUIZ_EVENTS_KEPT_DAYS`; nothing reads it but the
    page of one attempt."""

    attempt = models.ForeignKey(
        Attempt, verbose_name=_("attempt"), on_delete=models.CASCADE, related_name="events"
    )
    question = models.CharField(_("question"), max_length=32, blank=True)
    what = models.CharField(_("event"), max_length=16)
    response = models.JSONField(_("answer"), null=True, blank=True)
    at = models.DateTimeField(_("time"), default=timezone.now)

    class Meta:
        verbose_name = _("event of an attempt")
        verbose_name_plural = _("events of attempts")
        indexes = [
            models.Index(fields=["attempt", "at"], name="answer_event_in_order"),
            models.Index(fields=["at"], name="answer_event_to_delete"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt} · {self.what}"
