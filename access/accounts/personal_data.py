"""What an account keeps about the person it belongs to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from access.accounts.models import NOTICES, User
from access.email_addresses import shown_email
from access.proofs import ProofKey, parsed
from media_items.personal_data import Section, Subject

KIND = "account"  # in the keys of proofs


class AccountData:
    """It is kept until a site admin deletes the account: no time of its own."""

    name = "account"

    def sections(self, subject: Subject) -> list[Section]:
        return [
            Section(
                template="access/accounts/_account_record.html",
                data=one,
                who_sees=_(
                    "People with an account can find your name and email when they invite somebody."
                ),
            )
            for one in _accounts(subject)
        ]

    def export(self, subject: Subject) -> list[dict[str, Any]]:
        return [
            {
                "email": shown_email(one.email),
                "email_confirmed_at": one.email_verified_at,
                "first_name": one.first_name,
                "last_name": one.last_name,
                "time_zone": one.time_zone,
                "language": one.language,
                "last_browser_time_zone": one.seen_time_zone,
                "last_browser_language": one.seen_language,
                **{name: getattr(one, name) for name in NOTICES},
                "joined_at": one.date_joined,
                "signed_in_last_at": one.last_login,
            }
            for one in _accounts(subject)
        ]

    def erase(self, subject: Subject, *, moment: datetime) -> None:
        """The row goes as a whole, by `services.delete_account`, which has the rest erased."""

    def erase_older_than(self, cutoff: datetime) -> int:
        return 0


def key_of(user: User) -> ProofKey:
    return ProofKey(KIND, user.pk)


def account_ids(keys: Collection[str]) -> list[int]:
    """Of those keys that name an account."""
    return [key.pk for key in parsed(keys) if key.kind == KIND]


def _accounts(subject: Subject) -> list[User]:
    ids = account_ids(subject.keys)
    return list(User.objects.filter(pk__in=ids).order_by("pk")) if ids else []
