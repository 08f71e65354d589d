"""Words for people in a session: what they are here, and how we know who they are."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from media_items.live.sessions.models import Participant
from media_items.visitors import Certainty

# By `Identity.role`; whoever has come without a role has no word.
ROLE_NAMES: dict[str, str | Promise] = {
    "owner": _("Host"),
    "co_editor": _("Co-editor"),
    "moderator": _("Moderator"),
    "speaker": _("Speaker"),
    "viewer": _("Viewer"),
    "guest": _("Guest"),
}
HOW_KNOWN: dict[str, str | Promise] = {
    Certainty.SIGNED_IN: pgettext_lazy("how we know who they are", "Signed in"),
    Certainty.CONFIRMED: pgettext_lazy("how we know who they are", "Address confirmed"),
    Certainty.TYPED: pgettext_lazy("how we know who they are", "Address typed"),
}


def role_name(person: Participant) -> str | Promise:
    return ROLE_NAMES.get(person.role, "")


def how_known(person: Participant) -> str | Promise:
    """A guest has typed an address too; that they are a guest, the role says."""
    return HOW_KNOWN.get(person.certainty, "")
