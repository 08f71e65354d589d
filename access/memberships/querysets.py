"""The members of a gallery as a list to read."""

from __future__ import annotations

from django.db.models import FETCH_RAISE, Case, IntegerField, Q, QuerySet, Value, When

from access.memberships.models import GalleryMembership, GalleryRole
from media_items.models import Gallery

_MOST_WORDS = 8


def members_of(gallery: Gallery, *, matching: str = "") -> QuerySet[GalleryMembership]:
    """Managers first, then by name. An error instead of a query per row."""
    members = GalleryMembership.objects.filter(gallery=gallery).select_related("user")
    for word in matching.split()[:_MOST_WORDS]:
        members = members.filter(
            Q(user__email__icontains=word)
            | Q(user__first_name__icontains=word)
            | Q(user__last_name__icontains=word)
        )
    ranks = [When(role=role, then=Value(-rank)) for rank, role in enumerate(GalleryRole)]
    return (
        members.alias(rank=Case(*ranks, output_field=IntegerField()))
        .order_by("rank", "user__last_name", "user__first_name", "user__email")
        .fetch_mode(FETCH_RAISE)
    )
