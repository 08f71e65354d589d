"""Addresses of the people in a gallery."""

from django.urls import path

from access.memberships import views

_MEMBERS = "galleries/<slug:public_id>/members/"

urlpatterns = [
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
]
