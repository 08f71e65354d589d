"""The doors: who is asking, what they may do, guest links, who came."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "access"
    verbose_name = _("Access")

    def ready(self) -> None:
        # Models are loaded by now, and not when this module is read.
        from access import (
            checks,  # noqa: F401 - registers the system checks
            proofs,
        )
        from access.guests.proofs import GuestProofs
        from access.guests.views.refusals import explain_lost_access
        from access.invitations.proofs import InvitationProofs
        from access.invitations.services.seen import note_use
        from access.invitations.views.door_refusals import explain_lost_invitation
        from access.memberships.proofs import AccountProofs
        from access.memberships.views import explain_put_out

        proofs.register(AccountProofs, explain=explain_put_out)
        proofs.register(InvitationProofs, explain=explain_lost_invitation, note_use=note_use)
        proofs.register(GuestProofs, explain=explain_lost_access)
