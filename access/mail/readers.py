"""For whom a mail is written: in which language, on whose clock.

The choice of the account at that address first. Without one the language that the host chose for
an invitation, else the site's; and the zone of what is announced, else the site's. A mail is read
anywhere, so each time in it names its zone: `media_items.moments` sees to that where no request
says whose clock it is.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import OuterRef, Subquery
from django.utils import timezone, translation

from media_items.moments import site_zone
from media_items.time_zones import is_time_zone


@contextmanager
def written_for(
    *, time_zone: str | None = "", language: str | None = "", otherwise: str = ""
) -> Iterator[None]:
    """Every mail is written inside of this. `time_zone` and `language` are an account's choice or
    empty; `otherwise` is the zone of what the mail announces."""
    names = (name for name in (time_zone, otherwise) if name and is_time_zone(name))
    zone = next((zoneinfo.ZoneInfo(name) for name in names), site_zone())
    with translation.override(mail_language(language)), timezone.override(zone):
        yield


def mail_language(chosen: str | None) -> str:
    """The site's for a language that it does not offer (any more)."""
    return chosen if chosen in dict(settings.LANGUAGES) else site_language()


def site_language() -> str:
    return str(settings.LANGUAGE_CODE)


def choice_at(address: str) -> dict[str, str]:
    """What the account at the address chose, for `written_for`; nothing without one. A query."""
    found = _accounts().filter(email=address).values("time_zone", "language").first()
    return dict(found) if found else {}


def with_choices(field: str) -> dict[str, Any]:
    """The same as columns for rows whose `field` is the address: reader_zone, reader_language."""
    theirs = _accounts().filter(email=OuterRef(field))
    return {
        "reader_zone": Subquery(theirs.values("time_zone")[:1]),
        "reader_language": Subquery(theirs.values("language")[:1]),
    }


def _accounts() -> Any:
    """SECURITY: nothing is read from an account that is switched off."""
    return get_user_model().objects.filter(is_active=True)
