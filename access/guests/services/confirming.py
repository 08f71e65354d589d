"""A guest proves the address they typed, in one browser.

From then on that browser is as sure as one that has verified an invitation: what was taken in it is
its person's, and opens in every other browser that has verified the same address. Nothing else
about a guest changes: link, place, and blocks of typed addresses hold as before.
"""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.utils import timezone

from access import mailed_codes
from access.guests.models import Guest, GuestAdmission, GuestCode
from access.guests.proofs import GuestProofs
from access.mail import outbox
from access.rights import attempts
from media_items.kept_people import keep
from media_items.models import MediaItem

CODE_MAIL = "guest_code"  # the kind of mail


@transaction.atomic
def code_of_browser(*, admission: GuestAdmission, browser: str) -> tuple[GuestCode, bool]:
    lock = partial(_locked, admission.guest_id)
    return mailed_codes.code_of_browser(GuestCode, of=admission, browser=browser, lock=lock)


def mail_code(code: GuestCode, *, language: str = "") -> None:
    """Asks for its mail, in the language of the page that waits for it."""
    outbox.add(kind=CODE_MAIL, mails=[(code.pk, code.admission.guest.email)], language=language)


def check_code(*, code_id: int, admission: GuestAdmission, digits: str) -> None:
    """Uses the code up if it is right. Raises `NotSentYet` or `WrongCode`."""
    mailed_codes.check(GuestCode, code_id=code_id, of=admission, digits=digits)


@transaction.atomic
def confirm(*, admission: GuestAdmission, item: MediaItem) -> None:
    """What was taken by this admission is the person's from now on. Twice is once."""
    key = GuestProofs.key_of(admission.pk)
    if not keep(str(key)):
        return
    row = GuestAdmission.objects.filter(pk=admission.pk, confirmed_at=None, erased_at=None)
    if row.update(confirmed_at=timezone.now()):
        attempts.proven_on(item, key)


def _locked(guest_id: int) -> None:
    Guest.objects.select_for_update(of=("self",), no_key=True).get(pk=guest_id)
