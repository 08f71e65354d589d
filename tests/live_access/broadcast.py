"""The picture of a live event: sending it, watching it, its recordings."""

from __future__ import annotations

from media_items.catalogue.models import Kind
from media_items.live.broadcast import folders
from media_items.live.broadcast.models import Broadcast

KIND = Kind.LIVE_EVENT
TYPED = {"media_items:start_broadcast": {"type": "video/webm"}}


def words(world) -> dict[str, object]:
    """A broadcast under way that the owner sends, with one segment on the disk."""
    broadcast = Broadcast.objects.create(session=world.session)
    run = broadcast.runs.create(sender=world.participants["owner"], mime_type="video/webm")
    segment = folders.ensure_folder(folders.hls_folder(broadcast)) / "000000.ts"
    segment.write_bytes(b"picture")
    return {"broadcast_id": broadcast.pk, "run_id": run.pk, "number": 0, "name": segment.name}


# fmt: off
TABLE = """
media_items:broadcast_state    GET  200 200 200 200 200 200 200 403 403 404 404
media_items:broadcast_state    POST 405
media_items:watch_broadcast    GET  302 302 302 302 302 302 302 302 302 404 404
media_items:watch_broadcast    POST 405
media_items:broadcast_file     GET  200 200 200 200 200 200 200 403 403 404 404
media_items:broadcast_file     POST 405
media_items:start_broadcast    GET  405
media_items:start_broadcast    POST 409 409 403 409 403 403 403 403 403 404 404
media_items:take_chunk         GET  405
media_items:take_chunk         POST 415 403 403 403 403 403 403 403 403 404 404
media_items:pause_broadcast    GET  405
media_items:pause_broadcast    POST 302 302 302 403 403 403 403 403 403 404 404
media_items:stop_broadcast     GET  200 200 200 403 403 403 403 403 403 404 404
media_items:stop_broadcast     POST 302 302 302 403 403 403 403 403 403 404 404
media_items:recordings         GET  200 200 403 403 403 403 403 403 403 404 404
media_items:recordings         POST 405
media_items:retry_recording    GET  405
media_items:retry_recording    POST 302 302 403 403 403 403 403 403 403 404 404
"""
# fmt: on
