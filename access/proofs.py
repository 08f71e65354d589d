"""What a person can show before an item: the vocabulary of proofs.

An account signed in, an invitation proven in a browser and a guest admission are three kinds. Each
kind is one class, a `Holding`, in its own room, which `access.proof_kinds` knows. Rows that tell
whom they are about keep a key (`guest:19`) as an opaque string. It is made and read here and
nowhere else.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db.models import BigIntegerField, CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, Substr
from django.http import HttpRequest

from access.roles import Role
from media_items.abilities import Ability, GalleryAbility
from media_items.people_behind import PersonBehind
from media_items.visitors import Certainty, Identity

if TYPE_CHECKING:
    from access.accounts.models import User
    from access.policies import Standing
    from media_items.models import Gallery, MediaItem

_KEY = re.compile(r"([a-z][a-z_]{0,19}):([1-9]\d{0,17})", re.ASCII)
NOTHING = Q(pk__in=())  # a condition that is never true; costs no query


# --- keys ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ProofKey:
    """Names one proof for good: which kind, and the primary key of that kind's row."""

    kind: str
    pk: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.pk}"

    @classmethod
    def parse(cls, text: str) -> ProofKey:
        """Raises `ValueError` for anything that `str()` does not make."""
        if not (match := _KEY.fullmatch(text)):
            raise ValueError(f"not the key of a proof: {text!r}")
        return cls(kind=match[1], pk=int(match[2]))


def keys_of(rows: QuerySet[Any], kind: str) -> QuerySet[Any]:
    """The keys of these rows of one kind as SQL, for `key__in`."""
    key = Concat(Value(f"{kind}:"), Cast("pk", CharField()), output_field=CharField())
    return rows.order_by().values_list(key, flat=True)


def pks_named(rows: QuerySet[Any], kind: str) -> QuerySet[Any]:
    """The primary keys that the column `key` of these rows names, one kind; for `pk__in`."""
    number = Cast(Substr("key", len(kind) + 2), BigIntegerField())
    return rows.filter(is_of_kind(kind)).order_by().values_list(number, flat=True)


def is_of_kind(kind: str) -> Q:
    """The condition on a column `key`."""
    return Q(key__startswith=f"{kind}:")


def parsed(texts: Iterable[str]) -> list[ProofKey]:
    """Of those that are keys; anything else names nobody."""
    return [ProofKey(match[1], int(match[2])) for text in texts if (match := _KEY.fullmatch(text))]


# --- one proof, one person ------------------------------------------------------------------------


@dataclass(frozen=True)
class Proof:
    """One proof as it stands before one item at one moment: good, blocks apart.

    SECURITY: while `is_blocked` it is worth nothing; `roles` then says what it would give.
    """

    key: ProofKey
    identity: Identity  # an account's own invitation gives the account's
    roles: frozenset[Role]
    allows: frozenset[Ability] = frozenset()  # what the host lets guests do: Standing.guest_allows
    emails: frozenset[str] = frozenset()  # it speaks for; none where the kind knows no address
    ends_at: datetime | None = None  # the last day that a host set; None where there is none
    shown_until: datetime | None = None  # by this browser, where it is the browser's
    is_blocked: bool = False  # one of these addresses is blocked on the item
    is_known_anyhow: bool = False  # says who somebody is where it gives no role, too: signed in

    @property
    def certainty(self) -> Certainty:
        """How sure it is that it is theirs; not always how sure it is who they are."""
        return self.identity.certainty


@dataclass(frozen=True)
class Person:
    """Whom a key names: every address of theirs we know, the rows behind it by the names that
    the audit trail gives them (`guest`, `invitation`), and the keys of what these addresses are
    from, besides the one asked about."""

    emails: frozenset[str] = frozenset()
    rows: Mapping[str, Any] = field(default_factory=dict)
    others: frozenset[ProofKey] = frozenset()

    def __or__(self, other: Person) -> Person:
        return Person(
            self.emails | other.emails, {**self.rows, **other.rows}, self.others | other.others
        )


@dataclass(frozen=True)
class Reach:
    """Which items proofs give somebody, as conditions on `MediaItem`."""

    edits: Q = NOTHING  # at any time
    sees: Q = NOTHING  # while the item is available
    owns: Q = NOTHING  # of what it edits

    def __or__(self, other: Reach) -> Reach:
        return Reach(
            edits=self.edits | other.edits,
            sees=self.sees | other.sees,
            owns=self.owns | other.owns,
        )


class Weight(IntEnum):
    """How much a kind says about who somebody is. The heaviest proof names the person, and says
    first why the way in has closed."""

    SELF_GIVEN = 1  # a name and an address that were typed at a door
    ACCOUNT = 2
    IN_PERSON = 3  # given to one person for this very item


# --- one kind -------------------------------------------------------------------------------------


class Holding[P: Proof](ABC):
    """All the proofs of one kind that one person holds. A subclass is the kind.

    Made without a query; the database is asked when an item is at hand.
    """

    kind: ClassVar[str]  # the word in its keys
    weight: ClassVar[Weight]
    # May make somebody an editor. Such kinds are asked first: who edits needs no other proof.
    makes_editors: ClassVar[bool] = False

    @classmethod
    def key_of(cls, pk: int) -> ProofKey:
        return ProofKey(cls.kind, pk)

    # --- whose

    @classmethod
    @abstractmethod
    def of_request(cls, request: HttpRequest) -> Self:
        """What the browser that sent this holds.

        SECURITY: without a session cookie it holds nothing, and no session is looked up.
        """

    @classmethod
    def keys_in(cls, http_session: Mapping[str, Any]) -> list[ProofKey]:
        """What an HTTP session holds that is worth nothing without it. Costs no query."""
        return []

    @classmethod
    def of_account(cls, account: User) -> Self | None:
        """What the account holds by itself, in whatever browser; None where it can hold none."""
        return None

    @classmethod
    @abstractmethod
    def of_keys(cls, keys: Collection[ProofKey]) -> dict[ProofKey, Self]:
        """What the people with these keys hold, of whatever kind each key is, as far as it is
        known without their browsers. A fixed number of queries. A key that names nobody here is
        left out."""

    @property
    def account(self) -> User | None:
        """The account that the person is signed in with, where this kind says so."""
        return None

    # --- before one item

    @classmethod
    @abstractmethod
    def load(cls, holdings: Sequence[Self], item: MediaItem, moment: datetime) -> list[Sequence[P]]:
        """The good proofs of each, those of people removed included; the newest first.

        A fixed number of queries for any number of holdings; none where nothing is held.
        """

    def load_named(self, public_id: str, moment: datetime) -> tuple[MediaItem, Sequence[P]] | None:
        """The item outside the bin, and what `load` gives for this holder on it, by one query; None
        where it would give nothing. Only where `can_load_named`."""
        raise NotImplementedError

    def can_load_named(self) -> bool:
        return False

    @classmethod
    def refine(cls, standing: Standing, *, item: MediaItem, account: User | None) -> Standing:
        """What the switches that this kind's room keeps make of a standing whose roles are
        known. Asked of every kind, whoever stands there."""
        return standing

    def blocks_ever(self, item: MediaItem) -> Q:
        """A condition on blocks of the item: of addresses that were this holder's there by a proof
        in whatever state; empty where there is none. One query at most."""
        return Q()

    # --- lists

    def reach(self, moment: datetime) -> Reach:
        """Every item on which `load` finds a role that counts."""
        held = self.held()
        return self.reach_of(moment, **held) if held else Reach()

    # The names of the values in which `held` says what is held.
    HELD: ClassVar[frozenset[str]] = frozenset()

    def held(self) -> Mapping[str, Any] | None:
        """Empty where it is nothing and `load` gives nothing; None for a kind that cannot say it so
        and has a `reach` of its own."""
        return None

    @classmethod
    def reach_of(cls, moment: datetime, **held: Any) -> Reach:
        """What these values reach. Hands them on and does nothing else with them, so that it can be
        compiled once (`media_items.compiled`)."""
        return Reach()

    @classmethod
    def unnoted_of(cls, moment: datetime, before: datetime, **held: Any) -> Q:
        """Of the items that these values reach, those where the kind's `note_use` would have
        something to write: nothing was noted since `before`. As `reach_of`; asked of kinds that
        note."""
        raise NotImplementedError

    def shared(self, moment: datetime) -> Reach:
        """Of these, what somebody else made and gave to the account in person."""
        return Reach()

    # --- galleries

    def abilities_in(self, gallery: Gallery) -> frozenset[GalleryAbility]:
        return frozenset()

    def galleries_with(self, ability: GalleryAbility) -> Q:
        """Every gallery on which `abilities_in` holds the ability, as a condition on it."""
        return NOTHING

    def galleries_showing(self, item: MediaItem) -> Sequence[Gallery]:
        """Those of `galleries_with(VIEW)` in which the item is published. One query at most."""
        return ()

    def may_make_galleries(self) -> bool:
        return False

    # --- about keys and addresses, with nobody at hand

    @classmethod
    def people(cls, keys: Collection[ProofKey], item: MediaItem) -> dict[ProofKey, Person]:
        """What this kind knows about the people with these keys, of whatever kind each key is,
        before the item; in force or not.

        A fixed number of queries. Who was erased or deleted is left out.
        """
        return {}

    @classmethod
    def left_quiz(cls, keys: Collection[ProofKey], item: MediaItem) -> set[ProofKey]:
        """Of these, whose holder has left the item by themselves and could take the quiz otherwise:
        what they have left elsewhere says nothing."""
        return set()

    @classmethod
    def behind(cls, keys: Collection[ProofKey], item: MediaItem) -> dict[ProofKey, PersonBehind]:
        """Of those that are keys of this kind and of this item: whom to show and to write to. One
        query, none without keys. Who was erased or deleted is left out."""
        return {}

    @classmethod
    @abstractmethod
    def is_there(cls, pk: int) -> bool:
        """Whether the proof's row is there, and its person not erased from it. One query."""

    @classmethod
    def knows(cls, email: str, item: MediaItem, *, apart_from: Collection[ProofKey]) -> bool:
        """Whether a row of this kind has the address, besides those that are named."""
        return False

    @classmethod
    def moderates(cls, item: MediaItem, emails: Collection[str]) -> bool:
        """Whether somebody with one of these addresses moderates the item by this kind of proof."""
        return False
