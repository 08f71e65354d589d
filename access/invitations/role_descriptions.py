"""What each role of an invitation lets a person do: half sentences that follow “you can”."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.invitations.models import InvitationRole
from media_items.catalogue.models import Kind

_LOOK: dict[Kind, Promise] = {
    Kind.VIDEO: _("watch it"),
    Kind.AUDIO: _("listen to it"),
    Kind.DOCUMENT: _("read it"),
    Kind.QUIZ: _("open its page"),
    Kind.LIVE_EVENT: _("watch the event, write in the chat and ask questions"),
    Kind.ROOM: _("watch, write in the chat, ask questions and raise a hand"),
}
_MORE: dict[InvitationRole, Promise] = {
    InvitationRole.SPEAKER: _("speak on stage, write in the chat and answer questions"),
    InvitationRole.MODERATOR: _("look after the people, the chat and the questions"),
}
_COLLABORATE: dict[Kind, Promise] = {
    Kind.VIDEO: _("watch and download it, and edit its title, description and captions"),
    Kind.AUDIO: _("listen to it, download it, and edit its title, description and captions"),
    Kind.DOCUMENT: _("read and download it, and edit its title and description"),
    Kind.QUIZ: _("open its page, and edit its title and description"),
}


def what_it_allows(role: str, kind: str) -> Promise:
    """The half sentence; for a role that this kind does not have, what a viewer may do."""
    role, kind = InvitationRole(role), Kind(kind)
    if role == InvitationRole.COLLABORATOR:
        return _COLLABORATE.get(kind, _LOOK[kind])
    return _MORE.get(role, _LOOK[kind])
