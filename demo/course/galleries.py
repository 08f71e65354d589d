"""The galleries of the demo."""

from __future__ import annotations

from access.memberships.models import GalleryRole
from demo.course.shapes import DemoGallery
from media_items.catalogue.models import GalleryKind

GALLERIES = [
    DemoGallery(
        "bio",
        GalleryKind.COURSE,
        "Biology 101",
        "From the cell to the ecosystem. Lectures on Tuesdays, laboratory on Thursdays.",
        {
            "noa": GalleryRole.MANAGER,
            "sam": GalleryRole.CONTRIBUTOR,
            "lena": GalleryRole.MEMBER,
            "omar": GalleryRole.MODERATOR,
        },
    ),
    DemoGallery(
        "field",
        GalleryKind.COURSE,
        "Field Recording",
        "Listening outdoors: microphones, weather, patience. With two days in the marsh.",
        {
            "sam": GalleryRole.MANAGER,
            "mei": GalleryRole.MODERATOR,
            "lena": GalleryRole.CONTRIBUTOR,
            "omar": GalleryRole.MEMBER,
        },
    ),
    DemoGallery(
        "open",
        GalleryKind.CHANNEL,
        "Open Lectures",
        "Short films and evenings for everybody who is curious.",
        {
            "mei": GalleryRole.MANAGER,
            "noa": GalleryRole.CONTRIBUTOR,
            "sam": GalleryRole.CONTRIBUTOR,
            "lena": GalleryRole.MEMBER,
            "omar": GalleryRole.MEMBER,
        },
    ),
]
