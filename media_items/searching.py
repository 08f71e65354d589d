"""What somebody searches for in a list."""

from __future__ import annotations

from django.http import HttpRequest

MOST_CHARACTERS = 200


def searched_words(request: HttpRequest, name: str = "q") -> str:
    """The words of the address, in one line; "" where there are none. PostgreSQL refuses NUL in a
    text."""
    return " ".join(request.GET.get(name, "").replace("\x00", " ").split())[:MOST_CHARACTERS]
