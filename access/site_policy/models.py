"""What the site's admins have decided about guest links, invitations and galleries: one row, edited
in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from access.email_domains import covers
from access.roles import Role
from media_items.compiled import compiled

if TYPE_CHECKING:
    from access.accounts.models import User


class GuestLinkMakers(models.TextChoices):
    EVERYBODY = "everybody", _("Everybody who has media")
    GROUP = "group", _("Only members of the group below")
    NOBODY = "nobody", _("Nobody")


class Inviters(models.TextChoices):
    EVERYBODY = "everybody", _("Everybody who has media")
    GROUP = "group", _("Only members of the group below")
    NOBODY = "nobody", _("Nobody")


class InvitingRoles(models.TextChoices):
    """The roles on an item by which people invite to it, from most to fewest."""

    MODERATORS = "moderators", _("Owners and co-editors, and moderators where the host lets them")
    CO_EDITORS = "co_editors", _("Owners and co-editors")
    OWNERS = "owners", _("Owners only")


class GalleryMakers(models.TextChoices):
    EVERYBODY = "everybody", _("Everybody who has an account")
    GROUP = "group", _("Only members of the group below")
    NOBODY = "nobody", _("Nobody: site admins create them in the administration")


INVITE_AS: dict[str, frozenset[Role]] = {
    InvitingRoles.MODERATORS: frozenset({Role.OWNER, Role.CO_EDITOR, Role.MODERATOR}),
    InvitingRoles.CO_EDITORS: frozenset({Role.OWNER, Role.CO_EDITOR}),
    InvitingRoles.OWNERS: frozenset({Role.OWNER}),
}


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
    inviters = models.CharField(
        _("who may invite people"), max_length=16, choices=Inviters, default=Inviters.EVERYBODY
    )
    inviters_group = models.ForeignKey(
        "auth.Group",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("group that may invite people"),
    )
    inviting_roles = models.CharField(
        _("roles that may invite people"),
        max_length=16,
        choices=InvitingRoles,
        default=InvitingRoles.MODERATORS,
    )
    invitation_longest_days = models.PositiveIntegerField(
        _("most days that an invitation works"), null=True, blank=True
    )
    invited_domains = models.TextField(
        _("only email addresses at these domains"),
        blank=True,
        max_length=2_000,
        help_text=_(
            "One per line, for example example.edu. Subdomains are included. Leave empty to allow "
            "any email address."
        ),
    )
    uninvited_domains = models.TextField(
        _("no email addresses at these domains"),
        blank=True,
        max_length=2_000,
        help_text=_("One per line. Subdomains are included. This also limits the domains above."),
    )
    gallery_makers = models.CharField(
        _("who may create galleries and channels"),
        max_length=16,
        choices=GalleryMakers,
        default=GalleryMakers.EVERYBODY,
    )
    gallery_makers_group = models.ForeignKey(
        "auth.Group",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("group that may create galleries and channels"),
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
                condition=~models.Q(inviters=Inviters.GROUP)
                | models.Q(inviters_group__isnull=False),
                name="site_policy_inviters_group",
                violation_error_message=_("Choose the group that may invite people."),
            ),
            models.CheckConstraint(
                condition=~models.Q(gallery_makers=GalleryMakers.GROUP)
                | models.Q(gallery_makers_group__isnull=False),
                name="site_policy_gallery_group",
                violation_error_message=_("Choose the group that may create galleries."),
            ),
            models.CheckConstraint(
                condition=~models.Q(guest_data_kept_days=0)
                & ~models.Q(links_per_item=0)
                & ~models.Q(longest_days=0)
                & ~models.Q(most_places=0)
                & ~models.Q(invitation_longest_days=0),
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

    @property
    def invitation_days_ceiling(self) -> int | None:
        return smaller(self.invitation_longest_days, settings.INVITATION_LONGEST_DAYS)

    def lets_make_guest_links(self, user: User) -> bool:
        """Whether the site lets this account make guest links at all. One query at most."""
        if self.guest_link_makers == GuestLinkMakers.GROUP:
            return user.groups.filter(pk=self.makers_group_id).exists()
        return self.guest_link_makers == GuestLinkMakers.EVERYBODY

    def lets_make_galleries(self, user: User) -> bool:
        """One query at most."""
        if self.gallery_makers == GalleryMakers.GROUP:
            return user.groups.filter(pk=self.gallery_makers_group_id).exists()
        return self.gallery_makers == GalleryMakers.EVERYBODY

    def roles_that_invite(self, user: User | None) -> frozenset[Role]:
        """By which roles on an item somebody may invite to it; none where the site does not let
        them. Without an account nobody is member of a group. One query at most."""
        may = self.inviters == Inviters.EVERYBODY
        if self.inviters == Inviters.GROUP and user is not None:
            may = user.groups.filter(pk=self.inviters_group_id).exists()
        return INVITE_AS[self.inviting_roles] if may else frozenset()

    def takes_address(self, email: str) -> bool:
        """Whether people at this address may be invited: no domain is forbidden that covers it, and
        if some are allowed, one of them does."""
        if covers(self.uninvited_domains.split(), email):
            return False
        allowed = self.invited_domains.split()
        return not allowed or covers(allowed, email)

    @property
    def kept_days(self) -> int:
        return days_kept(self.guest_data_kept_days)


def days_kept(ceiling: int | None) -> int:
    """`ceiling`: the policy's."""
    return smaller(ceiling, settings.GUEST_DATA_KEPT_DAYS) or 1


def current_policy() -> SitePolicy:
    """The row, or the defaults while no admin has saved one. One query."""
    return next(iter(policy_rows()), None) or SitePolicy(pk=1)


@compiled
def policy_rows() -> QuerySet[SitePolicy]:
    """At most one."""
    return SitePolicy.objects.filter(pk=1)
