"""Addresses of what is done about people in a sitting, and of the list of those put out."""

from django.urls import path

from access.blocks import views

_PERSON = "media/<slug:public_id>/session/people/<int:participant_id>/"
_PUT_OUT = "media/<slug:public_id>/put-out/"

urlpatterns = [
    path(f"{_PERSON}remove/", views.remove_participant, name="remove_participant"),
    path(
        f"{_PERSON}block/",
        views.remove_and_block_participant,
        name="remove_and_block_participant",
    ),
    path(_PUT_OUT, views.exclusions, name="exclusions"),
    path(f"{_PUT_OUT}entry/", views.exclusions_entry, name="exclusions_entry"),
    path(f"{_PUT_OUT}<int:pk>/let-back/", views.let_back, name="let_back"),
]
