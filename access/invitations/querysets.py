"""Which invitations and proofs count, as SQL."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.lookups import Exact

from access.blocks.policies import blocked

if TYPE_CHECKING:
    from access.invitations.models import Invitation, InvitationProof  # noqa: F401
    from media_items.models import MediaItem

TYPED = "typed"  # `models.Certainty.TYPED`, which stands above this module


class InvitationQuerySet(QuerySet["Invitation"]):
    def on(self, item: MediaItem) -> InvitationQuerySet:
        return self.filter(item=item)

    def live(self) -> InvitationQuerySet:
        """Not taken back; expired ones are live and can be prolonged."""
        return self.filter(revoked_at=None)

    def in_force(self, moment: datetime) -> InvitationQuerySet:
        """Good, and the invited address not blocked on the item: the role counts now."""
        item, email = OuterRef("item"), OuterRef("email")
        return self.good(moment).filter(~blocked(item=item, email=email, is_typed=False))

    def good(self, moment: datetime) -> InvitationQuerySet:
        """Accepted, not taken back, not expired: in force but for blocks."""
        return self.not_over(moment).filter(accepted_at__isnull=False)

    def not_over(self, moment: datetime) -> InvitationQuerySet:
        """Neither taken back nor expired: the person may accept it, for the first time or again."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=moment), revoked_at=None)


class InvitationProofQuerySet(QuerySet["InvitationProof"]):
    def in_force(self, moment: datetime) -> InvitationProofQuerySet:
        """Proofs that let their browser in now: good, and their person not blocked."""
        return self.good(moment).filter(~_is_blocked())

    def with_blocks(self) -> InvitationProofQuerySet:
        """Annotates `is_blocked`: the person invited is removed from the item or blocked on it."""
        return self.annotate(is_blocked=_is_blocked())

    def good(self, moment: datetime) -> InvitationProofQuerySet:
        """In force but for blocks. Each of these conditions alone ends it."""
        return self.filter(
            Q(invitation__expires_at=None) | Q(invitation__expires_at__gt=moment),
            expires_at__gt=moment,
            ended_at=None,
            invitation__accepted_at__isnull=False,
            invitation__revoked_at=None,
        )


def _is_blocked() -> Exists:
    """SECURITY: where the site takes a typed address for a proof, such a proof counts as typed: a
    block of whoever typed it ends it, and does not touch who has proven the address."""
    return blocked(
        item=OuterRef("invitation__item"),
        email=OuterRef("invitation__email"),
        is_typed=Exact(OuterRef("how"), Value(TYPED)),
    )
