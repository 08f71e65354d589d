"""Whose browser sent a request: Django's own session store and backend, with fewer statements.

Django wants each of the two under one name, in SESSION_ENGINE and AUTHENTICATION_BACKENDS.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, override

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, UpdateError
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import get_random_string

from access.accounts.models import User
from media_items.compiled import compiled


class SessionStore(db.SessionStore):
    # Of what was read; what is written later ends later.
    ends_at: datetime | None = None

    @override
    def load(self) -> dict[str, Any]:
        found = http_sessions(key=self.session_key or "", moment=timezone.now())
        if not found:
            self._session_key = None
            return {}
        self.ends_at = found[0].expire_date
        return self.decode(found[0].session_data)

    @override
    def save(self, must_create: bool = False) -> None:
        """One UPDATE for a session that is there. Raises `UpdateError` where it has been deleted
        meanwhile."""
        if must_create or self.session_key is None:
            super().save(must_create=must_create)
            return
        row = self.create_model_instance(dict(self.items()))
        known = Session.objects.filter(pk=row.pk)
        if not known.update(session_data=row.session_data, expire_date=row.expire_date):
            raise UpdateError

    def _get_new_session_key(self) -> str:
        """Without asking whether it is taken: one of 36³² is not, and a row that is there already
        is refused by the INSERT."""
        return get_random_string(32, VALID_KEY_CHARS)


@compiled
def http_sessions(*, key: str, moment: datetime) -> QuerySet[Session]:
    """At most one, not expired."""
    return Session.objects.filter(session_key=key, expire_date__gt=moment)


class AccountBackend(ModelBackend):
    @override
    def get_user(self, user_id: int) -> User | None:
        """SECURITY: an account that is switched off is signed out at once."""
        found = accounts_with(pk=user_id)
        return found[0] if found and self.user_can_authenticate(found[0]) else None


@compiled
def accounts_with(*, pk: int) -> QuerySet[User]:
    """At most one."""
    return User.objects.filter(pk=pk)
