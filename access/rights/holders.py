"""What people inside a session hold now, by the keys of their rows."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from access.accounts.models import User
from access.invitations.models import InvitationProof
from access.proofs import ProofKey
from access.visitors import Visitor
from media_items.live.sessions.models import Participant
from media_items.models import MediaItem


def visitors_of(people: Sequence[Participant], item: MediaItem) -> dict[int, Visitor]:
    """By the participant's id; left out is whose row names nobody any more."""
    found = {}
    for one in people:
        visitor = Visitor(HttpRequest())
        key = ProofKey.parse(one.key)
        visitor.account, visitor.admission_ids, visitor.invitation_proof_ids = None, [], []
        proofs = InvitationProof.objects.in_force(timezone.now()).filter(invitation__item=item)
        if key.kind == "guest":
            visitor.admission_ids = [key.pk]
        elif key.kind == "invitation":
            proofs = proofs.filter(invitation=key.pk)
            visitor.invitation_proof_ids = list(proofs.values_list("pk", flat=True))
        else:
            user = User.objects.filter(pk=key.pk, is_active=True).first()
            if user is None:
                continue
            visitor.account = user
            theirs = Q(invitation__email=user.email) | Q(invitation__account=user)
            visitor.invitation_proof_ids = list(proofs.filter(theirs).values_list("pk", flat=True))
        found[one.pk] = visitor
    return found
