"""Which code this browser waits for: ids in its HTTP session, one per invitation.

SECURITY: a code is good only in the browser that asked for it. So a code that somebody overhears,
or talks its owner into telling, is useless in another browser.
"""

from __future__ import annotations

from django.contrib.sessions.backends.base import SessionBase

from access.invitations.models import Invitation, InvitationCode

_KEY = "invitation_codes"
_MOST_KEPT = 10


def remember(session: SessionBase, code: InvitationCode) -> None:
    """The newest code of an invitation replaces the one before."""
    known = _known(session)
    name = str(code.invitation_id)
    known.pop(name, None)
    known[name] = code.pk
    session[_KEY] = dict(list(known.items())[-_MOST_KEPT:])


def forget(session: SessionBase, invitation: Invitation) -> None:
    known = _known(session)
    if known.pop(str(invitation.pk), None):
        session[_KEY] = known


def find(session: SessionBase, invitation: Invitation) -> InvitationCode | None:
    """The code this browser asked for, usable or not. One query, or none."""
    pk = _known(session).get(str(invitation.pk))
    if pk is None:
        return None
    return InvitationCode.objects.filter(pk=pk, invitation=invitation).first()


def _known(session: SessionBase) -> dict[str, int]:
    known = session.get(_KEY)
    return dict(known) if isinstance(known, dict) else {}
