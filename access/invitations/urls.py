"""Addresses of invitations: inviting, telling the invited, and the door of the personal link."""

from django.urls import path

from access.invitations.models import MailKind
from access.invitations.views import (
    co_editors,
    dialog,
    door,
    door_inside,
    door_proof,
    several,
    telling,
)

_ITEM = "media/<slug:public_id>/"
_TELL = f"{_ITEM}invitations/tell/"

_dialog_urls = [
    path(f"{_ITEM}invitations/new/", dialog.invite_users, name="invite_users"),
    path(
        f"{_ITEM}invitations/moderators/",
        dialog.let_moderators_invite,
        name="let_moderators_invite",
    ),
    path(f"{_ITEM}invitations/people/", dialog.people_suggestions, name="people_suggestions"),
    path(f"{_ITEM}invitations/<number:pk>/link/", dialog.invitation_link, name="invitation_link"),
    path(f"{_ITEM}invitations/<number:pk>/qr.svg", dialog.invitation_qr, name="invitation_qr"),
    path(f"{_ITEM}co-editors/", co_editors.add_co_editor, name="add_co_editor"),
    path(
        f"{_ITEM}co-editors/<number:pk>/remove/",
        co_editors.remove_co_editor,
        name="remove_co_editor",
    ),
]
_several_urls = [
    path("invitations/new/", several.invite_to_items, name="invite_to_items"),
    path("invitations/new/made/", several.invited_to_items, name="invited_to_items"),
]
_tell_urls = [
    path(_TELL, telling.tell_invited, {"kind": MailKind.MOVED}, name="tell_invited"),
    path(
        f"{_TELL}called-off/",
        telling.tell_invited,
        {"kind": MailKind.CANCELLED},
        name="tell_called_off",
    ),
    path(f"{_TELL}called-off/line/", telling.called_off_line, name="called_off_line"),
]
# config.logs hides the token in these paths; change both together.
_door_urls = [
    path("i/<str:token>/", door.invitation, name="invitation"),
    path("i/<str:token>/picture/", door.invitation_picture, name="invitation_picture"),
    path("i/<str:token>/calendar.ics", door.invitation_calendar, name="invitation_calendar"),
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

urlpatterns = [*_dialog_urls, *_several_urls, *_tell_urls, *_door_urls]
