"""Whose browser sent a request: Django's own session store and backend, with fewer statements.

Django wants each of the two under one name, in SESSION_ENGINE and AUTHENTICATION_BACKENDS.
"""

from __future__ import annotations

import base64
import re
import secrets
from datetime import datetime, timedelta
from typing import Any, override

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from access.accounts.models import User
from media_items.compiled import compiled
from media_items.inserts import insert

_OVER_FOR = timedelta(days=1)
_KEY = re.compile(f"[{VALID_KEY_CHARS}]{{32}}")


class SessionStore(db.SessionStore):
    # Of what was read; what is written later ends later.
    ends_at: datetime | None = None
    _is_written = False  # as it is now
    _former_key: str | None = None

    def _validate_session_key(self, key: str | None) -> bool:
        """A cookie says anything, also what no database takes for text. Only what may be one of
        ours is looked for."""
        return bool(key and _KEY.fullmatch(key))

    @override
    def load(self) -> dict[str, Any]:
        found = http_sessions(key=self.session_key or "", moment=timezone.now())
        if not found:
            self._session_key = None
            return {}
        self.ends_at = found[0].expire_date
        return self.decode(found[0].session_data)

    @property
    def modified(self) -> bool:
        return self._is_modified

    @modified.setter
    def modified(self, is_modified: bool) -> None:
        self._is_modified, self._is_written = is_modified, False

    def renew(self) -> None:
        """Another key, under which it is written once, with all that is set until then. The old one
        is worth nothing from then on."""
        self.items()  # what is read by the old key
        self._former_key = self._former_key or self.session_key
        self._session_key = None
        self.modified = True

    def write(self) -> None:
        """Now, in the transaction around, and as its last act: what a transaction takes back, this
        object knows still. The answer brings the cookie and writes nothing, unless something is set
        after this. Raises `SessionInterrupted` where the session that is renewed has ended
        meanwhile."""
        if self.session_key is None:
            self._session_key = self._get_new_session_key()
            insert(self.create_model_instance(dict(self.items())))
            self._delete_former()
        else:
            self.save()
        self._is_written = True

    @override
    def save(self, must_create: bool = False) -> None:
        """One UPDATE for a session that is there. Raises `UpdateError` where it has ended
        meanwhile, and `SessionInterrupted` where the one that is renewed has."""
        if self._is_written and not must_create:
            return
        if must_create or self.session_key is None:
            with transaction.atomic():
                super().save(must_create=must_create)
                self._delete_former()
            return
        row = self.create_model_instance(dict(self.items()))
        known = Session.objects.filter(pk=row.pk, expire_date__gt=timezone.now())
        if not known.update(session_data=row.session_data, expire_date=row.expire_date):
            raise UpdateError

    @override
    def flush(self) -> None:
        """Signed out: its row holds nothing and is over. It stays until it is swept, so that a
        request of the same moment does not renew what has ended: nor one that looked at its clock
        before this and has waited since, so it is over for long."""
        ended = [key for key in (self._former_key, self.session_key) if key]
        if ended:
            Session.objects.filter(pk__in=ended).update(
                session_data=self.encode({}), expire_date=timezone.now() - _OVER_FOR
            )
        self._forget()

    def _forget(self) -> None:
        self._former_key = None
        self.clear()
        self._session_key = None

    def _delete_former(self) -> None:
        """A row that is gone was renewed by a form that was sent twice; one that is over was ended
        by a sign-out, which stands."""
        former, self._former_key = self._former_key, None
        if former is None:
            return
        rows = Session.objects.filter(pk=former)
        if not rows.filter(expire_date__gt=timezone.now()).delete()[0] and rows.exists():
            self._forget()
            raise SessionInterrupted

    def _get_new_session_key(self) -> str:
        """Of 160 bits that the system is asked for once. Without asking whether it is taken, which
        one of so many is not; a row that is there already is refused by the INSERT."""
        return base64.b32encode(secrets.token_bytes(20)).decode().lower()


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
