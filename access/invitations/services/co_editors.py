"""Who edits an item beside its owner."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from access.accounts.models import User
from access.audit.models import Act
from access.audit.services import record
from access.email_addresses import normal_email
from access.memberships.models import CoEditor
from media_items.models import MediaItem
from media_items.refusals import Refusal


def editors_of(item: MediaItem) -> set[str]:
    """Addresses of the owner and the co-editors. One query."""
    co_editors = CoEditor.objects.filter(item=item).values("user")
    editors = User.objects.filter(Q(pk=item.owner_id) | Q(pk__in=co_editors))
    return set(editors.values_list("email", flat=True))


@transaction.atomic
def add_co_editor(*, item: MediaItem, email: str, by: User) -> CoEditor:
    """Twice is once. Raises `Refusal`: no account that can sign in has the address, or the
    owner's has."""
    user = User.objects.filter(email=normal_email(email), is_active=True).first()
    if user is None:
        raise Refusal(
            _(
                "Nobody has an account with this address. Editing needs one: the people who run "
                "this site make accounts. To let this person only see it, invite them as one "
                "person."
            )
        )
    if user.pk == item.owner_id:
        raise Refusal(_("This item is yours: you may do everything already."))
    co_editor, is_new = CoEditor.objects.get_or_create(item=item, user=user)
    if is_new:
        record(Act.CO_EDITOR_ADDED, item=item, by=by, account=user.pk)
    return co_editor


@transaction.atomic
def remove_co_editor(*, co_editor: CoEditor, by: User) -> None:
    """Felt at the next request. Removed twice is removed."""
    removed, _rows = CoEditor.objects.filter(pk=co_editor.pk).delete()
    if removed:
        record(Act.CO_EDITOR_REMOVED, item=co_editor.item, by=by, account=co_editor.user_id)
