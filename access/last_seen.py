"""How often it is noted that somebody was seen: in a browser of a guest or as an invited person, on
the page of a film or in a live session. What is shown to the minute is true to the minute.

A look at the door of another link is none."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

NOTED_EVERY = timedelta(minutes=1)


def unseen_since(before: datetime, of: str = "") -> Q:
    """A condition on rows, or on those that `of` leads to (`"invitation__"`): it is due to be noted
    that their person is seen."""
    return Q(**{f"{of}last_seen_at": None}) | Q(**{f"{of}last_seen_at__lte": before})
