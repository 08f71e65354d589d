"""Addresses of the library. They come before `/media/<public_id>/`, which would match `bin`."""

from django.urls import path

from media_items.library.views import (
    captions,
    deleting,
    editing,
    galleries,
    library,
    publishing,
)

urlpatterns = [
    path("media/", library.my_media, name="my_media"),
    path("media/bin/", library.bin, name="bin"),
    path("media/new/<slug:kind>/", editing.create_media_item, name="create_media_item"),
    path("media/<slug:public_id>/edit/", editing.edit_media_item, name="edit_media_item"),
    path("media/<slug:public_id>/captions/", captions.captions, name="captions"),
    path(
        "media/<slug:public_id>/captions/<number:file_id>/remove/",
        captions.remove_captions,
        name="remove_captions",
    ),
    path(
        "media/<slug:public_id>/publish/", publishing.publish_media_item, name="publish_media_item"
    ),
    path("media/<slug:public_id>/delete/", deleting.delete_media_item, name="delete_media_item"),
    path("media/<slug:public_id>/restore/", deleting.restore_media_item, name="restore_media_item"),
    path("galleries/", galleries.galleries, name="galleries"),
    path("galleries/<slug:public_id>/", galleries.gallery, name="gallery"),
    path(
        "galleries/<slug:public_id>/take-out/<slug:item_id>/",
        galleries.take_out_of_gallery,
        name="take_out_of_gallery",
    ),
]
