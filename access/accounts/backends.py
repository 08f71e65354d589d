"""Whose browser sent a request: Django's own session store and backend, asked by compiled SQL.

Django wants each of the two under one name, in SESSION_ENGINE and AUTHENTICATION_BACKENDS.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, override

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from access.accounts.models import User
from media_items.compiled import compiled


class SessionStore(db.SessionStore):
    @override
    def load(self) -> dict[str, Any]:
        found = http_sessions(key=self.session_key or "", moment=timezone.now())
        if not found:
            self._session_key = None
            return {}
        return self.decode(found[0].session_data)


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
