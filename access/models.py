"""Brings the rooms' models together for Django."""

from access.accounts.models import User
from access.audit.models import AccessEvent
from access.blocks.models import Exclusion
from access.guests.models import AccessRequest, Guest, GuestAccess, GuestAdmission, GuestLink
from access.invitations.models import (
    Invitation,
    InvitationCode,
    InvitationProof,
    InvitationSettings,
)
from access.mail.models import MailText, OutgoingMail
from access.memberships.models import CoEditor, GalleryMembership
from access.people_lists.models import Batch, BatchLine
from access.rights.models import RightsChange
from access.site_policy.models import SitePolicy

__all__ = [
    "AccessEvent",
    "AccessRequest",
    "Batch",
    "BatchLine",
    "CoEditor",
    "Exclusion",
    "GalleryMembership",
    "Guest",
    "GuestAccess",
    "GuestAdmission",
    "GuestLink",
    "Invitation",
    "InvitationCode",
    "InvitationProof",
    "InvitationSettings",
    "MailText",
    "OutgoingMail",
    "RightsChange",
    "SitePolicy",
    "User",
]
