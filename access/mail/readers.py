"""For whom a mail is written: in which language, on whose clock.

The choice of the account at that address first, then what its last browser told. Without both the
language that the host chose for an invitation, else the site's; and the zone of the browser that
accepted it, else of what is announced, else the site's. A mail that answers a page is in the
language of the page. A mail is read anywhere, so each time in it names its zone:
`media_items.moments` sees to that where no request says whose clock it is.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone, translation

from media_items.moments import site_zone
from media_items.time_zones import is_time_zone


@contextmanager
def written_for(
    *, time_zone: str | None = "", language: str | None = "", otherwise: str = ""
) -> Iterator[None]:
    """Every mail is written inside of this. `time_zone` and `language` are the reader's or empty;
    `otherwise` is the zone of what the mail announces."""
    names = (name for name in (time_zone, otherwise) if name and is_time_zone(name))
    zone = next((zoneinfo.ZoneInfo(name) for name in names), site_zone())
    with translation.override(mail_language(language)), timezone.override(zone):
        yield


def mail_language(chosen: str | None) -> str:
    """The site's for a language that it does not offer (any more)."""
    return chosen if chosen in dict(settings.LANGUAGES) else site_language()


def site_language() -> str:
    return str(settings.LANGUAGE_CODE)


class Reader(Protocol):
    """An account, as the mails to it see it."""

    time_zone: str
    language: str
    seen_time_zone: str
    seen_language: str


def choice_of(account: Reader) -> dict[str, str]:
    """What an account chose, else what its last browser told, for `written_for`."""
    return {
        "time_zone": account.time_zone or account.seen_time_zone,
        "language": account.language or account.seen_language,
    }


def choice_at(address: str) -> dict[str, str]:
    """The same for the account at the address; nothing without one. A query."""
    found = _accounts().filter(email=address).first()
    return choice_of(found) if found else {}


def with_choices(field: str) -> dict[str, Any]:
    """The same as columns for rows whose `field` is the address: reader_zone, reader_language."""
    theirs = _accounts().filter(email=OuterRef(field))

    def known(name: str) -> Subquery:
        chosen = NullIf(name, Value(""))
        return Subquery(theirs.values_list(Coalesce(chosen, f"seen_{name}"))[:1])

    return {"reader_zone": known("time_zone"), "reader_language": known("language")}


def _accounts() -> Any:
    """SECURITY: nothing is read from an account that is switched off."""
    return get_user_model().objects.filter(is_active=True)
