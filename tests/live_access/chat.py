"""Chat and backchannel. The message in the addresses is the moderator's."""

from media_items.live.chat.models import BackchannelMessage, ChatMessage

TYPED = {
    "media_items:send_chat_message": {"text": "Good morning"},
    "media_items:send_backchannel_message": {"text": "Are we ready?"},
}


def words(world):
    """One number names a message in each of the two tables."""
    author = world.participants["moderator"]
    kept = {"session": world.session, "author": author, "text": "cells divide"}
    BackchannelMessage.objects.create(pk=70_007, **kept)
    ChatMessage.objects.create(pk=70_007, **kept)
    return {"message_id": 70_007}


# fmt: off
TABLE = """
media_items:chat                       GET  200 200 200 200 200 200 302 302 302 404 404
media_items:chat                       POST 405
media_items:send_chat_message          GET  405
media_items:send_chat_message          POST 302 302 302 302 302 302 302 302 302 404 404
media_items:remove_chat_message        GET  405
media_items:remove_chat_message        POST 302 302 302 403 403 403 302 302 302 404 404
media_items:pin_chat_message           GET  405
media_items:pin_chat_message           POST 302 302 302 403 403 403 403 403 403 404 404
media_items:unpin_chat_message         GET  405
media_items:unpin_chat_message         POST 302 302 302 403 403 403 403 403 403 404 404
media_items:pause_chat                 GET  405
media_items:pause_chat                 POST 302 302 302 403 403 403 403 403 403 404 404
media_items:resume_chat                GET  405
media_items:resume_chat                POST 302 302 302 403 403 403 403 403 403 404 404
media_items:clear_chat                 GET  200 200 200 403 403 403 403 403 403 404 404
media_items:clear_chat                 POST 302 302 302 403 403 403 403 403 403 404 404
media_items:backchannel                GET  200 200 200 200 403 403 403 403 403 404 404
media_items:backchannel                POST 405
media_items:send_backchannel_message   GET  405
media_items:send_backchannel_message   POST 302 302 302 302 403 403 403 403 403 404 404
media_items:remove_backchannel_message GET  405
media_items:remove_backchannel_message POST 302 302 302 403 403 403 403 403 403 404 404
"""
# fmt: on
