"""Which code this browser waits for, one per invitation."""

from __future__ import annotations

from access.invitations.models import InvitationCode
from access.mailed_codes import Awaited

_codes = Awaited("invitation_codes", InvitationCode)
remember, forget, find = _codes.remember, _codes.forget, _codes.find
