"""How often somebody reacted in a session and answered a poll; nobody is shown which answer. The
room's part in `live.personal_data`, as each room of a session has one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from media_items.live.events.facts import FactKind
from media_items.live.interactions.models import PollAnswer, Reaction
from media_items.live.personal_data import RoomRecord, Tally, counted


class InteractionData:
    """Nobody is shown whose a reaction or an answer was, so there is nothing to erase."""

    def of(self, participants: Collection[int], *, at_most: int | None) -> dict[int, RoomRecord]:
        reactions = counted(Reaction.objects.filter(author__in=participants))
        answers = counted(PollAnswer.objects.filter(voter__in=participants), by="voter__session")
        records: dict[int, RoomRecord] = {}
        for label, numbers in ((_("Reactions"), reactions), (_("Answers to polls"), answers)):
            for session, number in numbers.items():
                records.setdefault(session, RoomRecord()).tallies.append(Tally(label, number))
        return records

    def erase(self, participants: Collection[int], *, moment: datetime) -> Collection[FactKind]:
        return ()
