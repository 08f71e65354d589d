"""Who edits an item beside its owner."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access.accounts.models import User
from access.audit.models import Act
from access.audit.services import record
from access.email_addresses import normal_email
from access.memberships.models import CoEditor
from access.memberships.proofs import AccountProofs
from access.rights.services import rights_changed
from access.rights.whose import Whose, holders_of
from media_items.models import MediaItem
from media_items.refusals import Refusal


class NoSuchAccount(Refusal):
    """No account that can sign in has the address."""

    message = _(
        "Nobody has an account with this email. Co-editors need an account, which "
        "your administrator can create. If this person only needs to see it, "
        "invite them under One person."
    )


class IsOwner(Refusal):
    """The address is that of the item's owner."""

    message = _("You own this item, so you can already do everything.")


def editors_of(item: MediaItem) -> set[str]:
    """Addresses of the owner and the co-editors. One query."""
    co_editors = CoEditor.objects.filter(item=item).values("user")
    editors = User.objects.filter(Q(pk=item.owner_id) | Q(pk__in=co_editors))
    return set(editors.values_list("email", flat=True))


@transaction.atomic
def add_co_editor(*, item: MediaItem, email: str, by: User) -> CoEditor:
    """A second call changes nothing. Raises `NoSuchAccount` and `IsOwner`."""
    user = User.objects.filter(email=normal_email(email), is_active=True).first()
    if user is None:
        raise NoSuchAccount
    if user.pk == item.owner_id:
        raise IsOwner
    co_editor, is_new = CoEditor.objects.get_or_create(item=item, user=user)
    if is_new:
        event = record(Act.CO_EDITOR_ADDED, item=item, by=by, account=user.pk)
        rights_changed(event, whose=_whose(co_editor), everybody_asks=True)
    return co_editor


@transaction.atomic
def remove_co_editor(*, co_editor: CoEditor, by: User) -> None:
    """Takes effect at the next request. A second call changes nothing."""
    removed, _rows = CoEditor.objects.filter(pk=co_editor.pk).delete()
    if removed:
        event = record(Act.CO_EDITOR_REMOVED, item=co_editor.item, by=by, account=co_editor.user_id)
        rights_changed(event, whose=_whose(co_editor), everybody_asks=True)


def _whose(co_editor: CoEditor) -> Whose:
    return holders_of(AccountProofs.key_of(co_editor.user_id))
