"""Picture and sound of a room. The speaker and the guest are on stage, the viewer watches; acts of
moderators are tried on the viewer."""

from __future__ import annotations

from media_items.live.stage import services
from media_items.live.stage.models import StageInvitation

TYPED = {
    "media_items:signal": {"seat": "1", "to": "1", "kind": "again", "payload": '{"link": "x"}'},
}


def words(world):
    people = world.participants
    for person in ("speaker", "guest"):
        services.go_on_stage(participant=people[person], at_will=True)
    services.watch_stage(participant=people["viewer"])
    StageInvitation.objects.create(participant=people["co_editor"])
    return {"participant_id": people["viewer"].pk}


# fmt: off
TABLE = """
media_items:stage               GET  200 200 200 200 200 200 302 302 302 404 404
media_items:stage               POST 405
media_items:device_check        GET  200 200 200 200 200 200 302 302 302 404 404
media_items:device_check        POST 405
media_items:go_on_stage         GET  405
media_items:go_on_stage         POST 302 302 302 302 403 302 403 403 403 404 404
media_items:accept_stage        GET  200 200 200 200 200 200 403 403 403 404 404
media_items:accept_stage        POST 422 302 422 302 422 302 403 403 403 404 404
media_items:decline_stage       GET  405
media_items:decline_stage       POST 302 302 302 302 302 302 403 403 403 404 404
media_items:leave_stage         GET  405
media_items:leave_stage         POST 302 302 302 302 302 302 403 403 403 404 404
media_items:watch_stage         GET  405
media_items:watch_stage         POST 200 200 200 200 200 200 403 403 403 404 404
media_items:set_media_state     GET  405
media_items:set_media_state     POST 409 409 409 204 409 204 403 403 403 404 404
media_items:stage_configuration GET  200 200 200 200 200 200 403 403 403 404 404
media_items:stage_configuration POST 405
media_items:signal              GET  200 200 200 200 200 200 403 403 403 404 404
media_items:signal              POST 403 403 403 403 403 403 403 403 403 404 404
media_items:mute_all            GET  405
media_items:mute_all            POST 302 302 302 403 403 403 403 403 403 404 404
media_items:bring_on_stage      GET  405
media_items:bring_on_stage      POST 302 302 302 403 403 403 403 403 403 404 404
media_items:take_off_stage      GET  405
media_items:take_off_stage      POST 302 302 302 403 302 403 403 403 403 404 404
media_items:mute_participant    GET  405
media_items:mute_participant    POST 302 302 302 403 302 403 403 403 403 404 404
"""
# fmt: on
