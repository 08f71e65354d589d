"""Invitations as proofs: what accounts hold by their address, and browsers by having proven it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Self

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest

from access import session_proofs
from access.accounts.models import User
from access.blocks.policies import blocked
from access.invitations.models import Invitation, InvitationProof, InvitationRole
from access.invitations.policies import (
    ever_invited,
    invitations_of,
    is_invited_account,
    moderators_may_invite,
)
from access.memberships.proofs import AccountProofs, account_identity, signed_in
from access.policies import Standing
from access.proofs import Holding, Person, Proof, ProofKey, Reach, Weight
from access.roles import Role
from media_items.models import MediaItem
from media_items.visitors import Certainty, Identity, IdentityKind

if TYPE_CHECKING:
    from access.visitors import Visitor


@dataclass(frozen=True, kw_only=True)
class InvitedProof(Proof):
    """`browser` is None where the account is the proof."""

    invitation: Invitation
    browser: InvitationProof | None


class InvitationProofs(Holding[InvitedProof]):
    """First one proof per browser that was proven, then one per invitation of the account's own."""

    kind = "invitation"
    weight = Weight.IN_PERSON

    def __init__(
        self,
        *,
        request: HttpRequest | None = None,
        account: User | None = None,
        of_invitation: int | None = None,
        by_any_browser: bool = False,
    ) -> None:
        """`of_invitation`: whatever browsers have proven for that one. `by_any_browser`: what any
        browser has proven for the account's own."""
        self._request = request
        self._account = account
        self._of_invitation = of_invitation
        self._by_any_browser = by_any_browser

    @classmethod
    def of_request(cls, request: HttpRequest) -> Self:
        return cls(request=request)

    @classmethod
    def of_account(cls, account: User) -> Self:
        return cls(account=account)

    @classmethod
    def of_keys(cls, keys: Collection[ProofKey]) -> dict[ProofKey, Self]:
        """One query. An account has what it has, and what browsers have proven for its address; a
        person invited what browsers have proven for the invitation."""
        found = {key: cls(of_invitation=key.pk) for key in keys if key.kind == cls.kind}
        for key, held in AccountProofs.of_keys(keys).items():
            found[key] = cls(account=held.account, by_any_browser=True)
        return found

    @cached_property
    def holder(self) -> User | None:
        """The account whose own invitations count."""
        return signed_in(self._request) if self._request else self._account

    @cached_property
    def proof_ids(self) -> list[int]:
        """What the browser has proven."""
        return session_proofs.invitation_proofs.proven_by(self._request) if self._request else []

    # --- before one item

    @classmethod
    def load(
        cls, holdings: Sequence[Self], item: MediaItem, moment: datetime
    ) -> list[Sequence[InvitedProof]]:
        """One query for what browsers have proven, one for what accounts were sent."""
        by_browser = cls._of_browsers(holdings, item, moment)
        own = cls._of_accounts(holdings, item, moment)
        return [
            [one._proof(row.invitation, row) for row in by_browser if one._holds_browser(row)]
            + [one._proof(row, None) for row in own if one._holds_own(row, item)]
            for one in holdings
        ]

    @classmethod
    def _of_browsers(
        cls, holdings: Sequence[Self], item: MediaItem, moment: datetime
    ) -> list[InvitationProof]:
        wanted = [browsers for one in holdings if (browsers := one._browsers()) is not None]
        if not wanted:
            return []
        rows = InvitationProof.objects.good(moment).with_blocks()
        rows = rows.filter(Q(*wanted, _connector=Q.OR), invitation__item=item)
        return list(rows.select_related("invitation").order_by("-proven_at", "-pk"))

    def _browsers(self) -> Q | None:
        """The condition on `InvitationProof`; None where there is nothing to ask for."""
        if self._of_invitation is not None:
            return Q(invitation=self._of_invitation)
        if self._by_any_browser and self.holder:
            return Q(invitation__email=self.holder.email) | Q(invitation__account=self.holder)
        return Q(pk__in=self.proof_ids) if self.proof_ids else None

    def _holds_browser(self, row: InvitationProof) -> bool:
        """The same of one row at hand."""
        if self._of_invitation is not None:
            return row.invitation_id == self._of_invitation
        if self._by_any_browser:
            return self._is_own(row.invitation)
        return row.pk in self.proof_ids

    @classmethod
    def _of_accounts(
        cls, holdings: Sequence[Self], item: MediaItem, moment: datetime
    ) -> list[Invitation]:
        """In force, of all these accounts; the owner of the item needs none."""
        users = [one.holder for one in holdings if one.holder and one.holder.pk != item.owner_id]
        if not users:
            return []
        theirs = Q(account__in=[user.pk for user in users])
        if proven := [user.email for user in users if user.email_verified_at]:
            theirs |= Q(email__in=proven)
        is_out = blocked(item=item, email=OuterRef("account__email"), is_typed=False)
        rows = Invitation.objects.in_force(moment).filter(theirs, item=item)
        return list(rows.annotate(is_account_out=is_out).order_by("pk"))

    def _holds_own(self, invitation: Invitation, item: MediaItem) -> bool:
        """Of one row of `_of_accounts`; as SQL it is `invitations_of`.

        SECURITY: removed by the invited address or by the account's own, the account is out.
        """
        user = self.holder
        if user is None or user.pk == item.owner_id or not is_invited_account(invitation, user):
            return False
        is_out = invitation.is_account_out  # type: ignore[attr-defined]
        return not (is_out and invitation.account_id == user.pk)

    def _is_own(self, invitation: Invitation) -> bool:
        """A browser that proved the address of the account signed in has proven nobody else."""
        user = self.holder
        return user is not None and (
            invitation.account_id == user.pk or invitation.email == user.email
        )

    def _proof(self, invitation: Invitation, browser: InvitationProof | None) -> InvitedProof:
        """`is_blocked` as `with_blocks` found it; an account's own are in force."""
        key = self.key_of(invitation.pk)
        if self.holder and (browser is None or self._is_own(invitation)):
            identity = account_identity(self.holder)
        else:
            identity = Identity(
                key=str(key),
                kind=IdentityKind.INVITEE,
                name=invitation.get_full_name(),
                email=invitation.email,
                certainty=Certainty(browser.how) if browser else Certainty.SIGNED_IN,
                role=invitation.get_role_display(),
            )
        return InvitedProof(
            key=key,
            identity=identity,
            roles=frozenset({Role(invitation.role)}),
            emails=frozenset({invitation.email}),
            is_blocked=browser is not None and bool(browser.is_blocked),  # type: ignore[attr-defined]
            invitation=invitation,
            browser=browser,
        )

    @classmethod
    def refine(cls, standing: Standing, *, item: MediaItem, account: User | None) -> Standing:
        may = Role.MODERATOR in standing.roles and moderators_may_invite(item)
        return replace(standing, moderators_may_invite=may)

    # --- lists

    def reach(self, moment: datetime) -> Reach:
        sees = self.shared(moment).sees
        if self.proof_ids:
            proven = InvitationProof.objects.in_force(moment).filter(
                pk__in=self.proof_ids, invitation__item=OuterRef("pk")
            )
            sees |= Q(Exists(proven))
        return Reach(sees=sees)

    def shared(self, moment: datetime) -> Reach:
        if self.holder is None:
            return Reach()
        theirs = invitations_of(self.holder, moment).filter(item=OuterRef("pk"))
        return Reach(sees=Q(Exists(theirs)))

    # --- about keys and addresses

    @classmethod
    def people(cls, keys: Collection[ProofKey], item: MediaItem) -> dict[ProofKey, Person]:
        """Of an account: every address that an invitation to the item bound to it, and the one
        that is not taken back. Three queries."""
        found = {}
        pks = [key.pk for key in keys if key.kind == cls.kind]
        named = Invitation.objects.on(item).filter(pk__in=pks).exclude(email="")
        named = named.select_related("account")
        for one in named if pks else ():
            emails = {one.email} | ({one.account.email} if one.account else set())
            found[cls.key_of(one.pk)] = Person(frozenset(emails), {"invitation": one})
        accounts = [key.pk for key in keys if key.kind == AccountProofs.kind]
        users = list(User.objects.filter(pk__in=accounts)) if accounts else []
        by_address = {user.email: user.pk for user in users if user.email_verified_at}
        theirs = Q(account__in=users) | Q(email__in=by_address)
        rows = Invitation.objects.on(item).filter(theirs).order_by("revoked_at", "-pk")
        for one in rows if users else ():
            for user in users:
                if is_invited_account(one, user):
                    key = AccountProofs.key_of(user.pk)
                    bound = frozenset({one.email} if one.account_id == user.pk else ())
                    live = {"invitation": one} if one.revoked_at is None else {}
                    found[key] = Person(bound, live) | found.get(key, Person())
        return found

    @classmethod
    def moderates(cls, item: MediaItem, emails: Collection[str]) -> bool:
        """By an invitation that is not taken back, accepted or not."""
        live = Invitation.objects.on(item).live().filter(role=InvitationRole.MODERATOR)
        return live.filter(Q(email__in=emails) | Q(account__email__in=emails)).exists()


# --- what the room asks about whoever stands there ------------------------------------------------


def invitation_on(visitor: Visitor, item: MediaItem) -> Invitation | None:
    """The invitation that this browser proves on the item, or else the account's own."""
    return next((one.invitation for one in visitor.in_force(InvitationProofs, item)), None)


def browsers_on(visitor: Visitor, item: MediaItem) -> list[InvitationProof]:
    """What this browser proves in force on the item, newest first."""
    found = visitor.in_force(InvitationProofs, item)
    return [one.browser for one in found if one.browser is not None]


def holds(visitor: Visitor, invitation: Invitation) -> bool:
    """Whether this visitor is inside by that invitation, by browser or by account."""
    if not _may_be_theirs(visitor, invitation):
        return False
    user, item = visitor.account, invitation.item
    if user and user.pk == item.owner_id and is_invited_account(invitation, user):
        return invitation.is_good_at(visitor.moment)
    inside = visitor.in_force(InvitationProofs, item)
    return any(one.invitation.pk == invitation.pk for one in inside)


def is_blocked_from(visitor: Visitor, invitation: Invitation) -> bool:
    """Whether they have proven to be the person invited, and that person has been removed."""
    if not _may_be_theirs(visitor, invitation):
        return False
    user, item = visitor.account, invitation.item
    proven = visitor.proofs_of(InvitationProofs, item)
    if any(one.is_blocked and one.invitation.pk == invitation.pk for one in proven):
        return True
    is_theirs = user is not None and is_invited_account(invitation, user)
    return is_theirs and any(one.is_blocked for one in visitor.proofs_of(AccountProofs, item))


def _may_be_theirs(visitor: Visitor, invitation: Invitation) -> bool:
    """SECURITY: asks nothing of the database for a stranger with the link."""
    user, holding = visitor.account, visitor.holding(InvitationProofs)
    if user is not None and is_invited_account(invitation, user):
        return True
    return holding is not None and bool(holding.proof_ids)


def came_by(visitor: Visitor, item: MediaItem) -> tuple[Invitation, InvitationProof | None] | None:
    """The invitation by which somebody is or once was inside, in force or not.

    With the browser's proof of it, one in force before all others, or None where the account is
    the proof. SECURITY: whoever proves nothing, and an unverified account, gets None.
    """
    holding = visitor.holding(InvitationProofs)
    if holding and holding.proof_ids:
        proven = InvitationProof.objects.filter(pk__in=holding.proof_ids, invitation__item=item)
        in_force = Exists(
            InvitationProof.objects.in_force(visitor.moment).filter(pk=OuterRef("pk"))
        )
        newest = proven.order_by(in_force.desc(), "-proven_at", "-pk")
        if proof := newest.select_related("invitation").first():
            return proof.invitation, proof
    user = visitor.account
    if user is None or item.owner_id == user.pk:
        return None
    sent = ever_invited(user).on(item).order_by("-created_at", "-pk").first()
    return (sent, None) if sent else None
