"""The content of the demo as data: galleries, media, guest links and invitations."""

from demo.course import biology, evenings, field, quizzes
from demo.course.galleries import GALLERIES
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
)

ITEMS: list[Item] = [*biology.ITEMS, *field.ITEMS, *evenings.ITEMS, *quizzes.ITEMS]

__all__ = [
    "DAY",
    "GALLERIES",
    "HOUR",
    "ITEMS",
    "MINUTE",
    "Attendee",
    "Cues",
    "DemoGallery",
    "DemoGuest",
    "Invited",
    "Item",
    "Link",
    "PastSession",
]
