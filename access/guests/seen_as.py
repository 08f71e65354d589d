"""A guest of a link who is nobody: for the host who looks at what guests see.

Nothing is written. Whoever this is has the rights of a guest of the link, by the same rules, and no
more; their key names nobody, so they take part in nothing (docs/adr/0038).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.translation import gettext as _

from access.accounts.models import User
from access.guests.models import Guest, GuestAdmission, GuestLink
from access.guests.proofs import AdmissionProof, GuestProofs
from access.proofs import ProofKey, Reach
from access.requests import VisitorRequest
from access.roles import Role
from access.visitors import Visitor
from media_items.models import MediaItem
from media_items.visitors import Certainty, Identity, IdentityKind

NOBODYS_KEY = ProofKey(GuestProofs.kind, 0)  # no row has it, and no key is read back from it


class GuestOfLink(GuestProofs):
    """What somebody would hold who has just joined by the link."""

    def __init__(self, link: GuestLink) -> None:
        super().__init__()
        self._link = link

    @classmethod
    def load(
        cls, holdings: Sequence[GuestProofs], item: MediaItem, moment: datetime
    ) -> list[Sequence[AdmissionProof]]:
        """No query."""
        return [one.proofs_on(item, moment) for one in holdings if isinstance(one, cls)]

    def held(self) -> None:
        """Nothing that is stored."""

    def can_load_named(self) -> bool:
        return False

    def proofs_on(self, item: MediaItem, moment: datetime) -> list[AdmissionProof]:
        """As `GuestAdmissionQuerySet.good` has it."""
        link = self._link
        is_over = link.expires_at is not None and link.expires_at <= moment
        if link.item_id != item.pk or link.deleted_at or is_over:
            return []
        identity = Identity(
            key=str(NOBODYS_KEY),
            kind=IdentityKind.GUEST,
            name=_("Guest’s name"),
            email="",
            certainty=Certainty.TYPED,
            must_verify=link.verify_before_quiz,
        )
        return [
            AdmissionProof(
                key=NOBODYS_KEY,
                identity=identity,
                roles=frozenset({Role.GUEST}),
                allows=link.allows,
                admission=GuestAdmission(guest=Guest(link=link)),
            )
        ]

    def reach(self, moment: datetime) -> Reach:
        """In no list: one page of one item is shown."""
        return Reach()


class NotSignedIn(AnonymousUser):
    """The reader of a page that is shown as a guest sees it. What this browser keeps of what was
    typed is still the account's."""

    def __init__(self, account: User) -> None:
        super().__init__()
        self.browser_mark = account.browser_mark


@dataclass(frozen=True)
class SeenAs:
    """What the line above such a page says: of which link, and where else to look."""

    link: GuestLink
    is_inside: bool  # the page after joining; else the door

    @property
    def door(self) -> str:
        return reverse("access:guest_door", args=[self.link.item.public_id, self.link.pk])

    @property
    def inside(self) -> str:
        return reverse("access:guest_page", args=[self.link.item.public_id, self.link.pk])

    @property
    def back(self) -> str:
        return reverse("access:guest_links", args=[self.link.item.public_id])


def see_as_guest(
    request: VisitorRequest, link: GuestLink, *, account: User, is_inside: bool
) -> None:
    """What is drawn from now on is drawn for a guest of the link, who is not signed in.

    SECURITY: the caller has asked whether the account may; afterwards the request has only the
    rights of such a guest.
    """
    request.visitor = Visitor([GuestOfLink(link)])
    request.user = NotSignedIn(account)
    request.is_only_shown = True
    request.seen_as = SeenAs(link, is_inside)
