"""What was read from a file of another system, until somebody has chosen what of it to take."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.public_ids import new_public_id
from media_items.quizzes.models.quizzes import Quiz


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def live(self) -> ImportBatchQuerySet:
        return self.filter(expires_at__gt=timezone.now())


class ImportBatch(models.Model):
    """`content`: `{"questions": [{"name", "question" or null, "notes"}], "notes": […]}`, each
    question as `content.to_json` writes it. Taken once."""

    quiz = models.ForeignKey(
        Quiz, verbose_name=_("quiz"), on_delete=models.CASCADE, related_name="imports"
    )
    public_id = models.CharField(
        _("public ID"), max_length=32, unique=True, default=new_public_id, editable=False
    )
    file_name = models.CharField(_("file name"), max_length=255, blank=True)
    content = models.JSONField(_("questions"))
    made_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("uploaded by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    expires_at = models.DateTimeField(_("expires"))
    taken_at = models.DateTimeField(_("imported"), null=True, blank=True)
    taken = models.PositiveIntegerField(_("imported questions"), default=0)

    objects: ClassVar = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of questions")
        verbose_name_plural = _("imports of questions")
        indexes = [models.Index(fields=["expires_at"], name="import_batch_expires")]

    def __str__(self) -> str:
        return self.file_name


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
