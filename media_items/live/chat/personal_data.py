"""What somebody wrote in the chat and the backchannel of a session."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from media_items.live.chat.models import BackchannelMessage, ChatMessage
from media_items.live.events.facts import FactKind
from media_items.live.personal_data import Entry, RoomRecord, Writing, by_session, counted, newest


class ChatData:
    """Deleted messages are counted: nobody is shown them, not even their author.

    The backchannel is for those who run the session; no guest writes there. It is erased with the
    rest, and not shown.
    """

    def of(self, participants: Collection[int], *, at_most: int | None) -> dict[int, RoomRecord]:
        theirs = ChatMessage.objects.filter(author__in=participants)
        shown = by_session(newest(theirs.filter(deleted_at=None), at_most))
        numbers = counted(theirs)
        deleted = counted(theirs.exclude(deleted_at=None))
        return {
            session: RoomRecord(
                writings=[_writing(shown.get(session, []), number, deleted.get(session, 0))]
            )
            for session, number in numbers.items()
        }

    def erase(self, participants: Collection[int], *, moment: datetime) -> Collection[FactKind]:
        gone = {"text": "", "deleted_at": Coalesce(F("deleted_at"), moment)}
        ChatMessage.objects.filter(author__in=participants).update(pinned_at=None, **gone)
        BackchannelMessage.objects.filter(author__in=participants).update(**gone)
        return (FactKind.CHAT, FactKind.BACKCHANNEL)


def _writing(shown: list[ChatMessage], number: int, deleted: int) -> Writing:
    notes = []
    if (more := number - deleted - len(shown)) > 0:
        notes.append(
            ngettext(
                "%(more)d earlier message is not shown here.",
                "%(more)d earlier messages are not shown here.",
                more,
            )
            % {"more": more}
        )
    if deleted:
        notes.append(
            ngettext(
                "%(deleted)d message was deleted. Nobody can see it.",
                "%(deleted)d messages were deleted. Nobody can see them.",
                deleted,
            )
            % {"deleted": deleted}
        )
    lines = [Entry(at=one.sent_at, text=one.text) for one in shown]
    return Writing(_("What you wrote in the chat"), lines, notes)
