"""Invitations: the person, their proofs and codes, the mails, and many people at once."""

from access.invitations.models.batch import Batch, BatchLine, LineVerdict
from access.invitations.models.invitation import (
    Certainty,
    Invitation,
    InvitationCode,
    InvitationProof,
    InvitationRole,
    InvitationSettings,
    InvitationState,
    MailKind,
    offered_roles,
)

__all__ = [
    "Batch",
    "BatchLine",
    "Certainty",
    "Invitation",
    "InvitationCode",
    "InvitationProof",
    "InvitationRole",
    "InvitationSettings",
    "InvitationState",
    "LineVerdict",
    "MailKind",
    "offered_roles",
]
