"""What the site's admins have decided about guest links: one row, edited in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from media_items.compiled import compiled

if TYPE_CHECKING:
    from access.accounts.models import User


class GuestLinkMakers(models.TextChoices):
    EVERYBODY = "everybody", _("Everybody who has media")
    GROUP = "group", _("Only members of the group below")
    NOBODY = "nobody", _("Nobody")


def smaller(one: int | None, other: int | None) -> int | None:
    """The stricter of two ceilings; None is no ceiling."""
    given = [limit for limit in (one, other) if limit is not None]
    return min(given, default=None)


class SitePolicy(models.Model):
    """An empty ceiling means that of the server's settings; a filled one can only be stricter."""

    guest_link_makers = models.CharField(
        _("who may create guest links"),
        max_length=16,
        choices=GuestLinkMakers,
        default=GuestLinkMakers.EVERYBODY,
    )
    makers_group = models.ForeignKey(
        "auth.Group",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("group that may create guest links"),
    )
    links_per_item = models.PositiveIntegerField(
        _("most guest links per item"), null=True, blank=True
    )
    longest_days = models.PositiveIntegerField(
        _("most days that a guest link works"), null=True, blank=True
    )
    most_places = models.PositiveIntegerField(
        _("most places on a guest link"), null=True, blank=True
    )
    guest_data_kept_days = models.PositiveIntegerField(
        _("days guest data is kept"), null=True, blank=True
    )
    guest_notice = models.TextField(
        _("text shown to guests on the join page"), blank=True, max_length=1_000
    )
    privacy_text = models.TextField(
        _("text of the privacy page"),
        blank=True,
        max_length=20_000,
        help_text=_("Shown after Foyer’s own text about the data it keeps."),
    )

    class Meta:
        verbose_name = _("site policy")
        verbose_name_plural = _("site policy")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="site_policy_one_row"),
            models.CheckConstraint(
                condition=~models.Q(guest_link_makers=GuestLinkMakers.GROUP)
                | models.Q(makers_group__isnull=False),
                name="site_policy_group_named",
                violation_error_message=_("Choose the group that may create guest links."),
            ),
            models.CheckConstraint(
                condition=~models.Q(guest_data_kept_days=0)
                & ~models.Q(links_per_item=0)
                & ~models.Q(longest_days=0)
                & ~models.Q(most_places=0),
                name="site_policy_ceilings_above_zero",
                violation_error_message=_(
                    "A limit must be at least 1. Leave it empty for no limit."
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(_("Site policy"))

    @property
    def links_per_item_ceiling(self) -> int:
        return smaller(self.links_per_item, settings.GUEST_LINKS_PER_ITEM) or 1

    @property
    def longest_days_ceiling(self) -> int | None:
        return smaller(self.longest_days, settings.GUEST_LINK_LONGEST_DAYS)

    @property
    def most_places_ceiling(self) -> int | None:
        return smaller(self.most_places, settings.GUEST_LINK_MOST_PLACES)

    def lets_make_guest_links(self, user: User) -> bool:
        """Whether the site lets this account make guest links at all. One query at most."""
        if self.guest_link_makers == GuestLinkMakers.GROUP:
            return user.groups.filter(pk=self.makers_group_id).exists()
        return self.guest_link_makers == GuestLinkMakers.EVERYBODY

    @property
    def kept_days(self) -> int:
        return smaller(self.guest_data_kept_days, settings.GUEST_DATA_KEPT_DAYS) or 1


def current_policy() -> SitePolicy:
    """The row, or the defaults while no admin has saved one. One query."""
    return next(iter(policy_rows()), None) or SitePolicy(pk=1)


@compiled
def policy_rows() -> QuerySet[SitePolicy]:
    """At most one."""
    return SitePolicy.objects.filter(pk=1)
