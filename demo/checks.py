"""The demo's accounts must not be usable by whoever reads this repository."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import check_password
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError

from access.accounts.models import User
from demo.accounts import PASSWORD, PEOPLE


def open_accounts() -> list[User]:
    """Accounts of the demo that still have its password; none where there is no database yet."""
    try:
        people = User.objects.filter(email__in=[person.email for person in PEOPLE], is_active=True)
        return [user for user in people if check_password(PASSWORD, user.password)]
    except DatabaseError:
        return []


@register("beyond_this_machine", Tags.database, deploy=True)
def check_demo_accounts(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    found = open_accounts()
    if not found:
        return []
    return [
        Error(
            f"{len(found)} accounts of the demo course, {found[0].email} first, still have the "
            "password that everybody knows.",
            hint="“.venv/bin/python manage.py lock_demo” takes it from them.",
            id="foyer.E003",
        )
    ]


def lock_accounts() -> int:
    """They can be opened again by “Forgot your password?”, from the mailbox. Returns how many."""
    found = open_accounts()
    for user in found:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return len(found)
