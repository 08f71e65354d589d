"""Addresses of the library. They come before `/media/<public_id>/`, which would match `bin`."""

from django.urls import path

from media_items.library.views import (
    captions,
    deleting,
    editing,
    galleries,
    library,
    many,
    publishing,
    uploading,
)

urlpatterns = [
    path("media/", library.my_media, name="my_media"),
    path("media/bin/", library.bin, name="bin"),
    path("media/act/", many.act_on_media, name="act_on_media"),
    path("media/restore/", many.restore_media, name="restore_media"),
    # Under /media/new/, where deploy/nginx.conf lets large files through.
    path("media/new/files/", uploading.upload_media, name="upload_media"),
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
