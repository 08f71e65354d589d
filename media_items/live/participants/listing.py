"""The Participants tab: who is there, in groups, searched and paged by the database.

As many queries for 2,000 people as for one: one that counts, one for each group with somebody.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import (
    Case,
    Count,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.utils.functional import Promise, cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from media_items.abilities import Ability
from media_items.compiled import compiled
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
from media_items.outlines import Outline
from media_items.templatetags.initials import initials
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
_IS_HERE = Q(open_stay__isnull=False)
_HERE = NOT_OUT & Q(admitted_at__isnull=False) & _IS_HERE


class GroupName(StrEnum):
    """Nobody is in two of them."""

    WAITING = "waiting"
    HANDS = "hands"
    STAGE = "stage"
    REST = "rest"
    GONE = "gone"


_WHO = {
    GroupName.WAITING: NOT_OUT & Q(admitted_at=None, declined_at=None) & _IS_HERE,
    GroupName.HANDS: _HERE & Q(hand_raised_at__isnull=False),
    GroupName.STAGE: _HERE & Q(hand_raised_at=None, seat__isnull=False),
    GroupName.REST: _HERE & Q(hand_raised_at=None, seat=None),
    GroupName.GONE: Q(removed_at=None)
    & (
        Q(right_ended_at__isnull=False)
        | Q(declined_at__isnull=False)
        | Q(admitted_at__isnull=False, open_stay=None)
    ),
}
_ORDER = {
    GroupName.WAITING: "asked_at",
    GroupName.HANDS: "hand_raised_at",
    GroupName.STAGE: "seat__taken_at",
    GroupName.REST: "name",
    GroupName.GONE: "name",
}
# What a row shows.
_COLUMNS = (
    "key", "name", "role", "certainty", "level", "hand_raised_at", "declined_at", "right_ended_at",
)  # fmt: skip


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


WORDS = Outline("media_items/live/participants/_person_words.html", "name", "initials", "tone")


@dataclass(frozen=True)
class Look:
    """What is said of a person in the list, whoever they are. `certainty`: where the reader is told
    how sure we are who they are."""

    group: GroupName
    role: str
    leads: bool
    certainty: str
    is_me: bool
    is_asked_on_stage: bool
    on_stage: bool
    microphone_on: bool
    has_hand_up: bool
    is_declined: bool
    is_out: bool

    @property
    def role_name(self) -> str | Promise:
        return ROLE_NAMES[self.role]

    @property
    def how_known(self) -> str | Promise:
        return HOW_KNOWN[self.certainty]


@dataclass(frozen=True)
class Row:
    """One person as a reader of the list sees them. `may_act`: the reader may act on them; `knows`:
    the reader is told how sure we are who they are."""

    person: Participant
    group: GroupName
    is_me: bool
    may_act: bool
    knows: bool

    @property
    def words(self) -> SafeString:
        name = str(self.person)
        return WORDS.drawn(
            {"look": self._look}, name=name, initials=initials(name), tone=self._tone or "7"
        )

    @property
    def _look(self) -> Look:
        person = self.person
        return Look(
            group=self.group,
            role=person.role if person.role in ROLE_NAMES else "",
            leads=person.level > 1,
            certainty=person.certainty if self.knows and person.certainty in HOW_KNOWN else "",
            is_me=self.is_me,
            is_asked_on_stage=self.is_asked_on_stage,
            on_stage=self.on_stage,
            microphone_on=self.microphone_on,
            has_hand_up=person.hand_raised_at is not None,
            is_declined=person.declined_at is not None,
            is_out=self.group == GroupName.GONE and self.is_out,
        )

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
    def _tone(self) -> str:
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
        all_of = self._all
        return all_of[GroupName.HANDS] + all_of[GroupName.STAGE] + all_of[GroupName.REST]

    @property
    def waiting(self) -> int:
        return self._all[GroupName.WAITING]

    @property
    def hands(self) -> int:
        return self._all[GroupName.HANDS]

    @property
    def is_searchable(self) -> bool:
        return self.total > MANY or bool(self.search)

    @property
    def found(self) -> int:
        return sum(group.count for group in self.groups)

    @cached_property
    def _all(self) -> Counter[str]:
        """How many are in each group, whatever is searched."""
        return Counter({group: count for group, count, _found in self._counted if group})

    @cached_property
    def _found(self) -> Counter[str]:
        return Counter({group: found for group, _count, found in self._counted if group})

    @cached_property
    def _counted(self) -> list[tuple[str | None, int, int]]:
        if not self.search:
            return [(group, n, n) for group, n in counted(session=self.place.session.pk)]
        found = Count("pk", filter=self._matching)
        counts = counted.queryset(session=self.place.session.pk).annotate(found=found)
        return list(counts.values_list("group", "count", "found"))

    @property
    def _matching(self) -> Q:
        return Q(name__icontains=self.search)

    def _all_groups(self) -> list[Group]:
        hands = self._group(GroupName.HANDS, _("Raised hands"))
        stage = self._group(GroupName.STAGE, _("On stage"))
        groups = [hands, stage, self._rest()]
        if not self.moderates:
            return groups
        waiting = self._group(GroupName.WAITING, _("Waiting"))
        gone = self._group(GroupName.GONE, _("No longer here"), is_open=bool(self.search))
        return [waiting, *groups, gone]

    def _group(self, name: GroupName, label: str | Promise, *, is_open: bool = True) -> Group:
        rows = self._rows(name, self._people(name, 0, MOST_IN_GROUP))
        return Group(name, label, rows, self._found[name], is_open)

    def _rest(self) -> Group:
        """Oneself first, then by name."""
        count = self._found[GroupName.REST]
        per_page = ALL_ON_ONE_PAGE if count <= ALL_ON_ONE_PAGE else PER_PAGE
        paginator = Paginator[Any]([], per_page)
        paginator.count = count
        self.page_obj = paginator.get_page(page_number(self.page_asked))
        people = self._people(GroupName.REST, self.page_obj.start_index() - 1, per_page)
        rows = self._rows(GroupName.REST, people)
        return Group(GroupName.REST, _("Everybody else"), rows, count)

    def _people(self, group: GroupName, start: int, most: int) -> list[Participant]:
        """Of a group with nobody in it nothing is asked."""
        if not self._found[group]:
            return []
        session, me = self.place.session.pk, self.place.me.pk
        first = me if group == GroupName.REST else None
        if not self.search and start == 0:
            is_long = most > PER_PAGE
            return first_in(session=session, group=group, first=first, is_long=is_long)
        people = _in_order(session, group, first)
        if self.search:
            people = people.filter(self._matching)
        return list(people[start : start + most])

    def _rows(self, group: GroupName, people: list[Participant]) -> list[Row]:
        me, abilities = self.place.me, self.place.item.abilities
        reach = level_of(abilities)
        return [
            Row(
                person=person,
                group=group,
                is_me=person.pk == me.pk,
                may_act=self.moderates and person.pk != me.pk and may_act_on(reach, person.level),
                knows=self.moderates or person.pk == me.pk,
            )
            for person in people
        ]


def _people_of(session: int) -> ParticipantQuerySet:
    """Everybody who has a row in it, with their open stay and their seat on the stage, if any."""
    on_stage = Q(seats__left_at=None, seats__kind=SeatKind.STAGE)
    people: ParticipantQuerySet = Participant.objects.filter(session=session).annotate(
        open_stay=FilteredRelation("stays", condition=Q(stays__left_at=None)),
        seat=FilteredRelation("seats", condition=on_stage),
    )
    return people


@compiled
def counted(*, session: int) -> QuerySet[Participant, tuple[str | None, int]]:
    """How many are in each group that has somebody; under None those who are in none."""
    group = Case(*(When(who, then=Value(name.value)) for name, who in _WHO.items()))
    grouped = _people_of(session).annotate(group=group).order_by().values("group")
    return grouped.annotate(count=Count("pk")).values_list("group", "count")


@compiled
def first_in(
    *, session: int, group: GroupName, first: int | None, is_long: bool
) -> QuerySet[Participant]:
    """Those who are shown without a search, on one page or the first of several."""
    return _in_order(session, group, first)[: ALL_ON_ONE_PAGE if is_long else PER_PAGE]


def _in_order(session: int, group: GroupName, first: int | None) -> ParticipantQuerySet:
    """A group's people, `first` before all others."""
    people = _people_of(session).filter(_WHO[group]).only(*_COLUMNS)
    people = people.annotate(
        on_stage=F("seat__pk"),
        microphone_on=F("seat__microphone_on"),
        asked_on_stage=F("stage_invitation__pk"),
    )
    if group == GroupName.GONE:
        people = people.annotate(last_left_at=Subquery(_LEFT_AT))
    me_first = [Case(When(pk=first, then=Value(0)), default=Value(1))] if first else []
    return people.order_by(*me_first, _ORDER[group], "pk")
