"""The rows by which somebody is let in as the person invited: asked at every request, and so
compiled once."""

from __future__ import annotations

from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from access.blocks.policies import blocked
from access.invitations.models import Invitation, InvitationProof
from media_items.catalogue.querysets import with_owner_of
from media_items.compiled import compiled
from media_items.lookups import items_named


@compiled
def good_proofs(
    *,
    item: int,
    moment: datetime,
    pks: tuple[int, ...],
    invitations: tuple[int, ...],
    accounts: tuple[int, ...],
    emails: tuple[str, ...],
) -> QuerySet[InvitationProof]:
    """Of these proofs, of these invitations, or of invitations to these people: the newest first,
    each with its invitation and whether it `is_blocked`."""
    theirs = Q(pk__in=pks) | Q(invitation__pk__in=invitations)
    theirs |= Q(invitation__account__in=accounts) | Q(invitation__email__in=emails)
    return _good(moment).filter(theirs, invitation__item=item)


@compiled
def invitations_in_force(
    *, item: int, moment: datetime, accounts: tuple[int, ...], proven: tuple[str, ...]
) -> QuerySet[Invitation]:
    """To the item, bound to these accounts or sent to these addresses; each with whether its
    account `is_account_blocked`."""
    is_blocked = blocked(item=item, email=OuterRef("account__email"), is_typed=False)
    return (
        Invitation.objects.in_force(moment)
        .filter(Q(account__in=accounts) | Q(email__in=proven), item=item)
        .annotate(is_account_blocked=is_blocked)
        .order_by("pk")
    )


@compiled
def good_proofs_to(
    *, public_id: str, moment: datetime, pks: tuple[int, ...]
) -> QuerySet[InvitationProof]:
    """Of these proofs, as `good_proofs`, each with the item itself."""
    items = items_named.queryset(public_id=public_id, deleted=False)
    rows = _good(moment).filter(pk__in=pks, invitation__item__in=items)
    return with_owner_of(rows, "invitation__item__")


def _good(moment: datetime) -> QuerySet[InvitationProof]:
    good = InvitationProof.objects.good(moment).with_blocks()
    return good.select_related("invitation").order_by("-proven_at", "-pk")


def left_by_choice(moment: datetime) -> QuerySet[Invitation]:
    """Declined by the people themselves, or left in the last of the browsers in which they had
    proven it, and over for no other reason: they may come back by their link."""
    proofs = InvitationProof.objects.filter(invitation=OuterRef("pk"))
    ended = proofs.order_by(Coalesce("ended_at", "expires_at").desc(), "-pk")
    is_blocked = blocked(item=OuterRef("item"), email=OuterRef("email"), is_typed=False)
    return (
        Invitation.objects.not_over(moment)
        .annotate(last_left_at=Subquery(ended.values("left_at")[:1]))
        .filter(Q(declined_at__isnull=False) | Q(last_left_at__isnull=False))
        .filter(~is_blocked)
    )
