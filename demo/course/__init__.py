"""What is in the demo: people, places, media, guest links and invitations, as data."""

from demo.course import biology, evenings, field
from demo.course.people import PASSWORD, PEOPLE, PLACES
from demo.course.shapes import (
    DAY,
    HOUR,
    MINUTE,
    Comer,
    Cues,
    Invited,
    Item,
    Link,
    Person,
    Place,
    Sat,
    There,
)

ITEMS: list[Item] = [*biology.ITEMS, *field.ITEMS, *evenings.ITEMS]

__all__ = [
    "DAY",
    "HOUR",
    "ITEMS",
    "MINUTE",
    "PASSWORD",
    "PEOPLE",
    "PLACES",
    "Comer",
    "Cues",
    "Invited",
    "Item",
    "Link",
    "Person",
    "Place",
    "Sat",
    "There",
]
