"""The world's time zones, as people choose them."""

from __future__ import annotations

import zoneinfo
from functools import cache

_AREAS = (
    "Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific".split()  # noqa: SIM905
)


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
def _names_by_area() -> dict[str, list[str]]:
    areas: dict[str, list[str]] = {}
    for name in sorted(_known()):
        area, _slash, place = name.partition("/")
        if place and area in _AREAS:
            areas.setdefault(area, []).append(name)
    return areas


def time_zone_choices(*, current: str) -> list[tuple[str, object]]:
    """UTC, then the zones of each part of the world; `current` is always among them."""
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
