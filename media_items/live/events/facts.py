"""Facts: what the event stream says. Small, and without anybody's words: a kind and a few ids.

A page that hears one asks an ordinary, guarded view for what it is about. Messages of the chat
alone are told with their words, by the process with the streams itself (telling.py); no bus carries
them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

EVERYBODY = "all"  # all who are inside
CREW = "crew"  # those with Ability.BACKCHANNEL
MODERATORS = "mods"  # those with Ability.MODERATE


class FactKind(StrEnum):
    """The closed list of what a fact says. A browser hears the value as the name of the event."""

    # What a page shows and asks for again
    SESSION = "session"  # open, locked, warned, over; its settings
    ME = "me"  # what one person is or may do here
    PARTICIPANTS = "participants"
    CHAT = "chat"
    QNA = "qna"
    BACKCHANNEL = "backchannel"
    STAGE = "stage"
    BROADCAST = "broadcast"
    POLLS = "polls"
    # About one moment; not told again
    SIGNAL = "signal"  # for one seat of a mesh
    KNOCK = "knock"  # somebody waits at the door
    REACTION = "reaction"
    MESSAGES = "messages"  # what has come and gone in the chat, with its words
    # About the stream itself
    RIGHTS = "rights"  # ask for a new ticket: what one may hear may have changed
    # Never reaches a browser as it is: the hub closes the streams it is for.
    CLOSE = "close"
    # Only the hub itself says this, to everybody: some facts were lost, ask for everything once.
    MISSED = "missed"


# For the page's script, which asks for all states again where it may have missed something.
STATES = (
    FactKind.SESSION,
    FactKind.ME,
    FactKind.PARTICIPANTS,
    FactKind.CHAT,
    FactKind.QNA,
    FactKind.BACKCHANNEL,
    FactKind.STAGE,
    FactKind.BROADCAST,
    FactKind.POLLS,
)
MOMENTS = (FactKind.SIGNAL, FactKind.KNOCK, FactKind.REACTION, FactKind.MESSAGES)

# In the data of a fact: nothing but messages have come or gone, which telling.py can tell.
ONLY_MESSAGES = "only_messages"


def only(participant_id: int) -> str:
    """One participant: their own streams."""
    return f"p{participant_id}"


_EDITION = "r "


def edition(language: str, level: int, *, moderates: bool) -> str:
    """All who read alike, in one language and with one set of buttons: the same is new to them."""
    return f"{_EDITION}{language} {level}{'m' if moderates else ''}"


def is_edition(recipients: str) -> bool:
    return recipients.startswith(_EDITION)


def edition_from(recipients: str) -> tuple[str, int, bool]:
    """Language, level, and whether they moderate: what `edition` was made from."""
    language, rights = recipients.removeprefix(_EDITION).split(" ")
    return language, int(rights.rstrip("m")), rights.endswith("m")


def participant_of(recipients: str) -> int | None:
    """The participant that `only` names, or None where it is many."""
    number = recipients[1:]
    return int(number) if recipients[:1] == "p" and number.isdecimal() else None


@dataclass(frozen=True)
class Fact:
    """`session` is the session's public id; `recipients` is one of the above."""

    session: str
    recipients: str
    kind: FactKind
    data: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> str:
        """ASCII only: as many bytes as characters."""
        return json.dumps(
            {"s": self.session, "r": self.recipients, "k": self.kind, "d": self.data},
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str | bytes) -> Fact:
        """Raises ValueError for what is not a fact."""
        raw = json.loads(text)
        try:
            fact = cls(
                session=raw["s"], recipients=raw["r"], kind=FactKind(raw["k"]), data=raw["d"]
            )
        except (KeyError, TypeError) as error:
            raise ValueError("not a fact") from error
        words = (fact.session, fact.recipients)
        if not (all(isinstance(word, str) for word in words) and isinstance(fact.data, dict)):
            raise ValueError("not a fact")
        return fact
