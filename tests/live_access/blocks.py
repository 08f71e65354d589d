"""Removing people of a session and letting them back; the person it is about is the guest."""

from __future__ import annotations

from access.blocks.models import Block
from media_items.live.sessions.models import Level

# fmt: off
TABLE = """
access:remove_participant            GET  200 200 200 403 403 403 403 403 403 404 404
access:remove_participant            POST 302 302 302 403 403 403 403 403 403 404 404
access:remove_and_block_participant  GET  200 200 200 403 403 403 403 403 403 404 404
access:remove_and_block_participant  POST 302 302 302 403 403 403 403 403 403 404 404
access:change_participant_role       GET  200 200 403 403 403 403 403 403 403 404 404
access:change_participant_role       POST 422 422 403 403 403 403 403 403 403 404 404
access:blocks                    GET  200 200 200 403 403 403 403 403 403 404 404
access:blocks                    POST 405
access:blocks_entry              GET  200 200 200 403 403 403 403 403 403 404 404
access:blocks_entry              POST 405
access:let_back                      GET  405
access:let_back                      POST 302 302 302 403 403 403 403 403 403 404 404
"""
# fmt: on


def words(world):
    remove, _made = Block.objects.get_or_create(
        item=world.item, email="out@example.org", defaults={"level": Level.MODERATOR}
    )
    return {"participant_id": world.participants["guest"].pk, "pk": remove.pk}
