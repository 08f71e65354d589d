"""What a list of people to invite keeps about them: a week at most, as the host brought it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from access.invitations.personal_data import invitation_ids
from access.people_lists.models import BatchLine
from access.people_lists.services.correcting import forget_old_batches
from media_items.personal_data import Section, Subject


class ListData:
    """Nothing of it is shown: what a host brought is the host's own for that week, and what became
    of it is the invitation. Lines that led to no invitation are meant by nobody's key."""

    name = "lists of people"

    def sections(self, subject: Subject) -> list[Section]:
        return []

    def export(self, subject: Subject) -> list[dict[str, Any]]:
        return []

    def erase(self, subject: Subject, *, moment: datetime) -> None:
        lines = BatchLine.objects.filter(invitation__in=invitation_ids(subject.keys))
        lines.update(
            typed="", email="", first_name="", last_name="", role_left_out="", meant="", cells=[]
        )

    def erase_older_than(self, cutoff: datetime) -> int:
        """After a week, whatever the site's time is; returns how many lists."""
        return forget_old_batches()
