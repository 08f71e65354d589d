"""The limits a site sets to invitations, checked where they are made, prolonged and sent elsewhere.

Invitations that exist keep working when the site becomes stricter, as guest links do.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from access.email_addresses import shown_domain, shown_email
from access.invitations.people import Inviter
from access.last_days import end_of_day
from access.site_policy.ceilings import CeilingReached
from access.site_policy.models import SitePolicy, current_policy
from media_items.refusals import Refusal

MOST_NAMED = 5  # domains in a sentence


class RoleNotGrantable(Refusal):
    """The role is not offered for this kind, or is above the inviter's own."""

    status = 403
    message = gettext_lazy(
        "You can’t give this role, or change somebody whose role is higher than yours."
    )


class InvitingNotAllowed(RoleNotGrantable):
    """The site does not let them invite by any role that they have here."""

    message = gettext_lazy("This site doesn’t let you invite people here.")


def check_inviter(policy: SitePolicy, by: Inviter) -> None:
    """Raises `InvitingNotAllowed`. One query at most."""
    if not policy.roles_that_invite(by.account) & frozenset(by.roles):
        raise InvitingNotAllowed


def check_life(policy: SitePolicy, *, created_at: datetime, expires_at: datetime | None) -> None:
    """Raises `CeilingReached` when the invitation would work longer than the site allows.

    By whose clock its last day ends is not asked: a worker has another than the host. On every
    clock `latest_end` is within a day and, where the clocks are changed, an hour of so many days.
    """
    days = policy.invitation_days_ceiling
    if days is None:
        return
    if expires_at is None or expires_at > created_at + timedelta(days=days + 1, hours=1):
        raise CeilingReached("last_day", life_said(days))


def latest_end(policy: SitePolicy, created_at: datetime) -> datetime | None:
    """When an invitation made then ends at the latest, on the reader's clock; None where the site
    sets no limit."""
    days = policy.invitation_days_ceiling
    return None if days is None else end_of_day(created_at, days)


def life_said(days: int) -> str:
    return ngettext(
        "On this site, an invitation can work for up to %(days)s day.",
        "On this site, an invitation can work for up to %(days)s days.",
        days,
    ) % {"days": days}


def check_addresses(policy: SitePolicy, emails: Iterable[str]) -> None:
    """Raises `CeilingReached` for the first of them that may not be invited."""
    for email in emails:
        if not policy.takes_address(email):
            raise CeilingReached("email", domain_said(policy, email))


def domain_said(policy: SitePolicy, email: str) -> str:
    """Why people at this address cannot be invited."""
    allowed = policy.invited_domains.split()
    if allowed and len(allowed) <= MOST_NAMED:
        return _(
            "This site doesn’t allow invitations to %(email)s. It allows these domains: "
            "%(domains)s."
        ) % {"email": shown_email(email), "domains": ", ".join(map(shown_domain, allowed))}
    return _("This site doesn’t allow invitations to email addresses like %(email)s.") % {
        "email": shown_email(email)
    }


def latest_end_now(moment: datetime) -> datetime | None:
    """For invitations that nobody gives a last day: none, or the last that the site allows."""
    return latest_end(current_policy(), moment)
