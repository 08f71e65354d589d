"""Addresses of this room, under `/media/<public_id>/session/`."""

from django.urls import path

from media_items.live.participants import views

urlpatterns = [
    path("participants/", views.participants, name="participants"),
    path("hand/", views.hand, name="hand"),
    path("hand/raise/", views.raise_hand, name="raise_hand"),
    path("hand/lower/", views.lower_hand, name="lower_hand"),
    path("participants/lower-all-hands/", views.lower_all_hands, name="lower_all_hands"),
    path("participants/knock/", views.knock, name="knock"),
    path("participants/admit-all/", views.admit_all, name="admit_all"),
    path("participants/decline-all/", views.decline_all, name="decline_all"),
    path(
        "participants/<number:participant_id>/lower-hand/",
        views.lower_hand_of,
        name="lower_hand_of",
    ),
    path(
        "participants/<number:participant_id>/admit/",
        views.admit_participant,
        name="admit_participant",
    ),
    path(
        "participants/<number:participant_id>/decline/",
        views.decline_participant,
        name="decline_participant",
    ),
]
