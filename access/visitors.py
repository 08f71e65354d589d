"""Who is asking: the proofs that one browser holds, added up.

The one real implementation of `media_items.visitors.Visitor`. Nothing is asked of the database
until a question needs it, nothing is remembered beyond the request.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from access import policies, session_proofs
from access.guests.models import GuestAdmission, GuestLink
from access.identities import identity_of
from access.invitations.models import Invitation, InvitationProof
from access.invitations.services.settings import moderators_may_invite
from access.memberships.models import CoEditor, GalleryMembership, GalleryRole
from access.policies import AccountStanding, Standing, abilities_for
from access.roles import Role
from access.site_policy.services import may_make_guest_links
from media_items.abilities import Ability, GalleryAbility
from media_items.catalogue.models import Kind, State
from media_items.models import Gallery, MediaItem
from media_items.visitors import Identity

if TYPE_CHECKING:
    from access.accounts.models import User
    from access.exclusions.models import Exclusion


class Visitor:
    """Proofs: the account signed in, the invitations and the guest admissions of the session."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._now = timezone.now()
        self._answers: dict[int, frozenset[Ability]] = {}
        self._roles: dict[int, frozenset[Role]] = {}
        self._standings: dict[int, AccountStanding] = {}
        self._admissions: dict[int, list[GuestAdmission]] = {}
        self._proofs: dict[int, list[InvitationProof]] = {}
        self._invitations: dict[int, list[Invitation]] = {}
        # The invitations that let this visitor see something in this request.
        self.used_invitations: dict[int, Invitation] = {}

    @cached_property
    def account(self) -> User | None:
        user = self._request.user
        return user if user.is_authenticated else None

    @cached_property
    def admission_ids(self) -> list[int]:
        return self._proven(session_proofs.guest_admissions)

    @cached_property
    def invitation_proof_ids(self) -> list[int]:
        return self._proven(session_proofs.invitation_proofs)

    def _proven(self, proofs: session_proofs.ProofList) -> list[int]:
        # SECURITY: a browser without a session cookie has no proofs; no session is looked up.
        if settings.SESSION_COOKIE_NAME not in self._request.COOKIES:
            return []
        return proofs.ids(self._request.session)

    # --- one item -----------------------------------------------------------------------------

    def abilities_on(self, item: MediaItem) -> frozenset[Ability]:
        if item.pk not in self._answers:
            self._answers[item.pk] = abilities_for(self._standing_before(item))
            if Ability.VIEW in self._answers[item.pk]:
                self._note_use(item)
        return self._answers[item.pk]

    def roles_on(self, item: MediaItem) -> frozenset[Role]:
        """What this visitor is here, guests and passers-by apart: by account and invitation."""
        if item.pk not in self._roles:
            roles: frozenset[Role] = frozenset()
            if user := self.account:
                roles |= self._account_on(item, user).roles
            if not roles & policies.EDITING_ROLES:
                roles |= {Role(proof.invitation.role) for proof in self._proofs_on(item)}
            self._roles[item.pk] = roles
        return self._roles[item.pk]

    def _account_on(self, item: MediaItem, user: User) -> AccountStanding:
        if item.pk not in self._standings:
            self._standings[item.pk] = policies.standing_of_account(
                user=user, item=item, invited=self._invited
            )
        return self._standings[item.pk]

    def identity_on(self, item: MediaItem) -> Identity:
        return identity_of(self, item)

    def is_excluded_account_on(self, item: MediaItem) -> bool:
        user = self.account
        return user is not None and self._account_on(item, user).is_excluded

    def is_put_out_of(self, invitation: Invitation) -> bool:
        """Whether they have proven to be the person invited, and that person has been put out."""
        item, user = invitation.item, self.account
        if any(one.invitation_id == invitation.pk for one in self.excluded_proofs_on(item)):
            return True
        is_theirs = user is not None and policies.is_invited_account(invitation, user)
        return is_theirs and self.is_excluded_account_on(item)

    def admission_on(self, item: MediaItem) -> GuestAdmission | None:
        """This browser's newest guest admission in force on the item."""
        return next(iter(self._admissions_on(item)), None)

    def invitation_on(self, item: MediaItem) -> Invitation | None:
        """The invitation that this browser proves on the item, or else the account's own."""
        if proofs := self._proofs_on(item):
            return proofs[0].invitation
        user = self.account
        if user is None or item.owner_id == user.pk:
            return None
        return next(iter(self._invited(item)), None)

    def holds(self, invitation: Invitation) -> bool:
        """Whether this visitor is inside by that invitation, by browser or by account."""
        if any(one.invitation_id == invitation.pk for one in self._proofs_on(invitation.item)):
            return True
        user = self.account
        return (
            user is not None
            and invitation.is_good_at(self._now)
            and policies.is_invited_account(invitation, user)
            and any(one.pk == invitation.pk for one in self._invited(invitation.item))
        )

    def proofs_on(self, item: MediaItem) -> list[InvitationProof]:
        """What this browser proves in force on the item, newest first."""
        return list(self._proofs_on(item))

    def excluded_proofs_on(self, item: MediaItem) -> list[InvitationProof]:
        """What this browser would prove, were its person not put out of the item."""
        return [one for one in self._all_proofs_on(item) if _is_out(one)]

    def excluded_admissions_on(self, item: MediaItem) -> list[GuestAdmission]:
        return [one for one in self._all_admissions_on(item) if _is_out(one)]

    def exclusion_on(self, item: MediaItem) -> Exclusion | None:
        """What puts a person whom this browser proves out of the item; a block before a removal.

        No query where nobody is put out.
        """
        emails = {one.invitation.email for one in self.excluded_proofs_on(item)}
        emails |= {one.guest.email for one in self.excluded_admissions_on(item)}
        if self.account and self.is_excluded_account_on(item):
            emails.add(self.account.email)
        return policies.exclusion_of(item=item, emails=emails, are_proven=False) if emails else None

    def came_by(self, item: MediaItem) -> tuple[Invitation, InvitationProof | None] | None:
        """The invitation by which this visitor is or once was inside, in force or not.

        With the browser's proof of it, or None where the account is the proof. SECURITY: whoever
        proves nothing, and an unverified account, gets None.
        """
        proof = next(iter(self._proofs_on(item)), None)
        if proof is None and self.invitation_proof_ids:
            proof = (
                InvitationProof.objects.filter(
                    pk__in=self.invitation_proof_ids, invitation__item=item
                )
                .select_related("invitation")
                .order_by("-proven_at", "-pk")
                .first()
            )
        if proof:
            return proof.invitation, proof
        user = self.account
        if user is None or item.owner_id == user.pk:
            return None
        newest = policies.ever_invited(user).on(item).order_by("-created_at", "-pk").first()
        return (newest, None) if newest else None

    def needs_no_guest_link(self, link: GuestLink) -> bool:
        """Whether they see the item already as more than a guest, or as a guest of this link."""
        if Ability.VIEW not in self.abilities_on(link.item):
            return False
        by_link = (one.guest.link_id == link.pk for one in self._admissions_on(link.item))
        return any(by_link) or bool(self.roles_on(link.item))

    def _note_use(self, item: MediaItem) -> None:
        """From what the answer has loaded already; asks nothing of the database."""
        for proof in self._proofs_on(item) if item.pk in self._proofs else ():
            self.used_invitations[proof.invitation_id] = proof.invitation
        for invitation in self._invitations.get(item.pk, ()):
            self.used_invitations[invitation.pk] = invitation

    def _invited(self, item: MediaItem) -> list[Invitation]:
        """The account's own invitations in force on the item. One query."""
        user = self.account
        if item.pk not in self._invitations:
            self._invitations[item.pk] = (
                list(policies.invitations_of(user, self._now).filter(item=item).order_by("pk"))
                if user
                else []
            )
        return self._invitations[item.pk]

    def _proofs_on(self, item: MediaItem) -> list[InvitationProof]:
        """In force, newest first."""
        return [one for one in self._all_proofs_on(item) if not _is_out(one)]

    def _all_proofs_on(self, item: MediaItem) -> list[InvitationProof]:
        """With those of people put out. One query, or none for a browser that proves nothing."""
        if item.pk not in self._proofs:
            self._proofs[item.pk] = list(
                InvitationProof.objects.good(self._now)
                .with_exclusions()
                .filter(pk__in=self.invitation_proof_ids, invitation__item=item)
                .select_related("invitation")
                .order_by("-proven_at", "-pk")
                if self.invitation_proof_ids
                else []
            )
        return self._proofs[item.pk]

    def _admissions_on(self, item: MediaItem) -> list[GuestAdmission]:
        """In force, newest first."""
        return [one for one in self._all_admissions_on(item) if not _is_out(one)]

    def _all_admissions_on(self, item: MediaItem) -> list[GuestAdmission]:
        """With those of people put out. One query, or none for a browser that proves nothing."""
        if item.pk not in self._admissions:
            self._admissions[item.pk] = list(
                GuestAdmission.objects.good(self._now)
                .with_exclusions()
                .on(item)
                .filter(pk__in=self.admission_ids)
                .select_related("guest__link")
                .order_by("-admitted_at", "-pk")
                if self.admission_ids
                else []
            )
        return self._admissions[item.pk]

    def _standing_before(self, item: MediaItem) -> Standing:
        roles = self.roles_on(item)
        allows: frozenset[Ability] = frozenset()
        if not roles & policies.EDITING_ROLES and (admissions := self._admissions_on(item)):
            roles |= {Role.GUEST}
            allows = allows.union(*(admission.guest.link.allows for admission in admissions))
        if item.state == State.UNLISTED:
            roles |= {Role.PASSER_BY}
        user = self.account
        return Standing(
            kind=Kind(item.kind),
            roles=roles,
            guest_allows=allows,
            is_available=item.is_available_at(self._now),
            is_in_bin=item.deleted_at is not None,
            may_make_guest_links=bool(
                user and roles & policies.EDITING_ROLES and may_make_guest_links(user)
            ),
            moderators_may_invite=Role.MODERATOR in roles and moderators_may_invite(item),
        )

    # --- lists --------------------------------------------------------------------------------

    def visible_items(self) -> QuerySet[MediaItem]:
        return policies.items_visible_to(
            user=self.account,
            admission_ids=self.admission_ids,
            proof_ids=self.invitation_proof_ids,
            moment=self._now,
        )

    def own_items(self) -> QuerySet[MediaItem]:
        if self._user_id is None:
            return MediaItem.objects.none()
        return MediaItem.objects.filter(owner_id=self._user_id)

    def shared_items(self) -> QuerySet[MediaItem]:
        user = self.account
        if user is None:
            return MediaItem.objects.none()
        co_edited = Exists(CoEditor.objects.filter(item=OuterRef("pk"), user_id=user.pk))
        invited = Exists(policies.invitations_of(user, self._now).filter(item=OuterRef("pk")))
        available = MediaItem.objects.available_at(self._now).values("pk")
        return (
            MediaItem.objects.live()
            .filter(co_edited | (invited & Q(pk__in=available)))
            .exclude(owner_id=user.pk)
        )

    @property
    def _user_id(self) -> int | None:
        return self.account.pk if self.account else None

    # --- galleries ----------------------------------------------------------------------------

    def abilities_in(self, gallery: Gallery) -> frozenset[GalleryAbility]:
        if self._user_id is None:
            return frozenset()
        role = (
            GalleryMembership.objects.filter(gallery=gallery, user_id=self._user_id)
            .values_list("role", flat=True)
            .first()
        )
        return policies.gallery_abilities_for(GalleryRole(role) if role else None)

    def galleries_with(self, ability: GalleryAbility) -> QuerySet[Gallery]:
        return policies.galleries_with(user_id=self._user_id, ability=ability)


def _is_out(proof: GuestAdmission | InvitationProof) -> bool:
    """As `with_exclusions` found it."""
    return bool(proof.is_excluded)  # type: ignore[union-attr]
