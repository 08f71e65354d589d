"""“Send me a new one”, asked for at a link that lets nobody in any more.

The person who asks holds an old link and has proven nothing. So nothing is shown or sent to them:
the mail goes to the invited address, the host is told, and no invitation is prolonged by it.
See docs/adr/0008.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from access.audit.models import Act
from access.audit.services import record
from access.invitations.models import Invitation, MailKind
from access.invitations.people import host_of
from access.invitations.policies import invitation_refusal
from access.invitations.refusals import Reason
from access.invitations.services.answering import locked
from access.invitations.services.telling import ask_for_mails
from access.mail import outbox

NEW_LINK_ASKED = "new_link_asked"  # the kind of mail to the host
MAY_ASK = frozenset({Reason.NEW_ADDRESS, Reason.EXPIRED})


@transaction.atomic
def ask_new_link(*, invitation: Invitation, key_version: int, language: str = "") -> bool:
    """Mails the invited address, in the language of the page, and tells the host; False where a new
    link would not help.

    A link that was replaced is mailed as it is now. An expired invitation stays expired until the
    host prolongs it, and the mail says that the host has been asked.
    """
    invitation = locked(invitation)
    refusal = invitation_refusal(invitation, key_version=key_version, moment=timezone.now())
    if refusal not in MAY_ASK:
        return False
    ask_for_mails(invitations=[invitation], kind=MailKind.NEW_LINK, by=None, language=language)
    outbox.add(kind=NEW_LINK_ASKED, mails=[(invitation.pk, host_of(invitation).email)])
    record(
        Act.INVITATION_SENT,
        item=invitation.item,
        by=None,
        invitation=invitation,
        kind=MailKind.NEW_LINK,
    )
    return True
