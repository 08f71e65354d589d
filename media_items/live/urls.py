"""Addresses of live sessions, under `/media/<public_id>/session/`, and of what is tried before."""

from django.urls import URLPattern, URLResolver, include, path

from media_items.live.broadcast.urls import urlpatterns as broadcast_urls
from media_items.live.chat.urls import urlpatterns as chat_urls
from media_items.live.interactions.urls import urlpatterns as interactions_urls
from media_items.live.page.urls import urlpatterns as page_urls
from media_items.live.participants.urls import urlpatterns as participants_urls
from media_items.live.qna.urls import urlpatterns as qna_urls
from media_items.live.stage.mesh.urls import urlpatterns as mesh_urls
from media_items.live.stage.urls import sitewide_urlpatterns as trying_urls
from media_items.live.stage.urls import urlpatterns as stage_urls
from media_items.url_shapes import by_shape

urlpatterns: list[URLPattern | URLResolver] = [
    *trying_urls,
    path(
        "media/<slug:public_id>/session/",
        include(
            by_shape(
                [
                    *page_urls,
                    *participants_urls,
                    *chat_urls,
                    *qna_urls,
                    *interactions_urls,
                    *stage_urls,
                    *mesh_urls,
                    *broadcast_urls,
                ]
            )
        ),
    ),
]
