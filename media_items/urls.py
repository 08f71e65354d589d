"""Addresses of `media_items`."""

from django.urls import URLPattern, URLResolver

from media_items.library.urls import urlpatterns as library_urls
from media_items.live.urls import urlpatterns as live_urls
from media_items.playback.urls import urlpatterns as playback_urls
from media_items.quizzes.urls import urlpatterns as quiz_urls
from media_items.url_shapes import by_shape

app_name = "media_items"

# The library's come first: /media/new/… and /media/bin/ would match as public ids.
urlpatterns: list[URLPattern | URLResolver] = by_shape(
    [*library_urls, *playback_urls, *live_urls, *quiz_urls]
)
