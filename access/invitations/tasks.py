"""Background work of invitations. Arguments are ids, never tokens, codes or addresses."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta

from django.core.mail import EmailMessage
from django.tasks import task
from django.utils import timezone

from access.accounts.models import User
from access.invitations.delivery import NoServer, Outcome, Post, Verdict
from access.invitations.emails import broken_text_email, code_email, new_link_asked_email
from access.invitations.models import Invitation, InvitationCode, MailText
from access.invitations.services.codes import make_digits
from access.invitations.services.sending import pause_after, send_mails

logger = logging.getLogger(__name__)

# Somebody sits before the page and waits; the code lives ten minutes.
_CODE_PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 30, 60, 120))
_SHORTEST_USE = timedelta(minutes=1)
_NOTICE_ATTEMPTS = 5
_WITH_HOSTS = ("item__owner", "invited_by", "invited_by_invitation")


@task()
def send_invitation_mails(mail_ids: list[int]) -> None:
    """Sends what is due of these, each at most once however often this runs; see `sending`."""
    send_mails(mail_ids)


@task(priority=50)
def send_code_mail(code_id: int, attempt: int = 1) -> None:
    """Makes the digits and mails them, once; again only when the mail surely did not go."""
    moment = timezone.now()
    waiting = InvitationCode.objects.filter(
        pk=code_id, mailed_at=None, used_at=None, expires_at__gt=moment
    )
    if not waiting.update(mailed_at=moment):
        return
    code = InvitationCode.objects.select_related(
        *(f"invitation__{name}" for name in _WITH_HOSTS)
    ).get(pk=code_id)
    if code.invitation.revoked_at or code.invitation.item.deleted_at:
        return
    outcome = _deliver(code_email(code, make_digits(code)))
    if outcome.verdict == Verdict.LATER and attempt <= len(_CODE_PAUSES):
        next_try = timezone.now() + _CODE_PAUSES[attempt - 1]
        if next_try + _SHORTEST_USE < code.expires_at:
            InvitationCode.objects.filter(pk=code_id).update(mailed_at=None)
            send_code_mail.using(run_after=next_try).enqueue(code_id, attempt + 1)
            return
    if outcome.verdict != Verdict.SENT:
        logger.warning("The mail of code %s did not go: %s", code_id, outcome.answer)


@task()
def send_new_link_asked(invitation_id: int, attempt: int = 1) -> None:
    """Tells the host that somebody at an old link asked for a new one."""
    invitation = (
        Invitation.objects.live().select_related(*_WITH_HOSTS).filter(pk=invitation_id).first()
    )
    if invitation is None or invitation.item.deleted_at:
        return
    outcome = _deliver(new_link_asked_email(invitation))
    if outcome.verdict == Verdict.LATER and attempt < _NOTICE_ATTEMPTS:
        next_try = timezone.now() + pause_after(attempt)
        send_new_link_asked.using(run_after=next_try).enqueue(invitation_id, attempt + 1)
    elif outcome.verdict != Verdict.SENT:
        logger.warning("The notice of invitation %s did not go: %s", invitation_id, outcome.answer)


@task()
def send_broken_text_mails(text_id: int) -> None:
    """Tells each site admin that a mail text is broken and not in use."""
    text = MailText.objects.filter(pk=text_id, broken_at__isnull=False).first()
    if text is None:
        return
    admins = User.objects.filter(is_superuser=True, is_active=True).values_list("email", flat=True)
    _deliver_all(broken_text_email(text, to=address) for address in admins)


def _deliver(message: EmailMessage) -> Outcome:
    with Post() as post:
        try:
            post.open()
        except NoServer as refusal:
            return Outcome(Verdict.LATER, str(refusal))
        return post.deliver(message)


def _deliver_all(messages: Iterable[EmailMessage]) -> None:
    """What does not go is in the log and, for a broken text, on its own page."""
    for message in messages:
        outcome = _deliver(message)
        if outcome.verdict != Verdict.SENT:
            logger.warning("A mail to a site admin did not go: %s", outcome.answer)
