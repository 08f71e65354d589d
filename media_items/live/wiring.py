"""What the rooms of a live session hand to those they stand on, once, at start-up."""

from __future__ import annotations

from media_items import personal_data
from media_items.catalogue.models import Kind
from media_items.live.broadcast import pictures, watchers
from media_items.live.broadcast.player import EVENT_PICTURE
from media_items.live.broadcast.services import sender_has_gone
from media_items.live.chat.feeds import BACKCHANNEL_PANEL, CHAT_PANEL, PINNED, is_any_pinned
from media_items.live.chat.personal_data import ChatData
from media_items.live.chat.telling import ChatMaker
from media_items.live.events.telling import register_maker
from media_items.live.events.tickets import give_page_ticket
from media_items.live.interactions import bar
from media_items.live.interactions.personal_data import InteractionData
from media_items.live.interactions.reactions import REACTIONS, is_any_recent
from media_items.live.interactions.results import POLL, is_any_started
from media_items.live.page.panels import register_panel, register_part, register_picture
from media_items.live.page.rendering import item_page_context
from media_items.live.page.there import register_there
from media_items.live.participants import hands
from media_items.live.participants.listing import PARTICIPANTS_PANEL
from media_items.live.personal_data import SessionData, register_room
from media_items.live.qna.lists import QNA_PANEL
from media_items.live.qna.personal_data import QuestionData
from media_items.live.sessions.presence import on_presence_ended
from media_items.live.stage.engine import register_engine
from media_items.live.stage.leaving import presence_has_ended
from media_items.live.stage.mesh.engine import MeshEngine
from media_items.live.stage.showing import (
    INVITATION,
    ROOM_PICTURE,
    SEATS,
    is_any_invitation,
    is_any_seat,
)
from media_items.playback.player import register_answer, register_kind


def connect() -> None:
    """Twice is once."""
    register_engine(MeshEngine)
    on_presence_ended(presence_has_ended)
    on_presence_ended(sender_has_gone)
    for panel in (CHAT_PANEL, QNA_PANEL, PARTICIPANTS_PANEL, BACKCHANNEL_PANEL):
        register_panel(panel)
    for kind in (Kind.ROOM, Kind.LIVE_EVENT):
        register_kind(kind, item_page_context)
    register_answer(give_page_ticket)
    register_maker(ChatMaker)
    register_picture(Kind.ROOM, ROOM_PICTURE)
    register_picture(Kind.LIVE_EVENT, EVENT_PICTURE)
    register_there(PINNED, is_any_pinned)
    register_there(REACTIONS, is_any_recent)
    register_there(POLL, is_any_started)
    register_there(SEATS, is_any_seat)
    register_there(INVITATION, is_any_invitation)
    register_part("interactions", bar.page_part)
    register_part("hands", hands.page_part)
    register_part("pictures", pictures.page_part)
    register_part("watchers", watchers.page_part)
    personal_data.register(SessionData())
    for room in (ChatData(), InteractionData(), QuestionData()):
        register_room(room)
