"""What was read from a file of another system, until somebody has chosen what of it to take."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.public_ids import new_public_id
from media_items.quizzes.models.quizzes import Quiz
from media_items.quizzes.models.work import Work
from media_items.workers import STALE_AFTER


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def live(self) -> ImportBatchQuerySet:
        return self.filter(expires_at__gt=timezone.now())

    def for_the_taking(self) -> ImportBatchQuerySet:
        """Not read yet, and in nobody's living hands."""
        silent = models.Q(started_at=None) | models.Q(heartbeat_at__lt=timezone.now() - STALE_AFTER)
        return self.live().filter(silent, read_at=None)


class ImportBatch(Work):
    """`content`: `{"questions": [{"name", "question" or null, "notes"}], "notes": […]}`, each
    question as `content.to_json` writes it; empty until it has been read. Taken once."""

    quiz = models.ForeignKey(
        Quiz, verbose_name=_("quiz"), on_delete=models.CASCADE, related_name="imports"
    )
    public_id = models.CharField(
        _("public ID"), max_length=32, unique=True, default=new_public_id, editable=False
    )
    file_name = models.CharField(_("file name"), max_length=255, blank=True)
    content = models.JSONField(_("questions"), default=dict, blank=True)
    # Tells those apart who have no account.
    person = models.CharField(_("key"), max_length=80, blank=True, default="")
    expires_at = models.DateTimeField(_("expires"))
    # Sentences on what was read are written when it is read.
    language = models.CharField(_("language"), max_length=10, blank=True, default="")
    waiting_since = models.DateTimeField(_("waiting since"), default=timezone.now)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    percent = models.PositiveSmallIntegerField(_("percent"), default=0)
    read_at = models.DateTimeField(_("reading finished"), null=True, blank=True)
    problem = models.TextField(_("problem"), blank=True, default="")
    # Empty where the file says itself how it is encoded.
    encoding = models.CharField(_("encoding"), max_length=32, blank=True, default="")
    is_guessed = models.BooleanField(_("encoding was guessed"), default=False)
    # `{"take": numbers, "after", "of": how many questions there were}`, before it was read anew.
    chosen = models.JSONField(_("chosen"), default=dict, blank=True)
    taken_at = models.DateTimeField(_("imported"), null=True, blank=True)
    taken = models.PositiveIntegerField(_("imported questions"), default=0)

    objects: ClassVar = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of questions")
        verbose_name_plural = _("imports of questions")
        indexes = [models.Index(fields=["expires_at"], name="import_batch_expires")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_overdue(self) -> bool:
        """Waiting for so long that its task is lost, unless there is one."""
        return self.waiting_since < timezone.now() - STALE_AFTER


class ImportFile(models.Model):
    """What was uploaded, until it has been read; with letters that were guessed until it is taken,
    as it may be read in others."""

    batch = models.OneToOneField(
        ImportBatch, verbose_name=_("imported file"), on_delete=models.CASCADE, related_name="file"
    )
    data = models.BinaryField(_("file"))

    class Meta:
        verbose_name = _("file of an import")
        verbose_name_plural = _("files of an import")

    def __str__(self) -> str:
        return str(self.batch)


class ImportPicture(models.Model):
    """Made anew by us. In the database, as it goes with its batch and is small."""

    batch = models.ForeignKey(
        ImportBatch,
        verbose_name=_("imported file"),
        on_delete=models.CASCADE,
        related_name="pictures",
    )
    key = models.CharField(_("key"), max_length=32)
    data = models.BinaryField(_("picture"))

    class Meta:
        verbose_name = _("picture of an import")
        verbose_name_plural = _("pictures of an import")
        constraints = [
            models.UniqueConstraint(fields=["batch", "key"], name="import_picture_key"),
        ]

    def __str__(self) -> str:
        return self.key
