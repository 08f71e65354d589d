"""Answering a request to be let in: by an invitation, or by taking it off the list."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.accounts.models import User
from access.audit.models import Act
from access.audit.services import record
from access.blocks.policies import block_of
from access.guests.models import AccessRequest, RequestAnswer
from access.guests.telling import tell_inside
from access.invitations.models import Invitation, InvitationRole, MailKind
from access.invitations.people import Invitee, Inviter
from access.invitations.services import inviting
from access.invitations.services.limits import latest_end_now
from access.invitations.services.telling import ask_for_mails
from media_items.models import MediaItem
from media_items.refusals import NotNow


class IsBlocked(NotNow):
    message = _("This person is removed or blocked. Let them back in first.")


class InvitationOver(NotNow):
    message = _(
        "This person was already invited, but the invitation was declined or no "
        "longer works. Change it under Who has access."
    )


@transaction.atomic
def let_in(*, request: AccessRequest, by: Inviter) -> bool:
    """Invites the address as a viewer, by mail, and answers all that it asked on the item. False
    where somebody has let it in already.

    The address was typed: an invitation proves the mailbox before it lets anybody in, and it does
    not depend on the link that is closed. Who is invited already gets that invitation by mail once
    more. It works as long as the site allows. Raises `IsBlocked`, `InvitationOver`,
    `RoleNotGrantable` and `CeilingReached`.
    """
    item = request.item
    if block_of(item=item, emails={request.email}, are_proven=False):
        raise IsBlocked
    if not _waiting_of(request):
        return False
    person = Invitee(email=request.email, first_name=request.name)
    made = inviting.invite(
        item=item,
        people=[person],
        role=InvitationRole.VIEWER,
        by=by,
        expires_at=latest_end_now(timezone.now()),
    )
    if not made:
        _mail_again(item, request.email, by.account)
    _answer(request, RequestAnswer.LET_IN, by.account)
    record(Act.REQUEST_LET_IN, item=item, by=by.account, link=request.link)
    tell_inside(item, is_new=False)
    return True


@transaction.atomic
def decline(*, request: AccessRequest, by: User) -> bool:
    """Takes it off the list, with all that the address asked on the item. Nobody is told. False
    where somebody has answered it already."""
    if request.pk not in _unanswered_of(request):
        return False
    _answer(request, RequestAnswer.DECLINED, by)
    record(Act.REQUEST_DECLINED, item=request.item, by=by, link=request.link)
    tell_inside(request.item, is_new=False)
    return True


def _waiting_of(request: AccessRequest) -> list[int]:
    """Of this address on this item, this one included even if it was declined; locked."""
    answers = _answers(request)
    if answers.get(request.pk) == RequestAnswer.LET_IN:
        return []
    return [pk for pk, answer in answers.items() if not answer or pk == request.pk]


def _unanswered_of(request: AccessRequest) -> list[int]:
    """Of this address on this item; locked."""
    return [pk for pk, answer in _answers(request).items() if not answer]


def _answers(request: AccessRequest) -> dict[int, str]:
    """Of all that this address asked on this item; locked, in one order."""
    rows = AccessRequest.objects.select_for_update().filter(
        item=request.item, email=request.email, erased_at=None
    )
    return dict(rows.order_by("pk").values_list("pk", "answer"))


def _answer(request: AccessRequest, answer: RequestAnswer, by: User | None) -> None:
    rows = AccessRequest.objects.filter(pk__in=_waiting_of(request))
    rows.update(answer=answer, answered_at=timezone.now(), answered_by=by)


def _mail_again(item: MediaItem, email: str, by: User | None) -> None:
    """Nothing for whoever invites themselves. Raises `InvitationOver`."""
    there = Invitation.objects.on(item).live().filter(email=email).first()
    if there is None:
        return
    is_over = there.expires_at is not None and there.expires_at <= timezone.now()
    if is_over or there.declined_at is not None:
        raise InvitationOver
    ask_for_mails(invitations=[there], kind=MailKind.INVITE, by=by)
