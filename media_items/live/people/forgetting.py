"""Erasing what somebody left in sittings, when what proved them is erased.

That there was somebody, when and how long, stays for the report; who it was and what they wrote do
not. Answers of a moderator to a question are the moderator's words and stay.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from media_items.live.events.announcing import announce
from media_items.live.people.models import Participant
from media_items.live.people.putting_out import end_presence
from media_items.live.questions.models import Question
from media_items.live.sessions.models import LiveSession
from media_items.live.sessions.presence import Why
from media_items.live.talk.models import BackchannelMessage, ChatMessage


@transaction.atomic
def forget(*, keys: Collection[str]) -> None:
    """Name, digest of the address and every word of the participants with these keys. Twice is
    once. In a sitting under way they are gone at once."""
    rows = Participant.objects.filter(key__in=list(keys), erased_at=None)
    pks = list(rows.order_by("pk").values_list("pk", flat=True))
    if not pks:
        return
    # Sessions first and in order, as everybody who changes more than one row of a session does.
    under_way = list(
        LiveSession.objects.select_for_update(of=("self",))
        .under_way()
        .filter(pk__in=rows.values("session"))
        .order_by("pk")
    )
    moment = timezone.now()
    Participant.objects.filter(pk__in=pks).update(
        name="", person="", hand_raised_at=None, erased_at=moment
    )
    gone = {"text": "", "deleted_at": Coalesce(F("deleted_at"), moment)}
    ChatMessage.objects.filter(author__in=pks).update(pinned_at=None, **gone)
    BackchannelMessage.objects.filter(author__in=pks).update(**gone)
    Question.objects.filter(author__in=pks).update(
        text="", published_at=None, dismissed_at=Coalesce(F("dismissed_at"), moment)
    )
    for session in under_way:
        theirs = session.participants.filter(pk__in=pks).values_list("pk", flat=True)
        end_presence(session=session, participant_ids=list(theirs), why=Why.RIGHT_ENDED)
        for kind in ("chat", "questions", "backchannel"):
            announce(session, kind)
