"""Addresses of the register, of the acts on it, and of people outside."""

from django.urls import path

from access.register.views import (
    acts,
    exports,
    mailed,
    outside,
    participants,
    register,
    sharing,
    trail,
)

_ITEM = "media/<slug:public_id>/"
_INVITATION = f"{_ITEM}invitations/<number:pk>/"

register_urls = [
    path(f"{_ITEM}share/", sharing.share, name="share"),
    path(f"{_ITEM}access-line/", sharing.access_line, name="access_line"),
    path(f"{_ITEM}access/", register.register, name="register"),
    path(f"{_ITEM}access/mailed/", mailed.mailed_rows, name="mailed_rows"),
    path(f"{_ITEM}access/act/", acts.register_act, name="register_act"),
    path(f"{_ITEM}access/trail/", trail.access_trail, name="access_trail"),
    path(f"{_ITEM}access/export.<slug:form>", exports.register_export, name="register_export"),
    path(f"{_INVITATION}role/", acts.change_invitation_role, name="change_invitation_role"),
    path(f"{_INVITATION}revoke/", acts.revoke_invitation, name="revoke_invitation"),
    path(f"{_INVITATION}send-again/", acts.resend_invitation, name="resend_invitation"),
    path(f"{_INVITATION}remind/", acts.remind_invitation, name="remind_invitation"),
    path(f"{_INVITATION}last-day/", acts.prolong_invitation, name="prolong_invitation"),
    path(
        f"{_INVITATION}correct-address/",
        acts.correct_invitation_address,
        name="correct_invitation_address",
    ),
    path(f"{_INVITATION}new-address/", acts.new_invitation_address, name="new_invitation_address"),
    path(
        f"{_ITEM}session/people/<number:participant_id>/role/",
        participants.change_participant_role,
        name="change_participant_role",
    ),
    path("people/", outside.people_outside, name="people_outside"),
    path("people/undo/", outside.undo_end_person, name="undo_end_person"),
    path("people/mailed/", mailed.mailed_to_person, name="mailed_to_person"),
    path("people/<slug:key>/", outside.person_outside, name="person_outside"),
]
