"""The limits a site sets to guest links, checked where links are made and changed."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import ngettext

from access.last_days import end_of_day
from access.site_policy.ceilings import CeilingReached
from access.site_policy.models import SitePolicy


def check_places(policy: SitePolicy, places: int | None) -> None:
    """Raises `CeilingReached` when the link would have more places than the site allows."""
    most = policy.most_places_ceiling
    if most is not None and (places is None or places > most):
        raise CeilingReached(
            "places",
            ngettext(
                "This site allows up to %(most)s place.",
                "This site allows up to %(most)s places.",
                most,
            )
            % {"most": most},
        )


def check_life(
    policy: SitePolicy, *, field: str, created_at: datetime, expires_at: datetime | None
) -> None:
    """Raises `CeilingReached` when the link would live longer than the site allows."""
    days = policy.longest_days_ceiling
    if days is not None and (expires_at is None or expires_at > end_of_day(created_at, days)):
        raise CeilingReached(
            field,
            ngettext(
                "On this site, a guest link can work for up to %(days)s day.",
                "On this site, a guest link can work for up to %(days)s days.",
                days,
            )
            % {"days": days},
        )


def check_number(policy: SitePolicy, existing: int) -> None:
    """Raises `CeilingReached` when the item has as many links as the site allows."""
    if existing >= policy.links_per_item_ceiling:
        raise CeilingReached(
            "",
            ngettext(
                "This site allows %(number)d guest link here. Delete it first.",
                "This site allows %(number)d guest links here. Delete one first.",
                existing,
            )
            % {"number": existing},
        )
