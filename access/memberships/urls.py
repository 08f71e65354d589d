"""Addresses of the people in a gallery."""

from django.urls import path

from access.memberships import gallery_views, views

_MEMBERS = "galleries/<slug:public_id>/members/"

urlpatterns = [
    path("galleries/new/entries/", gallery_views.new_gallery_entries, name="new_gallery_entries"),
    path("galleries/new/<slug:kind>/", gallery_views.create_gallery, name="create_gallery"),
    path("galleries/<slug:public_id>/edit/", gallery_views.edit_gallery, name="edit_gallery"),
    path("galleries/<slug:public_id>/delete/", gallery_views.delete_gallery, name="delete_gallery"),
    path(_MEMBERS, views.gallery_members, name="gallery_members"),
    path(
        f"{_MEMBERS}<number:membership_id>/role/",
        views.change_gallery_role,
        name="change_gallery_role",
    ),
    path(
        f"{_MEMBERS}<number:membership_id>/remove/",
        views.remove_gallery_member,
        name="remove_gallery_member",
    ),
    path(
        f"{_MEMBERS}<number:account>/undo/",
        views.undo_gallery_removal,
        name="undo_gallery_removal",
    ),
]
