"""Which rows this browser has proven: short lists of ids in its session, one list per kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from access.accounts.backends import SessionStore

MOST_KEPT = 50


@dataclass(frozen=True)
class ProofList:
    """The ids of one kind of proof under one session key."""

    session_key: str

    def ids(self, session: SessionBase | Mapping[str, Any]) -> list[int]:
        return [pk for pk in session.get(self.session_key, []) if isinstance(pk, int)]

    def proven_by(self, request: HttpRequest) -> list[int]:
        """SECURITY: a browser without a session cookie has no proofs; no session is looked up."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return []
        return self.ids(request.session)

    def remember(self, session: SessionStore, pk: int) -> None:
        """Adds the proof and changes the session's own key. It is written once, when the answer
        goes.

        SECURITY: a key somebody planted before the form was sent is worth nothing afterwards.
        """
        known = [one for one in self.ids(session) if one != pk]
        session[self.session_key] = [*known, pk][-MOST_KEPT:]
        session.renew()


guest_admissions = ProofList("guest_admissions")
invitation_proofs = ProofList("invitation_proofs")
# Requests to be let in that this browser sent. They prove no address: it may erase them, no more.
access_requests = ProofList("access_requests")
