"""Addresses of playback. They come after those of the library: /media/new/…, /media/bin/."""

from django.urls import path

from media_items.playback.views import embed, files, pages

urlpatterns = [
    path("", pages.home, name="home"),
    path("media/<slug:public_id>/", pages.media_item, name="media_item"),
    path("media/<slug:public_id>/menu/", pages.item_menu, name="item_menu"),
    path("media/<slug:public_id>/transcript/", pages.transcript, name="transcript"),
    path("media/<slug:public_id>/preparation/", pages.preparation, name="preparation"),
    path(
        "media/<slug:public_id>/preparation/restart/",
        pages.restart_preparation,
        name="restart_preparation",
    ),
    path("media/<slug:public_id>/files/<number:file_id>/", files.media_file, name="media_file"),
    path("media/<slug:public_id>/thumbnail/", files.thumbnail, name="thumbnail"),
    path("media/<slug:public_id>/calendar.ics", files.calendar, name="calendar"),
    path("media/<slug:public_id>/download/", files.download_media_item, name="download_media_item"),
    path("media/<slug:public_id>/embed/", embed.embed_media_item, name="embed_media_item"),
    path("media/<slug:public_id>/embed-code/", embed.embed_code, name="embed_code"),
]
