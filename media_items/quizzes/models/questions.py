"""The questions of a quiz as its editors write them. Takers get a frozen copy: `QuizVersion`."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.public_ids import new_public_id
from media_items.quizzes.kinds import QuestionKind, Rule, Tolerance
from media_items.quizzes.models.quizzes import Quiz

MOST_QUESTIONS = 500
MOST_OPTIONS = 50
MOST_POINTS = 1_000


def picture_path(picture: QuestionPicture, filename: str) -> str:
    """`filename` is made by us; it is never the name of the uploaded file."""
    return f"{picture.quiz.item.public_id}/questions/{picture.public_id}/{filename}"


class QuestionQuerySet(models.QuerySet["Question"]):
    def live(self) -> QuestionQuerySet:
        return self.filter(deleted_at=None)


class Question(models.Model):
    """`public_id` stays the same from version to version: results of a question are found by it.

    Deleted ones stay for the undo until the quiz is published the next time.
    """

    quiz = models.ForeignKey(
        Quiz, verbose_name=_("quiz"), on_delete=models.CASCADE, related_name="questions"
    )
    public_id = models.CharField(
        _("public ID"), max_length=32, unique=True, default=new_public_id, editable=False
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    kind = models.CharField(_("kind of question"), max_length=16, choices=QuestionKind)
    text = models.TextField(_("question"), max_length=10_000)
    points = models.DecimalField(
        _("points"),
        max_digits=7,
        decimal_places=2,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(MOST_POINTS))],
    )
    rule = models.CharField(_("marking rule"), max_length=16, choices=Rule, default=Rule.CREDIT)
    hint = models.TextField(_("hint"), blank=True, max_length=2_000)
    explanation = models.TextField(_("explanation"), blank=True, max_length=5_000)
    is_required = models.BooleanField(_("must be answered"), default=False)
    may_be_negative = models.BooleanField(_("wrong answers may cost points"), default=False)
    case_matters = models.BooleanField(_("upper and lower case matter"), default=False)
    accents_matter = models.BooleanField(_("accents matter"), default=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    picture = models.ForeignKey(
        "QuestionPicture",
        verbose_name=_("picture"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="questions",
    )
    picture_alt = models.CharField(_("description of the picture"), max_length=500, blank=True)
    at_ms = models.PositiveIntegerField(_("moment in the film"), null=True, blank=True)
    revision = models.PositiveIntegerField(_("revision"), default=1)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("changed by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)

    objects: ClassVar = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["position", "pk"]
        indexes = [
            models.Index(
                fields=["quiz", "position", "id"],
                name="question_in_order",
                condition=Q(deleted_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class QuestionOption(models.Model):
    """One line of a question; what it is: `content.Option`. `match` is the text of the right
    partner of a prompt; without `text` it fits no prompt and distracts.

    SECURITY: `public_id` and `match_id` are random and say nothing of the order.
    """

    question = models.ForeignKey(
        Question, verbose_name=_("question"), on_delete=models.CASCADE, related_name="options"
    )
    public_id = models.CharField(
        _("public ID"), max_length=32, unique=True, default=new_public_id, editable=False
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    text = models.TextField(_("option"), blank=True, max_length=2_000)
    credit = models.DecimalField(
        _("credit"),
        max_digits=8,
        decimal_places=5,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(-100)), MaxValueValidator(Decimal(100))],
        help_text=_("Percent of the points."),
    )
    feedback = models.TextField(_("feedback"), blank=True, max_length=2_000)
    at_end = models.BooleanField(_("keep at the end"), default=False)
    match = models.TextField(_("fits to"), blank=True, max_length=500)
    match_id = models.CharField(
        _("public ID of the partner"), max_length=32, default=new_public_id, editable=False
    )
    tolerance = models.CharField(
        _("tolerance"), max_length=16, choices=Tolerance, default=Tolerance.EXACT
    )
    margin = models.CharField(_("margin"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("option")
        verbose_name_plural = _("options")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.text[:80]


class QuestionPicture(models.Model):
    """A picture of questions, made anew by us from what was uploaded. Kept as long as a version
    shows it."""

    quiz = models.ForeignKey(
        Quiz, verbose_name=_("quiz"), on_delete=models.CASCADE, related_name="pictures"
    )
    public_id = models.CharField(
        _("public ID"), max_length=32, unique=True, default=new_public_id, editable=False
    )
    file = models.ImageField(_("picture"), upload_to=picture_path)
    made_at = models.DateTimeField(_("added"), default=timezone.now)

    class Meta:
        verbose_name = _("picture of a question")
        verbose_name_plural = _("pictures of questions")

    def __str__(self) -> str:
        return self.public_id
