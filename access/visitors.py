"""Who is asking: the proofs that one person holds, added up.

The one real implementation of `media_items.visitors.Visitor`. It knows no kind of proof by name
(`access.proofs`). Nothing is asked of the database until a question needs it, nothing is remembered
beyond the request.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property, reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from access import item_questions, policies, proof_kinds
from access.last_seen import NOTED_EVERY
from access.policies import Standing, abilities_for
from access.proofs import NOTHING, Holding, Proof, ProofKey, Reach, parsed
from access.roles import Role
from media_items.abilities import Ability, GalleryAbility
from media_items.catalogue.models import Kind, State
from media_items.models import Gallery, MediaItem
from media_items.visitors import Build, Certainty, Identity, IdentityKind

if TYPE_CHECKING:
    from access.accounts.models import User
    from access.requests import VisitorRequest
    from media_items.live.sessions.models import Participant

NOBODY = Identity(key="", kind=IdentityKind.NOBODY, name="", email="", certainty=Certainty.UNKNOWN)


class Visitor:
    """One person at one moment, by the proofs they hold.

    `of_request` is whoever sent a request, `of_account` an account without any browser,
    `of_participant` somebody in a session without theirs.
    """

    def __init__(
        self, holdings: Iterable[Holding[Any]] = (), moment: datetime | None = None
    ) -> None:
        self.holdings = list(holdings)  # in the order of `proof_kinds.kinds`
        self.moment = moment or timezone.now()
        self._loaded: dict[tuple[type[Holding[Any]], int], Sequence[Proof]] = {}
        self._abilities: dict[int, frozenset[Ability]] = {}
        self._counting: dict[int, list[Proof]] = {}
        self._used: list[Proof] = []  # by what this visitor has seen something
        self._request: HttpRequest | None = None
        self._known_to_hold_nothing: tuple[type[Holding[Any]], str] | None = None

    @classmethod
    def of_request(cls, request: HttpRequest) -> Self:
        visitor = cls([kind.of_request(request) for kind in proof_kinds.kinds()])
        visitor._request = request
        return visitor

    @classmethod
    def of_account(cls, account: User) -> Self:
        """SECURITY: an account that is switched off holds nothing."""
        held = (
            [kind.of_account(account) for kind in proof_kinds.kinds()] if account.is_active else []
        )
        return cls([one for one in held if one is not None])

    @classmethod
    def of_participant(cls, participant: Participant) -> Self:
        """What a person in a session is, as far as it is known without their browser. Their key
        names one proof; what others of its browser give is not known."""
        return cls.of_participants([participant])[participant.pk]

    @classmethod
    def of_participants(
        cls, participants: Collection[Participant], *, item: MediaItem | None = None
    ) -> dict[int, Self]:
        """Many at once, by primary key: as `of_keys`."""
        return cls.of_keys({one.pk: one.key for one in participants}, item=item)

    @classmethod
    def of_keys(cls, texts: Mapping[int, str], *, item: MediaItem | None = None) -> dict[int, Self]:
        """Of each key whom it names, as far as it is known without their browser. With `item` what
        they hold there is loaded for all of them. A fixed number of queries for any number."""
        moment = timezone.now()
        key_of = {pk: parsed([text]) for pk, text in texts.items()}
        keys = {key for some in key_of.values() for key in some}
        visitors = {pk: cls(moment=moment) for pk in key_of}
        for kind in proof_kinds.kinds():
            held = kind.of_keys(keys)
            its = dict[ProofKey, Sequence[Proof]]()
            if item is not None:
                its = dict(zip(held, kind.load(list(held.values()), item, moment), strict=True))
            for pk, some in key_of.items():
                for key in some:
                    if key in held:
                        visitors[pk].holdings.append(held[key])
                    if item is not None and key in its:
                        visitors[pk]._loaded[kind, item.pk] = its[key]
        return visitors

    @cached_property
    def account(self) -> User | None:
        return next((one.account for one in self.holdings if one.account), None)

    # --- what they hold -----------------------------------------------------------------------

    def holding[H: Holding[Any]](self, kind: type[H]) -> H | None:
        return next((one for one in self.holdings if isinstance(one, kind)), None)

    def proofs_of[P: Proof](self, kind: type[Holding[P]], item: MediaItem) -> Sequence[P]:
        """Their proofs of one kind on the item, newest first; those of people removed included.

        Asked of the database once.
        """
        holding = self.holding(kind)
        return self._load(holding, item) if holding else ()

    def in_force[P: Proof](self, kind: type[Holding[P]], item: MediaItem) -> list[P]:
        return [one for one in self.proofs_of(kind, item) if not one.is_blocked]

    def blocked_on(self, item: MediaItem) -> list[Proof]:
        """What they would prove, of every kind, were these people not removed from the item."""
        every = (proof for one in self.holdings for proof in self._load(one, item))
        return [proof for proof in every if proof.is_blocked]

    def proven_keys_on(self, item: MediaItem) -> frozenset[str]:
        """Of every proof, also of people removed, that rests on more than a typed address."""
        every = (proof for one in self.holdings for proof in self._load(one, item))
        return frozenset(str(one.key) for one in every if one.certainty != Certainty.TYPED)

    def _load(self, holding: Holding[Any], item: MediaItem) -> Sequence[Any]:
        place = type(holding), item.pk
        known = self._known_to_hold_nothing
        if known == (type(holding), item.public_id) and item.deleted_at is None:
            return ()
        if place not in self._loaded:
            [self._loaded[place]] = type(holding).load([holding], item, self.moment)
        return self._loaded[place]

    def item_held(self, public_id: str) -> MediaItem | None:
        """Where they hold one kind of proof only, as guests do; who is signed in holds two."""
        held = [one for one in self.holdings if one.held() != {}]
        if len(held) != 1 or not held[0].can_load_named():
            return None
        [holding] = held
        found = holding.load_named(public_id, self.moment)
        if found is None:
            self._known_to_hold_nothing = type(holding), public_id
            return None
        item, proofs = found
        self._loaded[type(holding), item.pk] = proofs
        return item

    def _that_count(self, item: MediaItem) -> list[Proof]:
        """In force on the item. After a proof that makes an editor no further kind is asked."""
        if item.pk not in self._counting:
            found: list[Proof] = []
            for holding in self.holdings:
                found += [one for one in self._load(holding, item) if not one.is_blocked]
                if any(one.roles & policies.EDITING_ROLES for one in found):
                    break
            self._counting[item.pk] = found
        return self._counting[item.pk]

    # --- one item -----------------------------------------------------------------------------

    def abilities_on(self, item: MediaItem) -> frozenset[Ability]:
        if item.pk not in self._abilities:
            self._abilities[item.pk] = abilities_for(self._standing_before(item))
            if Ability.VIEW in self._abilities[item.pk]:
                self._used += self._that_count(item)
        return self._abilities[item.pk]

    def roles_on(self, item: MediaItem) -> frozenset[Role]:
        """What they are here by what they prove; passers-by prove nothing."""
        return frozenset[Role]().union(*(one.roles for one in self._that_count(item)))

    def is_more_than_guest_on(self, item: MediaItem) -> bool:
        return bool(self.roles_on(item) - {Role.GUEST})

    def identity_on(self, item: MediaItem) -> Identity:
        """As whom they are before this item: what is written on what they do there.

        The heaviest proof that gives a role says it. An account that merely passes by is there
        under its name; a browser that proves nothing is nobody. Somebody who has been removed keeps
        the key, so that they can be told, and nothing else.
        """
        role = self._strongest_role_on(item)
        every: list[Proof] = []
        for holding in self._heaviest_first():
            every += self._load(holding, item)
            if counts := [one for one in every if one.roles and not one.is_blocked]:
                return self._known_as(counts[0].identity, item, role)
        if anyhow := [one for one in every if one.is_known_anyhow]:
            return self._known_as(anyhow[0].identity, item, role)
        if out := [one for one in every if one.is_blocked]:
            gone = out[0].identity
            return replace(gone, kind=IdentityKind.NOBODY, role_label="", role="", is_blocked=True)
        return NOBODY

    def keys_at_hand(self) -> tuple[str, ...]:
        """SECURITY: without a session cookie none, and no session is looked up."""
        if self._request is None or settings.SESSION_COOKIE_NAME not in self._request.COOKIES:
            return ()
        held: Any = self._request.session
        return tuple(str(key) for kind in proof_kinds.kinds() for key in kind.keys_in(held))

    def _known_as(self, identity: Identity, item: MediaItem, role: str) -> Identity:
        """SECURITY: an account that is removed stays out under its name, by whatever invitation."""
        loaded = (proof for one in self.holdings for proof in self._loaded_on(one, item))
        is_out = any(one.is_blocked for one in loaded if str(one.key) == identity.key)
        return replace(identity, role=role, is_blocked=is_out)

    def _loaded_on(self, holding: Holding[Any], item: MediaItem) -> Sequence[Proof]:
        return self._loaded.get((type(holding), item.pk), ())

    def _strongest_role_on(self, item: MediaItem) -> str:
        """`Role` lists the strongest first; empty where they have none."""
        roles = self._roles_before(item)
        return next((role.value for role in Role if role in roles), "")

    def _roles_before(self, item: MediaItem) -> frozenset[Role]:
        is_open = item.state == State.UNLISTED
        return self.roles_on(item) | ({Role.PASSER_BY} if is_open else frozenset())

    def _standing_before(self, item: MediaItem) -> Standing:
        standing = Standing(
            kind=Kind(item.kind),
            roles=self._roles_before(item),
            guest_allows=frozenset[Ability]().union(*(p.allows for p in self._that_count(item))),
            is_known=any(one.is_known_anyhow for one in self._that_count(item)),
            is_available=item.is_available_at(self.moment),
            is_in_bin=item.deleted_at is not None,
        )
        for kind in proof_kinds.kinds():
            standing = kind.refine(standing, item=item, account=self.account)
        return standing

    def ends_at(self, item: MediaItem) -> datetime | None:
        """When they stop seeing the item unless a host does something; None where they do not.

        By the last of what lets them in, and never later than the item is available.
        """
        proofs = [one for one in self._that_count(item) if one.roles]
        if any(one.roles & policies.EDITING_ROLES for one in proofs):
            return None
        ends = [one.ends_at for one in proofs if one.ends_at]
        is_ending = ends and len(ends) == len(proofs) and item.state != State.UNLISTED
        known = [max(ends) if is_ending else None, item.available_until]
        return min((one for one in known if one), default=None)

    def sure_until(self, item: MediaItem) -> datetime | None:
        """When the first ends of all that they are here by now: a proof, what a browser can show of
        it, its HTTP session, the item's own time. They may be here after it, by the rest or as
        others, and are asked anew."""
        proofs = [one for one in self._that_count(item) if one.roles]
        ends = [end for one in proofs for end in (one.ends_at, one.shown_until)]
        if not any(one.roles & policies.EDITING_ROLES for one in proofs):
            ends.append(item.available_until)
        http_session = getattr(self._request, "session", None)
        ends.append(getattr(http_session, "ends_at", None))
        return min((one for one in ends if one), default=None)

    def note_use(self) -> None:
        """A page has been shown: each kind notes by what. Loads nothing."""
        for name, kind in proof_kinds.KINDS.items():
            its = [one for one in self._used if one.key.kind == name]
            if its and kind.note_use:
                kind.note_use(its)

    def explain(self, request: VisitorRequest, item: MediaItem) -> HttpResponse | None:
        """Why what they hold does not let them see the item; None for strangers to it."""
        for holding in self._heaviest_first():
            explain = proof_kinds.KINDS[holding.kind].explain
            if explain and (page := explain(request, self, item)):
                return page
        return None

    def _heaviest_first(self) -> list[Holding[Any]]:
        return sorted(self.holdings, key=lambda one: -one.weight)

    # --- lists --------------------------------------------------------------------------------

    def visible_items(self) -> QuerySet[MediaItem]:
        reach = self._joined(one.reach(self.moment) for one in self.holdings)
        return policies.items_within(reach | policies.OPEN_TO_ALL, moment=self.moment)

    def of_visible_items[R](self, build: Build[R], /, **values: Any) -> list[R]:
        held = self._held()
        if held is None:
            return list(build(self.visible_items(), **values))
        return item_questions.of_visible(build)(moment=self.moment, **values, **held)

    def of_noted_items[R](self, build: Build[R], /, **values: Any) -> list[R]:
        held = self._held()
        if held is None:
            return []
        if any(proof_kinds.KINDS[one.kind].note_use and one.held() for one in self.holdings):
            held["unnoted_since"] = self.moment - NOTED_EVERY
        return item_questions.of_visible(build)(moment=self.moment, **values, **held)

    def _held(self) -> dict[str, Any] | None:
        """What is held as values; None where a kind cannot say it so."""
        held = [one.held() for one in self.holdings]
        # SECURITY: a kind with a `reach` of its own means that one, whatever values it holds.
        has_own = any(type(one).reach is not Holding.reach for one in self.holdings)
        if has_own or None in held:
            return None
        return {name: value for one in held if one for name, value in one.items()}

    def items_with(self, ability: Ability) -> QuerySet[MediaItem]:
        reach = self._joined(one.reach(self.moment) for one in self.holdings)
        return policies.items_allowing(ability, reach)

    def own_items(self) -> QuerySet[MediaItem]:
        if self.account is None:
            return MediaItem.objects.none()
        return item_questions.owned_by(self.account.pk)

    def of_own_items[R](self, build: Build[R], /, **values: Any) -> list[R]:
        if self.account is None:
            return []
        return item_questions.of_own(build)(owner=self.account.pk, **values)

    def shared_items(self) -> QuerySet[MediaItem]:
        if self.account is None:
            return MediaItem.objects.none()
        reach = self._joined(one.shared(self.moment) for one in self.holdings)
        shared = policies.items_within(reach, moment=self.moment)
        return shared.exclude(owner_id=self.account.pk)

    @staticmethod
    def _joined(several: Iterable[Reach]) -> Reach:
        return reduce(or_, several, Reach())

    # --- galleries ----------------------------------------------------------------------------

    def abilities_in(self, gallery: Gallery) -> frozenset[GalleryAbility]:
        return frozenset[GalleryAbility]().union(
            *(one.abilities_in(gallery) for one in self.holdings)
        )

    def galleries_with(self, ability: GalleryAbility) -> QuerySet[Gallery]:
        conditions = (one.galleries_with(ability) for one in self.holdings)
        return Gallery.objects.filter(reduce(or_, conditions, NOTHING))

    def galleries_showing(self, item: MediaItem) -> list[Gallery]:
        if item.state != State.PUBLISHED:
            return []
        return list(
            {
                found.pk: found for one in self.holdings for found in one.galleries_showing(item)
            }.values()
        )

    def may_make_galleries(self) -> bool:
        return any(one.may_make_galleries() for one in self.holdings)
