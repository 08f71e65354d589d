"""What is given to one account: a role in a gallery, co-editing of an item."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connections, models
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.models import Gallery, MediaItem


class GalleryRole(models.TextChoices):
    """Ordered from least to most: each may do what the one before may."""

    MEMBER = "member", _("Member")
    CONTRIBUTOR = "contributor", _("Contributor")
    MODERATOR = "moderator", _("Moderator")
    MANAGER = "manager", _("Manager")


def unless_last_manager(collector: Any, field: Any, memberships: Any, using: str) -> None:
    """`on_delete` of an account: its memberships go with it, unless a gallery would be left without
    a manager who can sign in. The administration shows which, and deletes nothing."""
    managed = {one.gallery_id for one in memberships if one.role == GalleryRole.MANAGER}
    if connections[using].in_atomic_block:  # a page that only asks locks nothing
        list(Gallery.objects.using(using).select_for_update().filter(pk__in=managed).order_by("pk"))
    others = GalleryMembership.objects.using(using).filter(
        gallery__in=managed, role=GalleryRole.MANAGER, user__is_active=True
    )
    others = others.exclude(pk__in=[one.pk for one in memberships])
    alone = managed - set(others.values_list("gallery", flat=True))
    if last := {
        one for one in memberships if one.role == GalleryRole.MANAGER and one.gallery_id in alone
    }:
        raise ProtectedError("the only manager of a gallery", last)
    models.CASCADE(collector, field, memberships, using)


class GalleryMembership(models.Model):
    gallery = models.ForeignKey(
        Gallery, verbose_name=_("gallery"), on_delete=models.CASCADE, related_name="memberships"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=unless_last_manager,
        related_name="gallery_memberships",
        verbose_name=_("account"),
    )
    role = models.CharField(
        _("role"), max_length=16, choices=GalleryRole, default=GalleryRole.MEMBER
    )
    since = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("gallery member")
        verbose_name_plural = _("gallery members")
        constraints = [
            models.UniqueConstraint(
                fields=["gallery", "user"],
                name="gallery_membership_once",
                violation_error_message=_("This person is already a member."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.gallery} ({self.get_role_display()})"


class CoEditor(models.Model):
    """Somebody with an account whom the owner lets do everything but delete."""

    item = models.ForeignKey(
        MediaItem, verbose_name=_("media item"), on_delete=models.CASCADE, related_name="co_editors"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="co_edited",
        verbose_name=_("account"),
    )
    since = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("co-editor")
        verbose_name_plural = _("co-editors")
        constraints = [
            models.UniqueConstraint(
                fields=["item", "user"],
                name="co_editor_once",
                violation_error_message=_("This person is already a co-editor."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.item}"
