"""The accounts of the demo. A real site asks after them, without what only the demo installs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    key: str
    first_name: str
    last_name: str
    email: str
    description: str


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
