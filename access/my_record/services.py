"""Erasing because the person asks for it who has proven that the data is theirs."""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS
from django.db.models import ProtectedError
from django.db.models.deletion import Collector
from django.utils.translation import gettext_lazy as _

from access.accounts.models import User
from access.accounts.services import delete_account
from access.guests.models import Guest
from access.guests.services.guests import erase_guest
from access.invitations.models import Invitation
from access.invitations.policies import ever_invited
from access.invitations.services.managing import erase_invitation
from media_items.models import MediaItem
from media_items.refusals import Refusal

_ONLY_MANAGER = _("You’re the only manager of a gallery. Make somebody else its manager first.")


class StillNeeded(Refusal):
    """An account on which others depend: it owns media, alone manages a gallery, or administers."""


def erase_invited(*, invitation: Invitation) -> None:
    """Everything under the email of an invitation, on its item: the invitation, and what anybody
    gave there as a guest with that email.

    SECURITY: the caller has seen that the email was verified. Twice is once.
    """
    email, item = invitation.email, invitation.item
    # One by one: each locks its link before the sessions of the item. The invitation last, by which
    # they can ask again if this is cut short.
    for guest in Guest.objects.on(item).filter(email=email, erased_at=None).exclude(email=""):
        erase_guest(guest=guest, by=None)
    erase_invitation(invitation=invitation, by=None)


def delete_own_account(*, user: User) -> None:
    """The account, and the invitations that are the account's. Raises `StillNeeded`."""
    if user.is_staff or user.is_superuser:
        raise StillNeeded(
            _("You administer this site. Another administrator can delete your account.")
        )
    if MediaItem.objects.filter(owner=user).exists():
        raise StillNeeded(
            _(
                "You still own media, perhaps in the bin. Give it to somebody else, or wait until "
                "it has been permanently deleted. Your administrator can help."
            )
        )
    try:
        Collector(using=DEFAULT_DB_ALIAS).collect([user])
    except ProtectedError:
        raise StillNeeded(_ONLY_MANAGER) from None
    # The account last, by which they can ask again if this is cut short.
    for invitation in ever_invited(user).exclude(email="").select_related("item"):
        erase_invited(invitation=invitation)
    try:
        delete_account(user=user, by=user)
    except ProtectedError:
        raise StillNeeded(_ONLY_MANAGER) from None
