"""The world's time zones, as people choose them."""

from __future__ import annotations

import zoneinfo
from functools import cache
from importlib.resources import files


def is_time_zone(name: str) -> bool:
    return name in _known()


@cache
def _known() -> frozenset[str]:
    # Names of files that are no places.
    return frozenset(zoneinfo.available_timezones() - {"Factory", "localtime"})


def place_of(name: str) -> str:
    """ "New York" of America/New_York: how people know a zone."""
    return name.rpartition("/")[2].replace("_", " ")


@cache
def _offered() -> frozenset[str]:
    """One name for each zone of each country: the list that IANA keeps for choosing from.

    Older names of a zone (Asia/Calcutta, US/Eastern) are not on it. Not what `backward` links to
    either: it would leave Berlin for Stockholm.
    """
    table = files("tzdata").joinpath("zoneinfo/zone.tab").read_text("utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return frozenset(name for _country, _where, name, *_more in rows) & _known()


@cache
def _names_by_area() -> dict[str, list[str]]:
    areas: dict[str, list[str]] = {}
    for name in sorted(_offered()):
        areas.setdefault(name.partition("/")[0], []).append(name)
    return areas


def time_zone_choices(*, current: str) -> list[tuple[str, object]]:
    """UTC, then the zones of each part of the world; `current` is always among them, also under a
    name that is not offered."""
    areas = _names_by_area()
    single = ["UTC"]
    if current != "UTC" and not any(current in names for names in areas.values()):
        single.append(current)
    return [
        *((name, name) for name in single),
        *(
            (area, [(name, name.partition("/")[2].replace("_", " ")) for name in names])
            for area, names in areas.items()
        ),
    ]
