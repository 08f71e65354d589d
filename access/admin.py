"""Brings the rooms' admin pages together for Django."""

from access.accounts import admin as accounts  # noqa: F401
from access.audit import admin as audit  # noqa: F401
from access.blocks import admin as exclusions  # noqa: F401
from access.guests import admin as guests  # noqa: F401
from access.invitations import admin as invitations  # noqa: F401
from access.mail import admin as mail  # noqa: F401
from access.memberships import admin as memberships  # noqa: F401
from access.site_policy import admin as site_policy  # noqa: F401
