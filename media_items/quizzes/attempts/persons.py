"""One person by the address that is theirs, without the address."""

from __future__ import annotations

from media_items.keyed_digests import keyed_digest, keyed_digests
from media_items.visitors import Certainty, Identity

_PERSON = "media_items.quizzes.person"


def person_digest(email: str) -> str:
    """The same for every proof of one address, and useless to a reader of the table."""
    return keyed_digest(_PERSON, email.lower()) if email else ""


def person_digests(email: str) -> list[str]:
    """Under every key that is good: what was stored before a change of the key, too."""
    return keyed_digests(_PERSON, email.lower()) if email else []


def proven_persons(identity: Identity) -> list[str]:
    """The digests of their address where it is proven; an address that was typed is nobody's."""
    return person_digests(identity.email) if is_proven(identity) else []


def is_proven(identity: Identity) -> bool:
    """SECURITY: somebody is proven by an address that is theirs. An account is sure to be itself;
    an address of it that nobody has verified is nobody's."""
    return (
        identity.certainty in {Certainty.SIGNED_IN, Certainty.CONFIRMED}
        and identity.is_address_verified
        and bool(identity.email)
    )
