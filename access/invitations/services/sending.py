"""Carrying the mails that were asked for to the mail server; nothing lost, nothing twice.

A mail is claimed by one conditional UPDATE before the server is spoken to, so however many tasks
run at once, one of them sends it. What happens to a mail then:

    went                        → sent
    server said 5xx             → refused, with its answer
    surely not gone (4xx, down) → waiting again, at growing pauses, until MAIL_ATTEMPTS are used up
    perhaps gone                → failed, with what is known; never sent again by itself
    worker died over it         → the same, once the claim is older than CLAIM_LIFE

What a dead worker had not claimed yet is taken up by the watch its task set, by any later task,
or by housekeeping.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from access.invitations.delivery import NoServer, Outcome, Post, Verdict
from access.invitations.emails import invitation_email, is_expired, mail_language
from access.invitations.mail_texts import Texts
from access.invitations.models import InvitationMail, MailKind
from access.invitations.querysets import InvitationMailQuerySet
from access.invitations.services.mailing import BATCH

logger = logging.getLogger(__name__)

CLAIM_LIFE = timedelta(minutes=10)
STRAY_AFTER = timedelta(minutes=5)  # a mail this old whose task has not come was left behind
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
MOST_SECONDS = 30  # then the rest becomes a task of its own: a code may be waiting in the queue


def send_mails(mail_ids: Collection[int]) -> None:
    """Sends these, if they are due and nobody else has them, and strays; one connection for all."""
    from access.invitations.tasks import send_invitation_mails

    give_up_abandoned()
    moment = timezone.now()
    ids = _ids(_due(moment).filter(pk__in=mail_ids))
    if ids:
        # A worker that is killed tells nobody; this looks after what it leaves.
        watch = moment + CLAIM_LIFE + timedelta(minutes=1)
        send_invitation_mails.using(run_after=watch).enqueue(ids)
    ids += [pk for pk in _ids(_strays(moment))[:BATCH] if pk not in set(ids)]
    if not ids:
        return
    stop_at = time.monotonic() + MOST_SECONDS
    texts = Texts(mail_language())
    retries: dict[timedelta, list[int]] = defaultdict(list)
    try:
        with Post() as post:
            for number, pk in enumerate(ids):
                if number and time.monotonic() > stop_at:
                    send_invitation_mails.enqueue(ids[number:])
                    break
                try:
                    post.open()
                except NoServer as refusal:
                    _postpone(ids[number:], str(refusal), retries)
                    break
                _send_one(pk, post, texts, retries)
    finally:
        for pause, later in retries.items():
            # Not before the last of them is due.
            send_invitation_mails.using(run_after=timezone.now() + pause).enqueue(later)


def resume_mails() -> None:
    """For housekeeping: what was left behind gets tasks again, or an honest end."""
    from access.invitations.tasks import send_invitation_mails

    give_up_abandoned()
    ids = _ids(_strays(timezone.now()))
    for start in range(0, len(ids), BATCH):
        send_invitation_mails.enqueue(ids[start : start + BATCH])


def give_up_abandoned() -> int:
    """Ends mails that a worker had claimed when it died. Nobody knows whether they went."""
    return (
        InvitationMail.objects.waiting()
        .filter(claimed_at__lt=timezone.now() - CLAIM_LIFE)
        .update(
            failed_at=timezone.now(), answer=_("stopped in the middle; unknown whether it went")
        )
    )


def _due(moment: datetime) -> InvitationMailQuerySet:
    return InvitationMail.objects.waiting().filter(
        Q(next_try_at=None) | Q(next_try_at__lte=moment), claimed_at=None
    )


def _strays(moment: datetime) -> InvitationMailQuerySet:
    long_ago = moment - STRAY_AFTER
    return _due(moment).filter(
        Q(next_try_at=None, asked_at__lt=long_ago) | Q(next_try_at__lt=long_ago)
    )


def _ids(mails: InvitationMailQuerySet) -> list[int]:
    return list(mails.order_by("asked_at", "pk").values_list("pk", flat=True))


def _claim(pk: int) -> bool:
    # SECURITY: conditions on the row's own columns only, so that the database checks them again
    # after waiting for somebody else's UPDATE.
    free = InvitationMail.objects.waiting().filter(pk=pk, claimed_at=None)
    return bool(free.update(claimed_at=timezone.now()))


def _send_one(pk: int, post: Post, texts: Texts, retries: dict[timedelta, list[int]]) -> None:
    if not _claim(pk):
        return
    mail = InvitationMail.objects.select_related(
        "invitation__item__owner", "invitation__invited_by", "invitation__invited_by_invitation"
    ).get(pk=pk)
    if reason := _not_any_more(mail):
        _settle(mail, failed_at=timezone.now(), answer=reason)
        return
    try:
        message = invitation_email(mail, texts)
    except Exception:
        logger.exception("The mail %s could not be written", pk)
        _settle(mail, failed_at=timezone.now(), answer=_("could not be written"))
        return
    outcome = post.deliver(message)
    moment = timezone.now()
    match outcome.verdict:
        case Verdict.SENT:
            item = mail.invitation.item
            told = {"told_starts_at": item.starts_at, "told_ends_at": item.ends_at}
            _settle(mail, sent_at=moment, answer="", **told)
        case Verdict.REFUSED:
            _settle(mail, refused_at=moment, answer=outcome.answer)
        case Verdict.UNKNOWN:
            answer = _("the connection broke; unknown whether it went: %s") % outcome.answer
            _settle(mail, failed_at=moment, answer=answer[:300])
        case Verdict.LATER:
            _later(mail, outcome, retries)


def _not_any_more(mail: InvitationMail) -> str:
    """Why a mail that was right when it was asked for is not right any more."""
    invitation = mail.invitation
    if invitation.revoked_at:
        return _("taken back before it was sent")
    if mail.address != invitation.email:
        # SECURITY: the link in it would be the one that belongs to the corrected address.
        return _("the address was corrected before it was sent")
    if mail.kind == MailKind.CANCELLED:
        return ""
    if invitation.item.deleted_at:
        return _("the item was deleted before it was sent")
    if mail.kind != MailKind.NEW_LINK and is_expired(invitation):
        return _("expired before it was sent")
    return ""


def _later(mail: InvitationMail, outcome: Outcome, retries: dict[timedelta, list[int]]) -> None:
    attempts, moment = mail.attempts + 1, timezone.now()
    if attempts >= settings.MAIL_ATTEMPTS:
        _settle(mail, failed_at=moment, attempts=attempts, answer=outcome.answer)
        return
    pause = pause_after(attempts)
    _settle(
        mail,
        claimed_at=None,
        attempts=attempts,
        next_try_at=moment + pause,
        answer=outcome.answer,
    )
    retries[pause].append(mail.pk)


def _settle(mail: InvitationMail, **columns: Any) -> None:
    InvitationMail.objects.waiting().filter(pk=mail.pk).update(**columns)


def pause_after(attempts: int) -> timedelta:
    return PAUSES[min(attempts, len(PAUSES)) - 1]


def _postpone(ids: Iterable[int], answer: str, retries: dict[timedelta, list[int]]) -> None:
    """No server: an attempt for each that is still due, in a few statements."""
    moment = timezone.now()
    due = _due(moment).filter(pk__in=list(ids))
    by_attempts: dict[int, list[int]] = defaultdict(list)
    for pk, attempts in due.values_list("pk", "attempts"):
        by_attempts[attempts].append(pk)
    for before, pks in by_attempts.items():
        # Others may try at the same moment: only rows that are due still count this try.
        rows = due.filter(pk__in=pks, attempts=before)
        if before + 1 >= settings.MAIL_ATTEMPTS:
            rows.update(failed_at=moment, attempts=before + 1, answer=answer[:300])
            continue
        pause = pause_after(before + 1)
        rows.update(attempts=before + 1, next_try_at=moment + pause, answer=answer[:300])
        retries[pause] += pks
