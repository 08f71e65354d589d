"""Brings the rooms' admin pages together for Django."""

import access.audit.admin
import access.blocks.admin
import access.mail.admin
import access.memberships.admin
import access.site_policy.admin  # noqa: F401
