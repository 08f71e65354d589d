"""Invite links: one person, one address, one role."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvitationsConfig(AppConfig):
    name = "access.invitations"
    verbose_name = _("Invitations")
