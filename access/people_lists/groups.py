"""All members of a gallery as people of a list."""

from __future__ import annotations

from access.memberships.models import GalleryMembership
from access.people_lists.parsing import MOST_PEOPLE, TooManyPeople
from access.typed_people import Person, person
from media_items.models import Gallery


def members_as_people(gallery: Gallery) -> list[Person]:
    """By name; without accounts that are switched off. Raises `TooManyPeople`. One query.

    SECURITY: the caller has asked whether its host may see the members of the gallery.
    """
    members = (
        GalleryMembership.objects.filter(gallery=gallery, user__is_active=True)
        .order_by("user__last_name", "user__first_name", "user__email")
        .values_list("user__email", "user__first_name", "user__last_name")
    )
    rows = list(members[: MOST_PEOPLE + 1])
    if len(rows) > MOST_PEOPLE:
        raise TooManyPeople
    return [person(email, email, first, last) for email, first, last in rows]
