"""Six-digit codes that prove the invited mailbox.

The budget of somebody who holds the link but not the mailbox: five tries for each code, and as
many codes as `CODE_RATE_PER_INVITATION` (10 an hour unless set) and
`CODE_RATE_PER_INVITATION_A_DAY` (30) allow: at most 150 guesses a day, each with a chance of one in
a million. A code is good for ten minutes and only in the browser that asked for it.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.invitations.models import Invitation, InvitationCode
from access.invitations.services.answering import locked
from access.mail import outbox
from media_items.keyed_digests import keyed_digest, keyed_digests
from media_items.refusals import Invalid

CODE_MAIL = "invitation_code"  # the kind of mail
LIFE = timedelta(minutes=10)
# Until the same browser may have another one.
BETWEEN_CODES = timedelta(seconds=30)
TRIES = 5
DIGITS = 6
_SALT = "access.invitation-code"


class NotSentYet(Invalid):
    """Its email has not been written: whatever was typed is of an older one. Costs no try."""

    message = _("The newest code is still on its way. Wait for the email, then enter that code.")


class WrongCode(Invalid):
    """Not this code. With `tries_left` 0 (also when the code is too old) only a new code helps."""

    def __init__(self, tries_left: int) -> None:
        super().__init__(gettext("That isn’t the code."))
        self.tries_left = tries_left


@transaction.atomic
def code_of_browser(*, invitation: Invitation, browser: str) -> tuple[InvitationCode, bool]:
    """The row of a code for one browser, and whether it is new.

    A browser that asked a moment ago, by the first of two clicks, gets the row of that moment: one
    code is on its way to it, by one mail. `browser` is empty where nobody can tell.
    """
    moment = timezone.now()
    if browser:
        locked(invitation)
        on_its_way = InvitationCode.objects.filter(
            invitation=invitation,
            browser=browser,
            made_at__gt=moment - BETWEEN_CODES,
            used_at=None,
            tries_left__gt=0,
        )
        if code := on_its_way.order_by("-made_at").first():
            return code, False
    code = InvitationCode.objects.create(
        invitation=invitation,
        browser=browser,
        made_at=moment,
        expires_at=moment + LIFE,
        tries_left=TRIES,
    )
    return code, True


def mail_code(code: InvitationCode, *, language: str = "") -> None:
    """Asks for its mail, in the language of the page that waits for it.

    The digits are made when the mail is written, so they are in the mail and nowhere else, not even
    in the arguments of the task.
    """
    outbox.add(kind=CODE_MAIL, mails=[(code.pk, code.invitation.email)], language=language)


def drop_code(code: InvitationCode) -> None:
    """It will not be mailed."""
    code.delete()


def is_usable(code: InvitationCode) -> bool:
    """Whether its digits, typed now, would be accepted."""
    return code.used_at is None and code.tries_left > 0 and code.expires_at > timezone.now()


def _was_on_its_way(code: InvitationCode) -> bool:
    """Whether its email had not been written when it was asked, and has been since or will be."""
    is_lost = not code.digest and not code.mails.filter(refused_at=None, failed_at=None).exists()
    return is_usable(code) and not is_lost


def make_digits(code: InvitationCode) -> str:
    """New digits for the row, which stores a keyed digest of them. For the task that mails them."""
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    code.digest = keyed_digest(_SALT, _of(code, digits))
    code.save(update_fields=["digest"])
    return digits


def check_code(*, code_id: int, invitation: Invitation, digits: str) -> None:
    """Uses the code up if it is right. Raises `NotSentYet` or `WrongCode`.

    SECURITY: the try is counted, by one conditional UPDATE, before the digits are compared. So
    many requests at the same time get no more tries than requests one by one.
    """
    usable = InvitationCode.objects.filter(
        pk=code_id, invitation=invitation, used_at=None, expires_at__gt=timezone.now()
    ).exclude(digest="")
    if not usable.filter(tries_left__gt=0).update(tries_left=F("tries_left") - 1):
        code = InvitationCode.objects.filter(pk=code_id, invitation=invitation).first()
        if code is not None and _was_on_its_way(code):
            raise NotSentYet
        raise WrongCode(0)
    code = InvitationCode.objects.get(pk=code_id)
    given = "".join(character for character in digits if character.isdigit())
    right = [
        hmac.compare_digest(code.digest, one) for one in keyed_digests(_SALT, _of(code, given))
    ]
    if not any(right):
        raise WrongCode(code.tries_left)
    if not usable.update(used_at=timezone.now()):
        raise WrongCode(0)


def _of(code: InvitationCode, digits: str) -> str:
    return f"{code.pk}:{code.invitation_id}:{digits}"
