"""Addresses of this room, under `/media/<public_id>/session/`."""

from django.urls import URLPattern, path

from media_items.live.broadcast.views import recordings, sending, watching

urlpatterns: list[URLPattern] = [
    path("broadcast/state/", watching.broadcast_state, name="broadcast_state"),
    path("broadcast/watch/", watching.watch_broadcast, name="watch_broadcast"),
    path("broadcast/start/", sending.start_broadcast, name="start_broadcast"),
    path(
        "broadcast/runs/<number:run_id>/chunks/<number:number>/",
        sending.take_chunk,
        name="take_chunk",
    ),
    path("broadcast/pause/", sending.pause_broadcast, name="pause_broadcast"),
    path("broadcast/stop/", sending.stop_broadcast, name="stop_broadcast"),
    path("broadcast/recordings/", recordings.recordings, name="recordings"),
    path(
        "broadcast/recordings/<number:broadcast_id>/retry/",
        recordings.retry_recording,
        name="retry_recording",
    ),
    path(
        "broadcast/files/<number:broadcast_id>/<str:name>",
        watching.broadcast_file,
        name="broadcast_file",
    ),
]
