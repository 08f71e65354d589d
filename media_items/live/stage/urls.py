"""Addresses of this room, under `/media/<public_id>/session/`, and those that are about no item."""

from django.urls import path

from media_items.live.stage.views import moderating, own, trying

urlpatterns = [
    path("stage/", own.stage, name="stage"),
    path("stage/device-check/", own.device_check, name="device_check"),
    path("stage/go-on/", own.go_on_stage, name="go_on_stage"),
    path("stage/invitation/", own.accept_stage, name="accept_stage"),
    path("stage/invitation/decline/", own.decline_stage, name="decline_stage"),
    path("stage/leave/", own.leave_stage, name="leave_stage"),
    path("stage/watch/", own.watch_stage, name="watch_stage"),
    path("stage/media/", own.set_media_state, name="set_media_state"),
    path("stage/configuration/", own.stage_configuration, name="stage_configuration"),
    path("stage/mute-all/", moderating.mute_all, name="mute_all"),
    path(
        "participants/<number:participant_id>/bring-on-stage/",
        moderating.bring_on_stage,
        name="bring_on_stage",
    ),
    path(
        "participants/<number:participant_id>/take-off-stage/",
        moderating.take_off_stage,
        name="take_off_stage",
    ),
    path(
        "participants/<number:participant_id>/mute/",
        moderating.mute_participant,
        name="mute_participant",
    ),
]

sitewide_urlpatterns = [
    path("devices/", trying.try_devices, name="try_devices"),
    path("devices/line/", trying.try_line, name="try_line"),
]
