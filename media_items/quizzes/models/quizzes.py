"""A quiz, what its owner has set, and its published versions.

The quiz opens and closes with its item: `MediaItem.starts_at` (inclusive) and `ends_at`
(exclusive); empty is from the start, without end.
"""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.catalogue.models import MediaItem
from media_items.quizzes.choices import KeptScore, Preset, ShownWhen
from media_items.quizzes.content import Content, from_json

LONGEST_MINUTES = 7 * 24 * 60
MOST_ATTEMPTS = 100


class Quiz(models.Model):
    """One to each item of the kind. `published` is what takers get; the questions that are being
    written are `Question` rows."""

    NOT_FOUND: ClassVar = ""

    item = models.OneToOneField(
        MediaItem, verbose_name=_("media item"), on_delete=models.CASCADE, related_name="quiz"
    )
    film = models.ForeignKey(
        MediaItem,
        verbose_name=_("film"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="quizzes_on_it",
    )
    published = models.ForeignKey(
        "QuizVersion",
        verbose_name=_("published version"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    # Counts up with every change of the questions; `QuizVersion.draft` says which it was made of.
    draft = models.PositiveIntegerField(_("version of the questions"), default=0, db_default=0)

    preset = models.CharField(
        _("kind of quiz"), max_length=16, choices=Preset, default=Preset.CHECK
    )
    welcome = models.TextField(_("welcome text"), blank=True, max_length=5_000)
    is_scored = models.BooleanField(_("gives a score"), default=True)
    attempts_allowed = models.PositiveSmallIntegerField(
        _("attempts"),
        null=True,
        blank=True,
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_ATTEMPTS)],
    )
    kept_score = models.CharField(
        _("score that counts"), max_length=16, choices=KeptScore, default=KeptScore.BEST
    )
    # The rule by which the scores of those who took it were found; another one than `kept_score`,
    # or `NOT_FOUND`, while `writing.tasks` finds them anew.
    scores_by = models.CharField(
        _("scores found by"),
        max_length=16,
        choices=KeptScore,
        default=KeptScore.BEST,
        db_default=KeptScore.BEST,
        editable=False,
    )
    # Of how many people they were found meanwhile.
    scores_done = models.PositiveIntegerField(
        _("scores found"), default=0, db_default=0, editable=False
    )
    time_limit_minutes = models.PositiveIntegerField(
        _("time limit"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_MINUTES)],
    )
    shuffle_questions = models.BooleanField(_("shuffle the questions"), default=False)
    shuffle_options = models.BooleanField(_("shuffle the options"), default=True)
    one_at_a_time = models.BooleanField(_("one question a page"), default=False)
    may_go_back = models.BooleanField(_("may go back to earlier questions"), default=True)
    score_when = models.CharField(
        _("score"), max_length=16, choices=ShownWhen, default=ShownWhen.HANDED_IN
    )
    feedback_when = models.CharField(
        _("marks and feedback"), max_length=16, choices=ShownWhen, default=ShownWhen.HANDED_IN
    )
    answers_when = models.CharField(
        _("right answers and explanations"),
        max_length=16,
        choices=ShownWhen,
        default=ShownWhen.CLOSED,
    )
    pass_percent = models.PositiveSmallIntegerField(
        _("pass mark"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    gives_certificate = models.BooleanField(_("certificate"), default=False)
    certificate_tells_score = models.BooleanField(
        _("score on the certificate"), default=True, db_default=True
    )
    no_seeking = models.BooleanField(_("no skipping ahead in the film"), default=True)

    class Meta:
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")
        constraints = [
            models.CheckConstraint(
                condition=Q(gives_certificate=False) | Q(pass_percent__isnull=False),
                name="quiz_certificate_needs_pass_mark",
                violation_error_message=_("A certificate needs a pass mark."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.item)


class QuizVersion(models.Model):
    """Questions as they were published, for good; attempts point to theirs.

    A change of the key is a version of its own, `key_of` the version whose questions it marks.
    """

    quiz = models.ForeignKey(
        Quiz, verbose_name=_("quiz"), on_delete=models.CASCADE, related_name="versions"
    )
    number = models.PositiveIntegerField(_("number"))
    content = models.JSONField(_("questions"))
    draft = models.PositiveIntegerField(_("version of the questions"))
    key_of = models.ForeignKey(
        "self",
        verbose_name=_("key of"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="keys",
    )
    made_at = models.DateTimeField(_("published"), default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("published by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        verbose_name = _("version of a quiz")
        verbose_name_plural = _("versions of a quiz")
        constraints = [
            models.UniqueConstraint(fields=["quiz", "number"], name="quiz_version_number"),
        ]

    def __str__(self) -> str:
        return f"{self.quiz} · {self.number}"

    @cached_property
    def questions(self) -> Content:
        return from_json(self.content)
