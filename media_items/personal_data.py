"""Personal data: each room registers what it keeps about people, and how that is shown to them,
exported, erased, and deleted when its time is over.

*My record*, erasing and retention walk this registry and know no model by name. A room that begins
to keep something about people registers a part in its app's `ready()`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction
from django.utils.functional import Promise

from media_items.catalogue.models import MediaItem
from media_items.kept_people import lock_to_erase


@dataclass(frozen=True)
class Subject:
    """Whose data is meant, on which item; without one, on every item.

    `keys` are keys of proofs, as `Identity.key`: what came with these proofs is meant, and nothing
    else of the same address. `email` is set only where everything under the address on the item is
    meant. `typed_email` is what the browsers typed whose last trace is erased: nothing of it proves
    that the address is theirs. `is_typed`: nobody of `keys` has proven `email`, so a room in which
    others have proven it leaves those alone.
    """

    item: MediaItem | None
    keys: frozenset[str]
    email: str = ""
    typed_email: str = ""
    is_typed: bool = False


@dataclass(frozen=True)
class Section:
    """One part of a person's record: `template` gets `data` as `kept`.

    `who_sees` is a sentence for the end of the page; `goes` and `stays` are for the question before
    it is erased. Each stands there once.
    """

    template: str
    data: object
    who_sees: str | Promise = ""
    goes: str | Promise = ""
    stays: str | Promise = ""


class PersonalData(Protocol):
    """What one room keeps about people. All methods are idempotent."""

    name: str
    """The name of the part in an export."""

    def sections(self, subject: Subject) -> list[Section]:
        """For the person's own page. A fixed number of queries."""
        ...

    def export(self, subject: Subject) -> list[dict[str, Any]]:
        """The same, complete, as JSON values."""
        ...

    def erase(self, subject: Subject, *, moment: datetime) -> None:
        """Erases name and texts; the fact that somebody was there may stay. In a transaction."""
        ...

    def erase_older_than(self, cutoff: datetime) -> int:
        """What came before `cutoff`, or has outlived a time of the room's own; returns how many
        people or rows it was, as the room counts."""
        ...


_parts: dict[str, PersonalData] = {}


def register(part: PersonalData) -> None:
    """Called from `AppConfig.ready`. Raises `ValueError` where another part has the name."""
    if part.name in _parts and type(_parts[part.name]) is not type(part):
        raise ValueError(f"{part.name} is registered already")
    _parts[part.name] = part


def parts() -> Iterator[PersonalData]:
    """In the order in which they were registered."""
    yield from _parts.values()


def sections_of(subject: Subject) -> list[Section]:
    return [section for part in parts() for section in part.sections(subject)]


def export_of(subject: Subject) -> dict[str, list[dict[str, Any]]]:
    """Without the parts that have nothing to hand over."""
    found = {part.name: part.export(subject) for part in parts()}
    return {name: rows for name, rows in found.items() if rows}


@transaction.atomic
def erase(subject: Subject, *, moment: datetime) -> None:
    """Every part erases its own.

    A caller that locks other rows of these people has called `lock_to_erase` before that.
    """
    lock_to_erase(subject.keys)
    for part in parts():
        part.erase(subject, moment=moment)


def erase_older_than(cutoff: datetime) -> int:
    """Every part gives up what its time is over for; returns how many people or rows it was.

    Every part is tried. Raises `ExceptionGroup` with what any of them raised.
    """
    done, failed = 0, []
    for part in parts():
        try:
            done += part.erase_older_than(cutoff)
        except Exception as error:  # noqa: BLE001 - raised below, after the other parts
            failed.append(error)
    if failed:
        raise ExceptionGroup("personal data stayed longer than it should", failed)
    return done
