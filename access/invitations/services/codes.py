"""Six-digit codes that prove the invited mailbox (`access.mailed_codes`).

The budget of somebody who holds the link but not the mailbox: five tries for each code, and as
many codes as `CODE_RATE_PER_INVITATION` (10 an hour unless set) and
`CODE_RATE_PER_INVITATION_A_DAY` (30) allow: at most 150 guesses a day, each with a chance of one in
a million. A code is good for ten minutes and only in the browser that asked for it.
"""

from __future__ import annotations

from functools import partial

from django.db import transaction

from access import mailed_codes
from access.invitations.models import Invitation, InvitationCode
from access.invitations.services.answering import locked
from access.mail import outbox
from access.mailed_codes import (
    BETWEEN_CODES,
    DIGITS,
    LIFE,
    TRIES,
    NotSentYet,
    WrongCode,
    make_digits,
)

__all__ = [
    "BETWEEN_CODES",
    "DIGITS",
    "LIFE",
    "TRIES",
    "NotSentYet",
    "WrongCode",
    "make_digits",
]

CODE_MAIL = "invitation_code"  # the kind of mail


@transaction.atomic
def code_of_browser(*, invitation: Invitation, browser: str) -> tuple[InvitationCode, bool]:
    return mailed_codes.code_of_browser(
        InvitationCode, of=invitation, browser=browser, lock=partial(locked, invitation)
    )


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
    return code.is_usable


def check_code(*, code_id: int, invitation: Invitation, digits: str) -> None:
    """Uses the code up if it is right. Raises `NotSentYet` or `WrongCode`."""
    mailed_codes.check(InvitationCode, code_id=code_id, of=invitation, digits=digits)
