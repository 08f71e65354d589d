"""The Participants tab: who is there, in groups, searched and paged by the database.

As many queries for 2,000 people as for one: one that counts, one for each group.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from media_items.abilities import Ability
from media_items.live.page.panels import Panel
from media_items.live.sessions.lookups import Place
from media_items.live.sessions.models import (
    NOT_OUT,
    Participant,
    ParticipantQuerySet,
    Stay,
    level_of,
    may_act_on,
)
from media_items.live.stage.models import SeatKind
from media_items.numbers import page_number
from media_items.visitors import Certainty

PARTICIPANTS_PANEL = Panel("participants", _("Participants"))

ALL_ON_ONE_PAGE = 100
PER_PAGE = 50
# In groups without pages; people beyond that are counted, and found by searching.
MOST_IN_GROUP = 50
# From here on there is a field to search in.
MANY = 12

_LEFT_AT = (
    Stay.objects.filter(participant=OuterRef("pk")).order_by("-came_at").values("left_at")[:1]
)
_INSIDE = NOT_OUT & Q(admitted_at__isnull=False)
_HERE = _INSIDE & Q(is_here=True)
_HAND = _HERE & Q(hand_raised_at__isnull=False)
_STAGE = _HERE & Q(hand_raised_at=None, on_stage__isnull=False)
_ELSE = _HERE & Q(hand_raised_at=None, on_stage=None)
_WAITING = NOT_OUT & Q(is_here=True, admitted_at=None, declined_at=None)
_GONE = Q(removed_at=None) & (
    Q(right_ended_at__isnull=False)
    | Q(declined_at__isnull=False)
    | Q(admitted_at__isnull=False, is_here=False)
)


# By `Participant.role`; a person without a role has no word.
ROLE_NAMES: dict[str, str | Promise] = {
    "owner": _("Host"),
    "co_editor": _("Co-editor"),
    "moderator": _("Moderator"),
    "speaker": _("Speaker"),
    "viewer": _("Viewer"),
    "guest": _("Guest"),
}
# By `Participant.certainty`. A guest has typed an address too: that they are one, the role says.
HOW_KNOWN: dict[str, str | Promise] = {
    Certainty.SIGNED_IN: pgettext_lazy("how we know who they are", "Signed in"),
    Certainty.CONFIRMED: pgettext_lazy("how we know who they are", "Verified"),
    Certainty.TYPED: pgettext_lazy("how we know who they are", "Not verified"),
}


@dataclass(frozen=True)
class Row:
    """One person as a reader of the list sees them. `may_act`: the reader may act on them; `knows`:
    the reader is told how sure we are who they are."""

    person: Participant
    is_me: bool
    may_act: bool
    knows: bool

    @property
    def role(self) -> str | Promise:
        return ROLE_NAMES.get(self.person.role, "")

    @property
    def how_known(self) -> str | Promise:
        return HOW_KNOWN.get(self.person.certainty, "") if self.knows else ""

    @property
    def on_stage(self) -> bool:
        return self.person.on_stage is not None  # type: ignore[attr-defined]

    @property
    def is_asked_on_stage(self) -> bool:
        return self.person.asked_on_stage is not None and not self.on_stage  # type: ignore[attr-defined]

    @property
    def microphone_on(self) -> bool:
        return bool(self.person.microphone_on)  # type: ignore[attr-defined]

    @property
    def is_out(self) -> bool:
        """They were there when their access ended; else they had left before that."""
        ended_at, left_at = self.person.right_ended_at, self.person.last_left_at  # type: ignore[attr-defined]
        return ended_at is not None and (left_at is None or left_at >= ended_at)

    @property
    def tone(self) -> str:
        """Of the avatar: the last digit of the key, as in the account menu."""
        return self.person.key[-1:]


@dataclass(frozen=True)
class Group:
    name: str
    label: str | Promise
    rows: list[Row]
    count: int
    is_open: bool = True

    @property
    def more(self) -> int:
        return self.count - len(self.rows)


@dataclass
class People:
    """The whole list for one reader. `total` counts all who are there, whatever is searched."""

    place: Place
    search: str = ""
    page_asked: str = ""
    page_obj: Page[Any] = field(init=False)
    groups: list[Group] = field(init=False)

    def __post_init__(self) -> None:
        self.groups = self._all_groups()

    @property
    def moderates(self) -> bool:
        return Ability.MODERATE in self.place.item.abilities

    @property
    def total(self) -> int:
        return self._counts["here"]

    @property
    def waiting(self) -> int:
        return self._counts["all_waiting"]

    @property
    def hands(self) -> int:
        return self._counts["all_hands"]

    @property
    def is_searchable(self) -> bool:
        return self.total > MANY or bool(self.search)

    @property
    def found(self) -> int:
        return sum(group.count for group in self.groups)

    @cached_property
    def _everybody(self) -> ParticipantQuerySet:
        on_stage = Q(seats__left_at=None, seats__kind=SeatKind.STAGE)
        people: ParticipantQuerySet = self.place.session.participants.annotate(
            is_here=Exists(Stay.objects.filter(participant=OuterRef("pk"), left_at=None)),
            seat=FilteredRelation("seats", condition=on_stage),
            on_stage=F("seat__pk"),
            microphone_on=F("seat__microphone_on"),
            asked_on_stage=F("stage_invitation__pk"),
            last_left_at=Subquery(_LEFT_AT),
        )
        return people

    @cached_property
    def _matching(self) -> Q:
        return Q(name__icontains=self.search) if self.search else Q()

    @cached_property
    def _counts(self) -> dict[str, int]:
        groups = {"waiting": _WAITING, "hands": _HAND, "stage": _STAGE, "rest": _ELSE}
        groups["gone"] = _GONE
        asked = {name: Count("pk", filter=which & self._matching) for name, which in groups.items()}
        all_of = {"here": _HERE, "all_waiting": _WAITING, "all_hands": _HAND}
        asked |= {name: Count("pk", filter=which) for name, which in all_of.items()}
        counted: dict[str, int] = self._everybody.aggregate(**asked)
        return counted

    def _all_groups(self) -> list[Group]:
        hands = self._group("hands", _("Raised hands"), _HAND, "hand_raised_at")
        stage = self._group("stage", _("On stage"), _STAGE, "seat__taken_at")
        groups = [hands, stage, self._rest()]
        if not self.moderates:
            return groups
        waiting = self._group("waiting", _("Waiting"), _WAITING, "asked_at")
        gone = self._group("gone", _("No longer here"), _GONE, "name", is_open=bool(self.search))
        return [waiting, *groups, gone]

    def _group(
        self, name: str, label: str | Promise, which: Q, order: str, *, is_open: bool = True
    ) -> Group:
        people = self._everybody.filter(which, self._matching).order_by(order, "pk")
        rows = self._rows(people[:MOST_IN_GROUP])
        return Group(name, label, rows, self._counts[name], is_open)

    def _rest(self) -> Group:
        """Oneself first, then by name."""
        me_first = Case(When(pk=self.place.me.pk, then=Value(0)), default=Value(1))
        people = self._everybody.filter(_ELSE, self._matching).order_by(me_first, "name", "pk")
        count = self._counts["rest"]
        per_page = ALL_ON_ONE_PAGE if count <= ALL_ON_ONE_PAGE else PER_PAGE
        paginator = Paginator(people, per_page)
        paginator.count = count
        self.page_obj = paginator.get_page(page_number(self.page_asked))
        return Group("rest", _("Everybody else"), self._rows(self.page_obj.object_list), count)

    def _rows(self, people: Any) -> list[Row]:
        me, abilities = self.place.me, self.place.item.abilities
        reach = level_of(abilities)
        return [
            Row(
                person=person,
                is_me=person.pk == me.pk,
                may_act=self.moderates and person.pk != me.pk and may_act_on(reach, person.level),
                knows=self.moderates or person.pk == me.pk,
            )
            for person in people
        ]
