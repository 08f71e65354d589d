"""Addresses of invitations: each part keeps its own list."""

from access.invitations.dialog_urls import dialog_urls
from access.invitations.door_urls import door_urls
from access.invitations.tell_urls import tell_urls

urlpatterns = [*dialog_urls, *door_urls, *tell_urls]
