"""Guest admissions as proofs: what the browsers of guests hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from access import session_proofs
from access.blocks.digests import address_digests
from access.guests.models import GuestAdmission, GuestLink
from access.last_seen import unseen_since
from access.proofs import Holding, Person, Proof, ProofKey, Reach, Weight
from access.roles import Role
from media_items.abilities import Ability
from media_items.catalogue.querysets import with_owner_of
from media_items.compiled import compiled
from media_items.lookups import items_named
from media_items.models import MediaItem
from media_items.people_behind import PersonBehind
from media_items.visitors import Certainty, Identity, IdentityKind

if TYPE_CHECKING:
    from access.visitors import Visitor


@dataclass(frozen=True, kw_only=True)
class AdmissionProof(Proof):
    admission: GuestAdmission


class GuestProofs(Holding[AdmissionProof]):
    """One proof per admission of the browser to the item."""

    kind = "guest"
    weight = Weight.SELF_GIVEN

    def __init__(
        self, *, request: HttpRequest | None = None, admission_ids: Collection[int] = ()
    ) -> None:
        self._request = request
        self._admission_ids = admission_ids

    @classmethod
    def of_request(cls, request: HttpRequest) -> Self:
        return cls(request=request)

    @classmethod
    def keys_in(cls, http_session: Mapping[str, Any]) -> list[ProofKey]:
        return [cls.key_of(pk) for pk in session_proofs.guest_admissions.ids(http_session)]

    @classmethod
    def of_keys(cls, keys: Collection[ProofKey]) -> dict[ProofKey, Self]:
        return {key: cls(admission_ids=[key.pk]) for key in keys if key.kind == cls.kind}

    @cached_property
    def admission_ids(self) -> Collection[int]:
        if self._request is None:
            return self._admission_ids
        return session_proofs.guest_admissions.proven_by(self._request)

    @classmethod
    def load(
        cls, holdings: Sequence[Self], item: MediaItem, moment: datetime
    ) -> list[Sequence[AdmissionProof]]:
        """One query."""
        wanted = tuple({pk for one in holdings for pk in one.admission_ids})
        if not wanted:
            return [() for _one in holdings]
        rows = good_admissions(item=item.pk, moment=moment, pks=wanted)
        found = [_proof(admission) for admission in rows]
        return [[p for p in found if p.key.pk in one.admission_ids] for one in holdings]

    def can_load_named(self) -> bool:
        return True

    def load_named(
        self, public_id: str, moment: datetime
    ) -> tuple[MediaItem, Sequence[AdmissionProof]] | None:
        wanted = tuple(self.admission_ids)
        rows = good_admissions_to(public_id=public_id, moment=moment, pks=wanted)
        return (rows[0].guest.link.item, [_proof(one) for one in rows]) if rows else None

    HELD = frozenset({"admissions"})

    def held(self) -> Mapping[str, Any] | None:
        return {"admissions": tuple(self.admission_ids)} if self.admission_ids else {}

    @classmethod
    def reach_of(cls, moment: datetime, **held: Any) -> Reach:
        return Reach(sees=Q(Exists(_admissions_to_item(moment, held["admissions"]))))

    @classmethod
    def unnoted_of(cls, moment: datetime, before: datetime, **held: Any) -> Q:
        admissions = _admissions_to_item(moment, held["admissions"])
        return Q(Exists(admissions.filter(unseen_since(before))))

    def blocks_ever(self, item: MediaItem) -> Q:
        """Erased guests keep the digest of their address while it is out."""
        if not self.admission_ids:
            return Q()
        guests = GuestAdmission.objects.on(item).filter(pk__in=self.admission_ids)
        theirs = Q()
        for email, digest in guests.values_list("guest__email", "guest__digest").distinct():
            digests = [*address_digests([email]), *([digest] if digest else [])]
            if digests:
                theirs |= Q(digest__in=digests)
        return theirs

    @classmethod
    def is_there(cls, pk: int) -> bool:
        rows = GuestAdmission.objects.filter(pk=pk, erased_at=None, guest__erased_at=None)
        return bool(rows.exists())

    @classmethod
    def knows(cls, email: str, item: MediaItem, *, apart_from: Collection[ProofKey]) -> bool:
        erased = [key.pk for key in apart_from if key.kind == cls.kind]
        others = GuestAdmission.objects.on(item).filter(guest__email=email, erased_at=None)
        return others.exclude(pk__in=erased).exists()

    @classmethod
    def left_quiz(cls, keys: Collection[ProofKey], item: MediaItem) -> set[ProofKey]:
        pks = [key.pk for key in keys if key.kind == cls.kind]
        rows = GuestAdmission.objects.left_by_choice(timezone.now()).filter(
            pk__in=pks, guest__link__may_take_quiz=True, guest__link__item=item
        )
        return {cls.key_of(pk) for pk in rows.values_list("pk", flat=True)} if pks else set()

    @classmethod
    def behind(cls, keys: Collection[ProofKey], item: MediaItem) -> dict[ProofKey, PersonBehind]:
        pks = [key.pk for key in keys if key.kind == cls.kind]
        rows = GuestAdmission.objects.on(item).filter(
            pk__in=pks, erased_at=None, guest__erased_at=None
        )
        found: Iterable[Any] = rows.with_blocks().select_related("guest") if pks else ()
        return {
            cls.key_of(one.pk): PersonBehind(
                one.guest.email,
                may_be_mailed=not (one.is_blocked or one.guest.removed_at or one.ended_at),
            )
            for one in found
        }

    @classmethod
    def people(cls, keys: Collection[ProofKey], item: MediaItem) -> dict[ProofKey, Person]:
        pks = [key.pk for key in keys if key.kind == cls.kind]
        rows = GuestAdmission.objects.filter(pk__in=pks).select_related("guest") if pks else ()
        found = {}
        for admission in rows:
            guest = admission.guest
            emails = frozenset({guest.email} if guest.email else ())
            found[cls.key_of(admission.pk)] = Person(emails=emails, rows={"guest": guest})
        return found


@compiled
def good_admissions(
    *, item: int, moment: datetime, pks: tuple[int, ...]
) -> QuerySet[GuestAdmission]:
    """Of these, the newest first, each with its guest and link and whether it `is_blocked`."""
    return _good(moment, pks).filter(guest__link__item=item)


@compiled
def good_admissions_to(
    *, public_id: str, moment: datetime, pks: tuple[int, ...]
) -> QuerySet[GuestAdmission]:
    """The same with the item itself."""
    items = items_named.queryset(public_id=public_id, deleted=False)
    rows = _good(moment, pks).filter(guest__link__item__in=items)
    return with_owner_of(rows, "guest__link__item__")


def _good(moment: datetime, pks: Collection[int]) -> QuerySet[GuestAdmission]:
    good = GuestAdmission.objects.good_or_blocked(moment).filter(pk__in=pks)
    return good.select_related("guest__link").order_by("-admitted_at", "-pk")


def _admissions_to_item(moment: datetime, pks: Collection[int]) -> QuerySet[GuestAdmission]:
    """Of these, those in force on the item of the query around."""
    return GuestAdmission.objects.in_force(moment).filter(
        pk__in=pks, guest__link__item=OuterRef("pk")
    )


def _proof(admission: GuestAdmission) -> AdmissionProof:
    """`is_blocked` is what `with_blocks` annotated."""
    guest, key = admission.guest, GuestProofs.key_of(admission.pk)
    return AdmissionProof(
        key=key,
        identity=Identity(
            key=str(key),
            kind=IdentityKind.GUEST,
            name=admission.name,
            email=guest.email,
            certainty=Certainty.CONFIRMED if admission.confirmed_at else Certainty.TYPED,
            came_by=guest.link.name,
            must_verify=guest.link.verify_before_quiz and admission.confirmed_at is None,
        ),
        roles=frozenset({Role.GUEST}),
        allows=guest.link.allows,
        emails=frozenset({guest.email}),
        ends_at=guest.link.expires_at,
        is_blocked=bool(admission.is_blocked),  # type: ignore[attr-defined]
        admission=admission,
    )


def admissions_ever(visitor: Visitor, item: MediaItem) -> list[GuestAdmission]:
    """All admissions of this browser to the item, in force or not, newest first. One query."""
    holding = visitor.holding(GuestProofs)
    if holding is None or not holding.admission_ids:
        return []
    rows = GuestAdmission.objects.on(item).filter(pk__in=holding.admission_ids)
    return list(rows.select_related("guest__link__item").order_by("-admitted_at", "-pk"))


def needs_no_guest_link(visitor: Visitor, link: GuestLink) -> bool:
    """Whether the visitor sees the item already, as a guest of the link or as more than a guest."""
    inside = visitor.in_force(GuestProofs, link.item)
    by_link = any(one.admission.guest.link_id == link.pk for one in inside)
    is_here = by_link or visitor.is_more_than_guest_on(link.item)
    return is_here and Ability.VIEW in visitor.abilities_on(link.item)


def holds_place(visitor: Visitor, link: GuestLink) -> bool:
    """Whether this browser came by the link with an address that has a place there still, so that
    the link lets it in though it is full. One query at most."""
    holding = visitor.holding(GuestProofs)
    if holding is None or not holding.admission_ids:
        return False
    rows = GuestAdmission.objects.filter(pk__in=holding.admission_ids, guest__link=link)
    return bool(rows.filter(guest__removed_at=None, guest__erased_at=None).exists())


def was_removed(visitor: Visitor, link: GuestLink, email: str) -> bool:
    """Whether this browser came by the link with the address and was removed, erased since or not.
    One query at most."""
    holding = visitor.holding(GuestProofs)
    if holding is None or not holding.admission_ids:
        return False
    rows = GuestAdmission.objects.filter(pk__in=holding.admission_ids, guest__link=link)
    theirs = Q(guest__email=email) | Q(guest__digest__in=address_digests([email]))
    return bool(rows.filter(theirs, guest__removed_at__isnull=False).exists())
