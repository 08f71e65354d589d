"""The content of the demo as data: people, galleries, media, guest links and invitations."""

from demo.course import biology, evenings, field
from demo.course.people import GALLERIES, PASSWORD, PEOPLE
from demo.course.shapes import (
    DAY,
    HOUR,
    MINUTE,
    Attendee,
    Cues,
    DemoGallery,
    DemoGuest,
    Invited,
    Item,
    Link,
    PastSession,
    Person,
)

ITEMS: list[Item] = [*biology.ITEMS, *field.ITEMS, *evenings.ITEMS]

__all__ = [
    "DAY",
    "GALLERIES",
    "HOUR",
    "ITEMS",
    "MINUTE",
    "PASSWORD",
    "PEOPLE",
    "Attendee",
    "Cues",
    "DemoGallery",
    "DemoGuest",
    "Invited",
    "Item",
    "Link",
    "PastSession",
    "Person",
]
