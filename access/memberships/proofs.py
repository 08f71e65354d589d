"""The account as a proof: what it owns, co-edits, and sees as a member of galleries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any, Self

from django.contrib.auth import SESSION_KEY
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest

from access.accounts import personal_data
from access.accounts.models import User
from access.blocks.policies import Address, blocked
from access.memberships.models import CoEditor, GalleryMembership, GalleryRole
from access.memberships.policies import (
    co_edited_by,
    edited_by,
    gallery_abilities_for,
    memberships_letting_into,
    memberships_with,
    role_in_room_of,
)
from access.policies import EDITING_ROLES, Standing, let_in_by
from access.proofs import Holding, Person, Proof, ProofKey, Reach, Weight
from access.roles import Role
from access.site_policy.models import current_policy
from media_items.abilities import GalleryAbility
from media_items.catalogue.models import State
from media_items.compiled import compiled
from media_items.models import Gallery, MediaItem
from media_items.people_behind import PersonBehind
from media_items.visitors import Certainty, Identity, IdentityKind


def signed_in(request: HttpRequest) -> User | None:
    """The account signed in. The first call in a request reads its HTTP session and its account."""
    return request.user if request.user.is_authenticated else None


def account_identity(user: User) -> Identity:
    return Identity(
        key=str(AccountProofs.key_of(user.pk)),
        kind=IdentityKind.ACCOUNT,
        name=user.get_full_name(),
        email=user.email,
        certainty=Certainty.SIGNED_IN,
        is_address_verified=user.email_verified_at is not None,
    )


class AccountProofs(Holding[Proof]):
    """One proof on every item, with the roles that the account has there."""

    kind = personal_data.KIND
    weight = Weight.ACCOUNT
    makes_editors = True

    def __init__(self, *, request: HttpRequest | None = None, account: User | None = None) -> None:
        self._request = request
        self._account = account

    @classmethod
    def of_request(cls, request: HttpRequest) -> Self:
        return cls(request=request)

    @classmethod
    def keys_in(cls, http_session: Mapping[str, Any]) -> list[ProofKey]:
        account = str(http_session.get(SESSION_KEY, ""))
        return [cls.key_of(int(account))] if account.isdecimal() else []

    @classmethod
    def of_account(cls, account: User) -> Self:
        return cls(account=account)

    @classmethod
    def of_keys(cls, keys: Collection[ProofKey]) -> dict[ProofKey, Self]:
        """One query. Accounts that are switched off hold nothing."""
        pks = [key.pk for key in keys if key.kind == cls.kind]
        users = User.objects.filter(pk__in=pks, is_active=True) if pks else ()
        return {cls.key_of(user.pk): cls(account=user) for user in users}

    @cached_property
    def account(self) -> User | None:
        return signed_in(self._request) if self._request else self._account

    @classmethod
    def load(
        cls, holdings: Sequence[Self], item: MediaItem, moment: datetime
    ) -> list[Sequence[Proof]]:
        """One query; none for the owner."""
        accounts = [one.account for one in holdings]
        pks = {user.pk for user in accounts if user and user.pk != item.owner_id}
        standings = _standings(pks, item)
        owner = (frozenset({Role.OWNER}), False)
        found: list[Sequence[Proof]] = []
        for user in accounts:
            if user is None:
                found.append(())
                continue
            nothing = (frozenset[Role](), False)
            is_owner = user.pk == item.owner_id
            roles, is_blocked = owner if is_owner else standings.get(user.pk, nothing)
            proof = Proof(
                key=cls.key_of(user.pk),
                identity=account_identity(user),
                roles=roles,
                emails=frozenset({user.email}),
                is_blocked=is_blocked,
                is_known_anyhow=True,
            )
            found.append((proof,))
        return found

    @classmethod
    def refine(cls, standing: Standing, *, item: MediaItem, account: User | None) -> Standing:
        """What the site lets this account do that edits the item. Three queries at most."""
        if account is None or not standing.roles & EDITING_ROLES:
            return replace(standing, may_make_guest_links=False)
        policy = current_policy()
        return replace(
            standing,
            may_make_guest_links=policy.lets_make_guest_links(account),
            may_invite_as=policy.roles_that_invite(account),
        )

    HELD = frozenset({"account", "account_emails", "account_digests"})

    def held(self) -> Mapping[str, Any]:
        if self.account is None:
            return {}
        address = Address.of(self.account.email)
        return {
            "account": self.account.pk,
            "account_emails": address.emails,
            "account_digests": address.digests,
        }

    @classmethod
    def reach_of(cls, moment: datetime, **held: Any) -> Reach:
        account = held["account"]
        address = Address(held["account_emails"], held["account_digests"])
        # While blocked, an account gets nothing from galleries; who edits is never blocked.
        is_blocked = Q(blocked(item=OuterRef("pk"), email=address, is_typed=False))
        theirs = GalleryMembership.objects.filter(user=account).values("gallery")
        return Reach(
            edits=edited_by(account),
            sees=let_in_by(theirs) & ~is_blocked,
            owns=Q(owner_id=account),
        )

    def shared(self, moment: datetime) -> Reach:
        return Reach(edits=co_edited_by(self.account.pk)) if self.account else Reach()

    def abilities_in(self, gallery: Gallery) -> frozenset[GalleryAbility]:
        if self.account is None:
            return frozenset()
        role = next(iter(roles_in(gallery=gallery.pk, account=self.account.pk)), None)
        return gallery_abilities_for(GalleryRole(role) if role else None)

    def galleries_with(self, ability: GalleryAbility) -> Q:
        if self.account is None:
            return super().galleries_with(ability)
        theirs = memberships_with(ability).filter(user=self.account)
        return Q(Exists(theirs.filter(gallery=OuterRef("pk"))))

    def galleries_showing(self, item: MediaItem) -> Sequence[Gallery]:
        return galleries_of(item=item.pk, account=self.account.pk) if self.account else ()

    def may_make_galleries(self) -> bool:
        """What the site lets this account do. Two queries at most."""
        return self.account is not None and current_policy().lets_make_galleries(self.account)

    @classmethod
    def knows(cls, email: str, item: MediaItem, *, apart_from: Collection[ProofKey]) -> bool:
        erased = [key.pk for key in apart_from if key.kind == cls.kind]
        return User.objects.filter(email=email).exclude(pk__in=erased).exists()

    @classmethod
    def moderates(cls, item: MediaItem, emails: Collection[str]) -> bool:
        """The managers of the gallery whose room this is."""
        if item.room_of_id is None:
            return False
        return GalleryMembership.objects.filter(
            gallery=item.room_of_id, role__in=_MODERATING, user__email__in=emails
        ).exists()

    @classmethod
    def is_there(cls, pk: int) -> bool:
        return User.objects.filter(pk=pk).exists()

    @classmethod
    def behind(cls, keys: Collection[ProofKey], item: MediaItem) -> dict[ProofKey, PersonBehind]:
        pks = [key.pk for key in keys if key.kind == cls.kind]
        is_blocked = blocked(item=item, email=OuterRef("email"), is_typed=False)
        users = User.objects.filter(pk__in=pks).annotate(is_blocked=is_blocked) if pks else ()
        return {
            cls.key_of(one.pk): PersonBehind(
                one.email, may_be_mailed=one.is_active and not one.is_blocked
            )
            for one in users
        }

    @classmethod
    def people(cls, keys: Collection[ProofKey], item: MediaItem) -> dict[ProofKey, Person]:
        pks = [key.pk for key in keys if key.kind == cls.kind]
        users = User.objects.filter(pk__in=pks) if pks else ()
        return {cls.key_of(user.pk): Person(emails=frozenset({user.email})) for user in users}


_MODERATING = [role for role in GalleryRole if role_in_room_of(role) == Role.MODERATOR]


@compiled
def standings(
    *, accounts: tuple[int, ...], item: int, room_of: int | None, is_published: bool
) -> QuerySet[User, tuple[int, bool, bool, str | None, bool]]:
    """Of each: co-edits the item, member of a gallery that shows it, role in the gallery whose room
    it is, blocked."""
    state = State.PUBLISHED if is_published else State.PRIVATE
    before = MediaItem(pk=item, room_of_id=room_of, state=state)
    theirs = memberships_letting_into(before).filter(user=OuterRef("pk"))
    in_room = theirs.filter(gallery=room_of)
    return User.objects.filter(pk__in=accounts).values_list(
        "pk",
        Exists(CoEditor.objects.filter(item=item, user=OuterRef("pk"))),
        Exists(theirs.exclude(gallery=room_of) if room_of else theirs),
        Subquery(in_room.values("role")[:1]),
        blocked(item=item, email=OuterRef("email"), is_typed=False),
    )


@compiled
def roles_in(*, gallery: int, account: int) -> QuerySet[GalleryMembership, str]:
    """At most one."""
    theirs = GalleryMembership.objects.filter(gallery=gallery, user=account)
    return theirs.values_list("role", flat=True)


@compiled
def galleries_of(*, item: int, account: int) -> QuerySet[Gallery]:
    """In which the item is published, if it is, of those that the account sees."""
    seen = memberships_with(GalleryAbility.VIEW).filter(user=account, gallery=OuterRef("pk"))
    return Gallery.objects.filter(Exists(seen), publications__item=item)


def _standings(pks: Collection[int], item: MediaItem) -> dict[int, tuple[frozenset[Role], bool]]:
    """The roles of each of these accounts, and whether it is blocked. The owner is not one of them.

    SECURITY: a co-editor is never blocked.
    """
    if not pks:
        return {}
    rows = standings(
        accounts=tuple(pks),
        item=item.pk,
        room_of=item.room_of_id,
        is_published=item.state == State.PUBLISHED,
    )
    found = {}
    for pk, co_edits, is_member, role_in_room, is_blocked in rows:
        if co_edits:
            found[pk] = (frozenset({Role.CO_EDITOR}), False)
            continue
        roles = {Role.VIEWER} if is_member else set()
        if role_in_room:
            roles.add(role_in_room_of(GalleryRole(role_in_room)))
        found[pk] = (frozenset(roles), is_blocked)
    return found
