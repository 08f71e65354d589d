"""What live sessions keep about a person, as one part of the registry.

The session's own rows (who, when) are here; what somebody did in a session is each room's own,
registered by it as `RoomData`. That there was somebody, when and how long, stays for the report;
who it was and what they wrote do not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Count as CountRows
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from media_items.live.events.announcing import announce
from media_items.live.events.facts import FactKind
from media_items.live.sessions.models import NOT_OUT, LiveSession, Participant, Stay
from media_items.live.sessions.presence import Why
from media_items.live.sessions.removing import end_presence
from media_items.personal_data import Section, Subject

MOST_SHOWN = 200  # of each kind of row, the newest; the page says how many there are


@dataclass(frozen=True)
class Entry:
    """One thing somebody wrote; `note` stands behind it."""

    at: datetime
    text: str
    note: str | Promise = ""


@dataclass(frozen=True)
class Writing:
    """What somebody wrote in one place; `notes` say what is not among the lines."""

    heading: str | Promise
    lines: list[Entry]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Tally:
    """What is only counted."""

    label: str | Promise
    number: int


@dataclass
class RoomRecord:
    """What one room keeps of somebody in one session."""

    tallies: list[Tally] = field(default_factory=list)
    writings: list[Writing] = field(default_factory=list)


class RoomData(Protocol):
    """What one room of live sessions keeps of participants."""

    def of(self, participants: Collection[int], *, at_most: int | None) -> Mapping[int, RoomRecord]:
        """By session. A fixed number of queries; `at_most` rows of a kind, the newest, or all."""
        ...

    def erase(self, participants: Collection[int], *, moment: datetime) -> Collection[FactKind]:
        """Every word of theirs; returns the kinds of fact that tell open pages of it."""
        ...


_rooms: list[RoomData] = []


def register_room(room: RoomData) -> None:
    if not any(type(one) is type(room) for one in _rooms):
        _rooms.append(room)


@dataclass
class SessionRecord:
    """One session as this person took part in it. Deleted messages are counted, not shown."""

    session: LiveSession
    stays: list[Stay] = field(default_factory=list)
    number_of_stays: int = 0
    tallies: list[Tally] = field(default_factory=list)
    writings: list[Writing] = field(default_factory=list)

    @property
    def more_stays(self) -> int:
        return self.number_of_stays - len(self.stays)

    def as_json(self) -> dict[str, Any]:
        return {
            "session": self.session.public_id,
            "opened_at": self.session.made_at,
            "stays": [{"came_at": one.came_at, "left_at": one.left_at} for one in self.stays],
            "counts": {str(one.label): one.number for one in self.tallies},
            "wrote": [
                {
                    "where": str(one.heading),
                    "lines": [{"at": line.at, "text": line.text} for line in one.lines],
                    "notes": [str(note) for note in one.notes],
                }
                for one in self.writings
            ],
        }


class SessionData:
    """The part. It stays with the item and goes with it: no time of its own."""

    name = "live sessions"

    def sections(self, subject: Subject) -> list[Section]:
        return [
            Section(
                template="media_items/live/_session_record.html",
                data=one,
                who_sees=_(
                    "Everybody in a live session sees your name and what you write "
                    "in the chat. Anonymous questions are shown without your name."
                ),
                goes=_("What you wrote in a live session is deleted."),
                stays=_("The times you were in a live session are kept without your name."),
            )
            for one in records_of(subject, at_most=MOST_SHOWN)
        ]

    def export(self, subject: Subject) -> list[dict[str, Any]]:
        return [one.as_json() for one in records_of(subject, at_most=None)]

    def erase(self, subject: Subject, *, moment: datetime) -> None:
        """In a session under way they are gone at once.

        SECURITY: whoever was declined there does not walk in afterwards. A keyed digest of their
        address stays until that session ends.
        """
        rows = _participants_of(subject).filter(Q(erased_at=None) | ~Q(name=""))
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        if not ids:
            return
        # Sessions first and in order, as everybody who changes more than one row of a session does.
        under_way = list(
            LiveSession.objects.select_for_update(of=("self",), no_key=True)
            .under_way()
            .filter(pk__in=Participant.objects.filter(pk__in=ids).values("session"))
            .order_by("pk")
        )
        rows = Participant.objects.filter(pk__in=ids)
        rows.update(name="", hand_raised_at=None, erased_at=moment)
        rows.exclude(declined_at__isnull=False, session__in=under_way).update(person="")
        kinds = sorted({kind for room in _rooms for kind in room.erase(ids, moment=moment)})
        # What they came in by is erased, too; nobody writes on as somebody who was erased.
        Participant.objects.filter(NOT_OUT, pk__in=ids, session__in=under_way).update(
            right_ended_at=moment
        )
        for session in under_way:
            theirs = session.participants.filter(pk__in=ids).values_list("pk", flat=True)
            end_presence(session=session, participant_ids=list(theirs), why=Why.RIGHT_ENDED)
            for kind in kinds:
                announce(session, kind)

    def erase_older_than(self, cutoff: datetime) -> int:
        return 0


def _participants_of(subject: Subject) -> QuerySet[Participant]:
    rows = Participant.objects.filter(key__in=subject.keys)
    return rows if subject.item is None else rows.filter(session__item=subject.item)


def records_of(subject: Subject, *, at_most: int | None) -> list[SessionRecord]:
    """Newest session first. A fixed number of queries, however much there is."""
    people = list(
        _participants_of(subject)
        .select_related("session")
        .order_by("-session__made_at", "-pk")[:at_most]
    )
    if not people:
        return []
    records: dict[int, SessionRecord] = {}
    for one in people:
        records.setdefault(one.session_id, SessionRecord(one.session))
    ids = [one.pk for one in people]
    stays = Stay.objects.filter(participant__in=ids)
    for stay in newest(stays.select_related("participant"), at_most):
        records[stay.participant.session_id].stays.append(stay)
    for session_id, number in counted(stays, by="participant__session").items():
        records[session_id].number_of_stays = number
    for room in _rooms:
        for session_id, record in room.of(ids, at_most=at_most).items():
            records[session_id].tallies += record.tallies
            records[session_id].writings += record.writings
    return list(records.values())


def newest(rows: QuerySet[Any], at_most: int | None) -> list[Any]:
    """The newest ones, in the order in which they happened."""
    return list(rows.order_by("-pk")[:at_most])[::-1]


def counted(rows: QuerySet[Any], *, by: str = "session") -> dict[int, int]:
    """How many, by session: `by` leads from the row to it."""
    found = rows.order_by().values(by).annotate(number=CountRows("pk"))
    return dict(found.values_list(by, "number"))


def by_session(rows: list[Any]) -> dict[int, list[Any]]:
    """Rows with a `session_id`, by it."""
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.session_id].append(row)
    return found
