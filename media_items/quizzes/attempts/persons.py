"""One person by the address that is theirs, without the address."""

from __future__ import annotations

from media_items.keyed_digests import keyed_digest, keyed_digests

_PERSON = "media_items.quizzes.person"


def person_digest(email: str) -> str:
    """The same for every proof of one address, and useless to a reader of the table."""
    return keyed_digest(_PERSON, email.lower()) if email else ""


def person_digests(email: str) -> list[str]:
    """Under every key that is good: what was stored before a change of the key, too."""
    return keyed_digests(_PERSON, email.lower()) if email else []
