"""What the owner of a live item lets its moderators do."""

from __future__ import annotations

from django.db import transaction

from access.accounts.models import User
from access.audit.models import Act
from access.audit.services import record
from access.invitations.models import InvitationSettings
from access.rights.services import rights_changed
from access.rights.whose import NOBODY
from media_items.models import MediaItem


@transaction.atomic
def let_moderators_invite(*, item: MediaItem, allowed: bool, by: User) -> None:
    """Felt at the next request. Set twice to the same, it is set once."""
    held, made = InvitationSettings.objects.select_for_update().get_or_create(item=item)
    if held.moderators_may_invite != allowed or made:
        held.moderators_may_invite = allowed
        held.save(update_fields=["moderators_may_invite"])
        event = record(Act.MODERATORS_MAY_INVITE, item=item, by=by, allowed=allowed)
        rights_changed(event, whose=NOBODY, everybody_asks=True)
