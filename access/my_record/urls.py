"""Addresses of what is kept about somebody, for themselves: on one item, and of an account."""

from django.urls import path

from access.my_record import account_views, declined_views, item_views

_RECORD = "media/<slug:public_id>/my-record/"
_ACCOUNT = "accounts/me/record/"

urlpatterns = [
    path(_RECORD, item_views.guest_record, name="guest_record"),
    path(f"{_RECORD}file/", item_views.guest_record_file, name="guest_record_file"),
    path(f"{_RECORD}erase/", item_views.erase_guest_record, name="erase_guest_record"),
    path(
        f"{_RECORD}erase-invitation/",
        item_views.erase_invitation_record,
        name="erase_invitation_record",
    ),
    # config.logs hides the token in this path; change both together.
    path("i/<str:token>/erase/", declined_views.erase_declined, name="erase_declined"),
    path("guests/erased/", item_views.erased, name="erased"),
    path("invitations/erased/", item_views.erased_invitation, name="erased_invitation"),
    path(_ACCOUNT, account_views.account_record, name="account_record"),
    path(f"{_ACCOUNT}file/", account_views.account_record_file, name="account_record_file"),
    path("accounts/me/delete/", account_views.delete_account, name="delete_account"),
    path("accounts/deleted/", account_views.account_deleted, name="account_deleted"),
]
