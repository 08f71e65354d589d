"""What happens in the chat: said, removed, pinned, paused, cleared.

Every service locks the session's row first: ids are given in the order in which people see them,
and nobody writes into a chat that is being paused or a session that is ending.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.commits import wait_for_no_disk
from media_items.compiled import compiled
from media_items.live.chat.models import BackchannelMessage, ChatMessage
from media_items.live.events.announcing import announce
from media_items.live.events.facts import CREW, FactKind
from media_items.live.sessions.models import LiveSession, Participant
from media_items.live.sessions.services import locked
from media_items.refusals import NotNow

# The same text of the same person within this time is one click that came twice.
_SAME_CLICK = timedelta(seconds=2)
_SAID = ("pk", "text", "sent_at", "deleted_at")


@transaction.atomic
def say(*, author: Participant, text: str, through_pause: bool = False) -> ChatMessage:
    """`through_pause`: moderators write while the chat is paused. Sent twice within moments is
    once. Raises `NotNow`."""
    wait_for_no_disk()  # all who write or moderate wait for the session's row
    session = locked(author.session)
    paused = session.chat_paused_at and not through_pause
    last = next(iter(last_said(pk=author.pk)), None)
    if not session.is_live or paused or last is None:
        raise NotNow(_("This was not sent."))
    said, last_text, sent_at, deleted_at = last
    if said and last_text == text and not deleted_at and timezone.now() - sent_at < _SAME_CLICK:
        return session.messages.get(pk=said)
    message: ChatMessage = ChatMessage.objects.create(session=session, author=author, text=text)
    _announce_messages(session)
    return message


@compiled
def last_said(*, pk: int) -> QuerySet[Participant, tuple[Any, ...]]:
    """Of a participant who is still inside: the last message, or None for each of its values."""
    inside: QuerySet[Participant] = Participant.objects.inside().filter(pk=pk)
    newest = inside.order_by("-messages__pk")
    return newest.values_list(*(f"messages__{one}" for one in _SAID))[:1]


@transaction.atomic
def say_in_backchannel(*, author: Participant, text: str) -> BackchannelMessage:
    """In the lobby too, where speakers and moderators prepare the session. Sent twice within
    moments is once. Raises `NotNow`."""
    session = locked(author.session)
    if session.ended_at or not _is_still_inside(author):
        raise NotNow(_("This was not sent."))
    message: BackchannelMessage | None = _just_said(session.backchannel.filter(author=author), text)
    if message is None:
        message = BackchannelMessage.objects.create(session=session, author=author, text=text)
        announce(session, FactKind.BACKCHANNEL, to=CREW)
    return message


def _announce_messages(session: LiveSession) -> None:
    """Nothing but messages has changed."""
    announce(session, FactKind.CHAT, only_messages=True)


def _is_still_inside(author: Participant) -> bool:
    return Participant.objects.inside().filter(pk=author.pk).exists()


def _just_said(own: Any, text: str) -> Any:
    last = own.order_by("-id").first()
    if last is None or last.text != text or last.deleted_at:
        return None
    return last if timezone.now() - last.sent_at < _SAME_CLICK else None


@transaction.atomic
def remove(*, message: ChatMessage, by: Participant) -> None:
    """Its text is shown to nobody from now on; a pin comes off. Twice is once."""
    session = locked(message.session)
    gone = session.messages.shown().filter(pk=message.pk)
    was_pinned = gone.filter(pinned_at__isnull=False).exists()
    if gone.update(deleted_at=timezone.now(), deleted_by=by, pinned_at=None):
        announce(session, FactKind.CHAT) if was_pinned else _announce_messages(session)


@transaction.atomic
def remove_from_backchannel(*, message: BackchannelMessage) -> None:
    """Its text is shown to nobody from now on. Twice is once."""
    session = locked(message.session)
    gone = session.backchannel.shown().filter(pk=message.pk)
    if gone.update(deleted_at=timezone.now()):
        announce(session, FactKind.BACKCHANNEL, to=CREW)


@transaction.atomic
def clear(*, session: LiveSession, by: Participant) -> None:
    """Everything written so far is removed, hosts' messages too. Twice is once."""
    session = locked(session)
    gone = session.messages.shown()
    if gone.update(deleted_at=timezone.now(), deleted_by=by, pinned_at=None):
        announce(session, FactKind.CHAT)


@transaction.atomic
def pin(*, message: ChatMessage) -> None:
    """On top for everybody, instead of the one that was. A removed one stays removed."""
    session = locked(message.session)
    if not session.messages.shown().filter(pk=message.pk, pinned_at=None).exists():
        return
    session.messages.filter(pinned_at__isnull=False).update(pinned_at=None)
    session.messages.filter(pk=message.pk).update(pinned_at=timezone.now())
    announce(session, FactKind.CHAT)


@transaction.atomic
def unpin(*, message: ChatMessage) -> None:
    """Twice is once; another that was pinned meanwhile stays."""
    session = locked(message.session)
    pinned = session.messages.filter(pk=message.pk, pinned_at__isnull=False)
    if pinned.update(pinned_at=None):
        announce(session, FactKind.CHAT)


@transaction.atomic
def pause(*, session: LiveSession) -> None:
    """From now on only those who moderate write. Twice is once."""
    session = locked(session)
    if session.chat_paused_at is None:
        session.chat_paused_at = timezone.now()
        session.save(update_fields=["chat_paused_at"])
        announce(session, FactKind.CHAT)


@transaction.atomic
def resume(*, session: LiveSession) -> None:
    """Twice is once."""
    session = locked(session)
    if session.chat_paused_at is not None:
        session.chat_paused_at = None
        session.save(update_fields=["chat_paused_at"])
        announce(session, FactKind.CHAT)
