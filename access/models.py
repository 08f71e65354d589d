"""Brings the rooms' models together for Django."""

from access.audit.models import AccessEvent
from access.blocks.models import Block
from access.mail.models import MailText, OutgoingMail
from access.memberships.models import CoEditor, GalleryMembership
from access.notices.models import HostNotice
from access.people_lists.models import Batch, BatchLine
from access.rights.models import RightsChange
from access.site_policy.models import SitePolicy

__all__ = [
    "AccessEvent",
    "Batch",
    "BatchLine",
    "Block",
    "CoEditor",
    "GalleryMembership",
    "HostNotice",
    "MailText",
    "OutgoingMail",
    "RightsChange",
    "SitePolicy",
]
