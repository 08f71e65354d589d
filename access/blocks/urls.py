"""Addresses of what is done about people in a session, and of the list of those removed."""

from django.urls import path

from access.blocks import views

_PERSON = "media/<slug:public_id>/session/people/<number:participant_id>/"
_BLOCKS = "media/<slug:public_id>/blocked/"

urlpatterns = [
    path(f"{_PERSON}remove/", views.remove_participant, name="remove_participant"),
    path(
        f"{_PERSON}block/",
        views.remove_and_block_participant,
        name="remove_and_block_participant",
    ),
    path(_BLOCKS, views.blocks, name="blocks"),
    path(f"{_BLOCKS}entry/", views.blocks_entry, name="blocks_entry"),
    path(f"{_BLOCKS}<number:pk>/let-back/", views.let_back, name="let_back"),
]
