"""The doors: who is asking, what they may do, guest links, who came."""

from django.apps import AppConfig
from django.db.models.signals import post_delete
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "access"
    verbose_name = _("Access")

    def ready(self) -> None:
        # Not before the apps are ready: what is imported here imports models.
        from access import (
            checks,  # noqa: F401 - registers the system checks
            proof_kinds,
            quiz_mails,
            quiz_reminders,
        )
        from access.accounts import mails as _accounts  # noqa: F401 - register kinds of mail
        from access.accounts.personal_data import AccountData
        from access.blocks import listening, places
        from access.blocks.personal_data import BlockData
        from access.entrances import IN_SESSIONS, ON_GALLERIES, ON_ITEMS
        from access.guests import code_mails as _guest_codes  # noqa: F401
        from access.guests import mails as _guests  # noqa: F401
        from access.guests import notices as _notices  # noqa: F401 - registers kinds of notices
        from access.guests.personal_data import GuestData
        from access.guests.proofs import GuestProofs
        from access.guests.services.last_seen import note_use as note_guests
        from access.guests.services.links import links_just_ended
        from access.guests.services.places import GuestPlaces
        from access.guests.views.refusals import explain_lost_access
        from access.invitations.mails import code, invitation, new_link_asked  # noqa: F401
        from access.invitations.personal_data import InvitationData
        from access.invitations.proofs import InvitationProofs
        from access.invitations.services import answering
        from access.invitations.services.last_seen import note_use
        from access.invitations.views.door_refusals import explain_lost_invitation
        from access.invitations.views.several import INVITE
        from access.mail.personal_data import OutboxData
        from access.memberships.proofs import AccountProofs
        from access.memberships.views import explain_block
        from access.people_lists.personal_data import ListData
        from access.rights import clock, items, owed, signing_out
        from media_items import (
            entrances,
            kept_people,
            people_behind,
            personal_data,
            search_indexes,
        )
        from media_items.library import many
        from media_items.live.events.telling import register_doubt
        from media_items.quizzes.results import mailing, missing

        proof_kinds.register(AccountProofs, explain=explain_block)
        proof_kinds.register(InvitationProofs, explain=explain_lost_invitation, note_use=note_use)
        proof_kinds.register(GuestProofs, explain=explain_lost_access, note_use=note_guests)
        kept_people.know_people_by(proof_kinds.is_there)
        people_behind.know_people_by(proof_kinds.people_behind)
        mailing.send_by(quiz_mails.ask_for_mails, due=quiz_mails.due_mails)
        post_delete.connect(quiz_mails.forget_mails_to, sender="quizzes.Taker")
        missing.expect_by(quiz_reminders.Invitees())
        items.listen()
        listening.listen()
        places.register(GuestPlaces())
        signing_out.listen()
        clock.start()
        register_doubt(owed.is_owed)
        clock.register(links_just_ended)
        clock.register(answering.invitations_just_ended)
        clock.register_browsers(answering.proofs_just_ended)
        many.register(INVITE)
        entrances.register(*ON_ITEMS, *IN_SESSIONS, *ON_GALLERIES)
        names = "email", "first_name", "last_name"
        search_indexes.register("accounts.User", *names)
        search_indexes.register("invitations.Invitation", *names)
        search_indexes.register("guests.Guest", "email", "name")
        search_indexes.register("guests.AccessRequest", "email", "name")
        parts = AccountData, GuestData, InvitationData, ListData, OutboxData, BlockData
        for part in parts:
            personal_data.register(part())
