"""Invitations as proofs: of an account by its address, of a browser by having proven it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Self

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils import timezone

from access import session_proofs
from access.accounts.models import User
from access.blocks.digests import address_digests
from access.blocks.policies import Address, blocked
from access.invitations.loading import (
    good_proofs,
    good_proofs_to,
    invitations_in_force,
    left_by_choice,
)
from access.invitations.models import Invitation, InvitationProof, InvitationRole
from access.invitations.policies import (
    invitations_held,
    invitations_of,
    is_invited_account,
    moderators_may_invite,
    proven_addresses,
)
from access.last_seen import unseen_since
from access.memberships.proofs import AccountProofs, account_identity, signed_in
from access.policies import EDITING_ROLES, Standing
from access.proofs import Holding, Person, Proof, ProofKey, Reach, Weight
from access.roles import Role
from access.site_policy.models import current_policy
from media_items.models import MediaItem
from media_items.people_behind import PersonBehind
from media_items.visitors import Certainty, Identity, IdentityKind


@dataclass(frozen=True, kw_only=True)
class InvitedProof(Proof):
    """`browser` is None where the account is the proof."""

    invitation: Invitation
    browser: InvitationProof | None

    @property
    def certainty(self) -> Certainty:
        """SECURITY: somebody signed in who has only typed the invited email is sure to be the
        account, not to be the person invited."""
        return Certainty(self.browser.how) if self.browser else self.identity.certainty


def _apart(browser: InvitationProof | None) -> str:
    """SECURITY: whoever has only typed the invited address is somebody in their browser alone."""
    return str(browser.pk) if browser and browser.how == Certainty.TYPED else ""


class InvitationProofs(Holding[InvitedProof]):
    """First one proof for each proven browser, then one for each invitation of the account."""

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
        """`of_invitation`: the proofs of all browsers for that invitation. `by_any_browser`: also
        the proofs of all browsers for the account's invitations."""
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
        """One query. An account holds its own invitations and what browsers have proven for its
        address; a person invited holds what browsers have proven for the invitation."""
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
        """Of the rows this browser has proven."""
        return session_proofs.invitation_proofs.proven_by(self._request) if self._request else []

    # --- before one item

    @classmethod
    def load(
        cls, holdings: Sequence[Self], item: MediaItem, moment: datetime
    ) -> list[Sequence[InvitedProof]]:
        """One query for the proofs of browsers, one for the invitations of accounts."""
        by_browser = cls._of_browsers(holdings, item, moment)
        own = cls._of_accounts(holdings, item, moment)
        return [
            [one._proof(row.invitation, row) for row in by_browser if one._holds_browser(row)]
            + [one._proof(row, None) for row in own if one._holds_own(row, item)]
            for one in holdings
        ]

    def can_load_named(self) -> bool:
        """An account has invitations of its own besides."""
        return self.holder is None

    def load_named(
        self, public_id: str, moment: datetime
    ) -> tuple[MediaItem, Sequence[InvitedProof]] | None:
        pks = tuple(self.proof_ids)
        rows = good_proofs_to(public_id=public_id, moment=moment, pks=pks)
        if not rows:
            return None
        return rows[0].invitation.item, [self._proof(one.invitation, one) for one in rows]

    @classmethod
    def _of_browsers(
        cls, holdings: Sequence[Self], item: MediaItem, moment: datetime
    ) -> list[InvitationProof]:
        pks = {pk for one in holdings if one._is_of_browser() for pk in one.proof_ids}
        invitations = {one._of_invitation for one in holdings if one._of_invitation is not None}
        holders = [one.holder for one in holdings if one._by_any_browser and one.holder]
        if not (pks or invitations or holders):
            return []
        return good_proofs(
            item=item.pk,
            moment=moment,
            pks=tuple(pks),
            invitations=tuple(invitations),
            accounts=tuple(user.pk for user in holders),
            emails=tuple(user.email for user in holders),
        )

    def _is_of_browser(self) -> bool:
        """One browser's, known by the rows it has proven."""
        return self._of_invitation is None and not self._by_any_browser

    def _holds_browser(self, row: InvitationProof) -> bool:
        """Whether a row of `_of_browsers` is of this one of them."""
        if self._of_invitation is not None:
            return row.invitation_id == self._of_invitation
        if self._by_any_browser:
            return self._is_own(row.invitation)
        return row.pk in self.proof_ids

    @classmethod
    def _of_accounts(
        cls, holdings: Sequence[Self], item: MediaItem, moment: datetime
    ) -> list[Invitation]:
        """The invitations in force of all these accounts. The owner of the item needs none."""
        users = [one.holder for one in holdings if one.holder and one.holder.pk != item.owner_id]
        if not users:
            return []
        return invitations_in_force(
            item=item.pk,
            moment=moment,
            accounts=tuple(user.pk for user in users),
            proven=tuple(user.email for user in users if user.email_verified_at),
        )

    def _holds_own(self, invitation: Invitation, item: MediaItem) -> bool:
        """For one row of `_of_accounts`; as SQL it is `invitations_of`.

        SECURITY: not while the invited address or the account's own is blocked on the item.
        """
        user = self.holder
        if user is None or user.pk == item.owner_id or not is_invited_account(invitation, user):
            return False
        is_blocked = invitation.is_account_blocked  # type: ignore[attr-defined]
        return not (is_blocked and invitation.account_id == user.pk)

    def _is_own(self, invitation: Invitation) -> bool:
        """Whether it is bound to the account, or was sent to its address.

        A browser that proves such an invitation proves the account and nobody else.
        """
        user = self.holder
        return user is not None and (
            invitation.account_id == user.pk or invitation.email == user.email
        )

    def _proof(self, invitation: Invitation, browser: InvitationProof | None) -> InvitedProof:
        """`is_blocked` is what `with_blocks` annotated; an account's own are in force."""
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
                role_label=invitation.get_role_display(),
                browser=_apart(browser),
            )
        return InvitedProof(
            key=key,
            identity=identity,
            roles=frozenset({Role(invitation.role)}),
            emails=frozenset({invitation.email}),
            ends_at=invitation.expires_at,
            shown_until=browser.expires_at if browser else None,
            is_blocked=browser is not None and bool(browser.is_blocked),  # type: ignore[attr-defined]
            invitation=invitation,
            browser=browser,
        )

    @classmethod
    def refine(cls, standing: Standing, *, item: MediaItem, account: User | None) -> Standing:
        """What the host and the site let moderators do. Three queries at most."""
        may = Role.MODERATOR in standing.roles and moderators_may_invite(item)
        if may and not standing.roles & EDITING_ROLES:
            roles = current_policy().roles_that_invite(account)
            standing = replace(standing, may_invite_as=roles)
        return replace(standing, moderators_may_invite=may)

    # --- lists

    HELD = frozenset(
        {"invited", "invited_proven", "invited_emails", "invited_digests", "invitation_proofs"}
    )

    def held(self) -> Mapping[str, Any]:
        user = self.holder
        if user is None and not self.proof_ids:
            return {}
        address = Address.of(user.email) if user else Address((), ())
        return {
            "invited": user.pk if user else None,
            "invited_proven": proven_addresses(user) if user else (),
            "invited_emails": address.emails,
            "invited_digests": address.digests,
            "invitation_proofs": tuple(self.proof_ids),
        }

    @classmethod
    def reach_of(cls, moment: datetime, **held: Any) -> Reach:
        return Reach(sees=cls._gives_role(moment, Q(), Q(), **held))

    @classmethod
    def unnoted_of(cls, moment: datetime, before: datetime, **held: Any) -> Q:
        of_browser, of_account = unseen_since(before, "invitation__"), unseen_since(before)
        return cls._gives_role(moment, of_browser, of_account, **held)

    @staticmethod
    def _gives_role(moment: datetime, of_browser: Q, of_account: Q, **held: Any) -> Q:
        """Items where a proof of the browser, or an invitation of the account, is in force of which
        the condition is true besides."""
        proven = InvitationProof.objects.in_force(moment).filter(
            of_browser, pk__in=held["invitation_proofs"], invitation__item=OuterRef("pk")
        )
        found = Q(Exists(proven))
        if held["invited"] is not None:
            address = Address(held["invited_emails"], held["invited_digests"])
            theirs = invitations_held(held["invited"], held["invited_proven"], address, moment)
            found |= Q(Exists(theirs.filter(of_account, item=OuterRef("pk"))))
        return found

    def shared(self, moment: datetime) -> Reach:
        if self.holder is None:
            return Reach()
        theirs = invitations_of(self.holder, moment).filter(item=OuterRef("pk"))
        return Reach(sees=Q(Exists(theirs)))

    # --- about keys and addresses

    @classmethod
    def is_there(cls, pk: int) -> bool:
        return bool(Invitation.objects.filter(pk=pk).exclude(email="").exists())

    @classmethod
    def left_quiz(cls, keys: Collection[ProofKey], item: MediaItem) -> set[ProofKey]:
        """Also of accounts, which leave by declining. Two queries at most."""
        pks = [key.pk for key in keys if key.kind == cls.kind]
        accounts = [key.pk for key in keys if key.kind == AccountProofs.kind]
        users = list(User.objects.filter(pk__in=accounts)) if accounts else []
        verified = [user.email for user in users if user.email_verified_at]
        if not (pks or users):
            return set()
        left = left_by_choice(timezone.now()).filter(item=item)
        rows = list(left.filter(Q(pk__in=pks) | Q(account__in=users) | Q(email__in=verified)))
        return {cls.key_of(one.pk) for one in rows} | {
            AccountProofs.key_of(user.pk)
            for user in users
            if any(is_invited_account(one, user) for one in rows)
        }

    @classmethod
    def behind(cls, keys: Collection[ProofKey], item: MediaItem) -> dict[ProofKey, PersonBehind]:
        pks = [key.pk for key in keys if key.kind == cls.kind]
        rows = Invitation.objects.on(item).filter(pk__in=pks).exclude(email="")
        is_blocked = blocked(item=item, email=OuterRef("email"), is_typed=False)
        return {
            cls.key_of(one.pk): PersonBehind(
                one.email,
                may_be_mailed=not (one.is_blocked or one.revoked_at or one.declined_at),
            )
            for one in (rows.annotate(is_blocked=is_blocked) if pks else ())
        }

    @classmethod
    def people(cls, keys: Collection[ProofKey], item: MediaItem) -> dict[ProofKey, Person]:
        """For an account: every address that an invitation to the item bound to it, and the
        invitation that is not taken back. Three queries."""
        found = {}
        pks = [key.pk for key in keys if key.kind == cls.kind]
        named = Invitation.objects.on(item).filter(pk__in=pks).exclude(email="")
        named = named.select_related("account")
        for one in named if pks else ():
            emails, others = {one.email}, set()
            if one.account:
                emails.add(one.account.email)
                others.add(AccountProofs.key_of(one.account.pk))
            person = Person(frozenset(emails), {"invitation": one}, frozenset(others))
            found[cls.key_of(one.pk)] = person
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
                    its = frozenset({cls.key_of(one.pk)})
                    found[key] = Person(bound, live, its) | found.get(key, Person())
        return found

    def blocks_ever(self, item: MediaItem) -> Q:
        if not self.proof_ids:
            return Q()
        proofs = InvitationProof.objects.filter(pk__in=self.proof_ids, invitation__item=item)
        rows = proofs.exclude(invitation__email="").values_list("how", "invitation__email")
        theirs = Q()
        for how, email in rows:
            reached = Q(email=email) | Q(digest__in=address_digests([email]))
            theirs |= reached if how == Certainty.TYPED else reached & Q(only_typed=False)
        return theirs

    @classmethod
    def knows(cls, email: str, item: MediaItem, *, apart_from: Collection[ProofKey]) -> bool:
        erased = [key.pk for key in apart_from if key.kind == cls.kind]
        return Invitation.objects.on(item).filter(email=email).exclude(pk__in=erased).exists()

    @classmethod
    def moderates(cls, item: MediaItem, emails: Collection[str]) -> bool:
        """By an invitation that is not taken back, whether accepted or not."""
        live = Invitation.objects.on(item).live().filter(role=InvitationRole.MODERATOR)
        return live.filter(Q(email__in=emails) | Q(account__email__in=emails)).exists()
