"""Addresses of the invited: the personal link under /i/, and what one does once inside."""

from django.urls import path

from access.invitations.views import door, door_inside, door_proof

# config.logs hides the token in these paths; change both together.
door_urls = [
    path("i/<str:token>/", door.invitation, name="invitation"),
    path("i/<str:token>/picture/", door.invitation_picture, name="invitation_picture"),
    path("i/<str:token>/accept/", door_proof.accept_invitation, name="accept_invitation"),
    path("i/<str:token>/decline/", door.decline_invitation, name="decline_invitation"),
    path("i/<str:token>/code/", door_proof.invitation_code, name="invitation_code"),
    path("i/<str:token>/code/again/", door_proof.send_code_again, name="send_code_again"),
    path("i/<str:token>/new-link/", door.ask_new_link, name="ask_new_link"),
    path(
        "media/<slug:public_id>/invitation/leave/",
        door_inside.leave_invitation,
        name="leave_invitation",
    ),
    path("invitations/asked/", door.asked_new_link, name="asked_new_link"),
    path("invitations/left/", door_inside.left_invitation, name="left_invitation"),
    path("invitations/declined/", door_inside.declined_invitation, name="declined_invitation"),
]
