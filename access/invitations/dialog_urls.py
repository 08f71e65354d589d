"""Addresses of inviting: the dialog's three parts, the link to hand out, many at once."""

from django.urls import path

from access.invitations.views import batches, co_editors, dialog

_ITEM = "media/<slug:public_id>/"
_MANY = f"{_ITEM}invitations/many/"

dialog_urls = [
    path(f"{_ITEM}invitations/new/", dialog.invite_users, name="invite_users"),
    path(
        f"{_ITEM}invitations/moderators/",
        dialog.let_moderators_invite,
        name="let_moderators_invite",
    ),
    path(f"{_ITEM}invitations/people/", dialog.people_suggestions, name="people_suggestions"),
    path(f"{_ITEM}invitations/<int:pk>/link/", dialog.invitation_link, name="invitation_link"),
    path(f"{_ITEM}invitations/<int:pk>/qr.svg", dialog.invitation_qr, name="invitation_qr"),
    path(_MANY, batches.create_batch, name="create_batch"),
    path(f"{_MANY}<int:batch_id>/", batches.batch, name="batch"),
    path(f"{_MANY}<int:batch_id>/start/", batches.start_batch, name="start_batch"),
    path(f"{_MANY}<int:batch_id>/progress/", batches.batch_progress, name="batch_progress"),
    path(
        f"{_MANY}<int:batch_id>/lines/<int:line_id>/mend/",
        batches.mend_batch_line,
        name="mend_batch_line",
    ),
    path(
        f"{_MANY}<int:batch_id>/lines/<int:line_id>/remove/",
        batches.remove_batch_line,
        name="remove_batch_line",
    ),
    path(f"{_ITEM}co-editors/", co_editors.add_co_editor, name="add_co_editor"),
    path(
        f"{_ITEM}co-editors/<int:pk>/remove/",
        co_editors.remove_co_editor,
        name="remove_co_editor",
    ),
]
