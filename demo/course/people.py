"""The accounts and the galleries of the demo."""

from __future__ import annotations

from access.memberships.models import GalleryRole
from demo.course.shapes import DemoGallery, Person
from media_items.catalogue.models import GalleryKind

# SECURITY: known to everybody; `seed_demo` runs only where DEVELOPMENT_PAGES is on.
PASSWORD = "welcome to foyer"  # noqa: S105

PEOPLE = [
    Person("noa", "Dr. Noa", "Levi", "noa.levi@example.edu", "instructor, Biology 101"),
    Person(
        "sam", "Prof. Samuel", "Okafor", "samuel.okafor@example.edu", "instructor, Field Recording"
    ),
    Person("mei", "Dr. Mei", "Tanaka", "mei.tanaka@example.edu", "instructor, Open Lectures"),
    Person("lena", "Lena", "Brandt", "lena.brandt@example.edu", "student"),
    Person("omar", "Omar", "Haddad", "omar.haddad@example.edu", "student"),
    Person("admin", "Robin", "Castle", "admin@example.edu", "site admin"),
]

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
