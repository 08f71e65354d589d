"""What makes an address known again that was erased while it was out."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models.signals import post_save

from access.accounts.models import User
from access.blocks.services import recall


def listen() -> None:
    post_save.connect(_account_saved, sender=User, dispatch_uid="access.blocks")


def _account_saved(
    *, instance: User, update_fields: Collection[str] | None = None, **_more: Any
) -> None:
    """SECURITY: also of an account made anew in the administration, whatever makes it."""
    if update_fields is None or "email" in update_fields:
        recall(emails=[instance.email])
