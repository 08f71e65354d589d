"""What somebody asked in a session, and how often they voted for a question."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from media_items.live.events.facts import FactKind
from media_items.live.personal_data import (
    Entry,
    RoomRecord,
    Tally,
    Writing,
    by_session,
    counted,
    newest,
)
from media_items.live.qna.models import AudienceQuestion, AudienceQuestionVote


class QuestionData:
    """Answers of a moderator are the moderator's words and stay."""

    def of(self, participants: Collection[int], *, at_most: int | None) -> dict[int, RoomRecord]:
        theirs = AudienceQuestion.objects.filter(author__in=participants)
        shown = by_session(newest(theirs, at_most))
        numbers = counted(theirs)
        votes = counted(
            AudienceQuestionVote.objects.filter(voter__in=participants), by="voter__session"
        )
        records: dict[int, RoomRecord] = {}
        for session, number in votes.items():
            records[session] = RoomRecord(tallies=[Tally(_("Votes for questions"), number)])
        for session, number in numbers.items():
            record = records.setdefault(session, RoomRecord())
            record.writings.append(_writing(shown.get(session, []), number))
        return records

    def erase(self, participants: Collection[int], *, moment: datetime) -> Collection[FactKind]:
        AudienceQuestion.objects.filter(author__in=participants).update(
            text="", published_at=None, dismissed_at=Coalesce(F("dismissed_at"), moment)
        )
        return (FactKind.QNA,)


def _writing(shown: list[AudienceQuestion], number: int) -> Writing:
    more = number - len(shown)
    notes = []
    if more > 0:
        notes.append(
            ngettext(
                "%(more)d earlier question is not shown here.",
                "%(more)d earlier questions are not shown here.",
                more,
            )
            % {"more": more}
        )
    lines = [
        Entry(
            at=one.asked_at,
            text=one.text,
            note=_("(anonymous)") if one.is_anonymous else "",
        )
        for one in shown
    ]
    return Writing(_("What you asked"), lines, notes)
