"""Addresses of telling the people invited."""

from django.urls import path

from access.invitations.models import MailKind
from access.invitations.views import telling

_TELL = "media/<slug:public_id>/invitations/tell/"

tell_urls = [
    path(_TELL, telling.tell_invited, {"kind": MailKind.MOVED}, name="tell_invited"),
    path(
        f"{_TELL}called-off/",
        telling.tell_invited,
        {"kind": MailKind.CANCELLED},
        name="tell_called_off",
    ),
    path(f"{_TELL}called-off/line/", telling.called_off_line, name="called_off_line"),
]
