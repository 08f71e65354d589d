"""What each role of an invitation lets a person do: whole sentences, one per role and kind.

Said twice: of the person, to the host who chooses the role, and to the person who is invited.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.invitations.models import InvitationRole
from media_items.catalogue.models import Kind

_VIEWER, _COLLABORATOR = InvitationRole.VIEWER, InvitationRole.COLLABORATOR
_SPEAKER, _MODERATOR = InvitationRole.SPEAKER, InvitationRole.MODERATOR

# fmt: off
_TO_THE_HOST: dict[tuple[InvitationRole, Kind], Promise] = {
    (_VIEWER, Kind.VIDEO): _("Can watch the video."),
    (_VIEWER, Kind.AUDIO): _("Can listen to the recording."),
    (_VIEWER, Kind.DOCUMENT): _("Can read the document."),
    (_VIEWER, Kind.QUIZ): _("Can take the quiz."),
    (_VIEWER, Kind.LIVE_EVENT): _("Can watch the event, write in the chat and ask questions."),
    (_VIEWER, Kind.ROOM): _("Can watch, write in the chat, ask questions and raise a hand."),
    (_COLLABORATOR, Kind.VIDEO): _("Can watch and download the video, and edit its title, description and captions."),  # noqa: E501
    (_COLLABORATOR, Kind.AUDIO): _("Can listen to and download the recording, and edit its title, description and captions."),  # noqa: E501
    (_COLLABORATOR, Kind.DOCUMENT): _("Can read and download the document, and edit its title and description."),  # noqa: E501
    (_COLLABORATOR, Kind.QUIZ): _("Can take the quiz, and edit its questions, title and description."),  # noqa: E501
    (_SPEAKER, Kind.LIVE_EVENT): _("Can speak on stage, write in the chat and answer questions."),
    (_SPEAKER, Kind.ROOM): _("Can speak on stage, write in the chat and answer questions."),
    (_MODERATOR, Kind.LIVE_EVENT): _("Can run the event: manage people, the chat and questions."),
    (_MODERATOR, Kind.ROOM): _("Can run the room: manage people, the chat and questions."),
}
_TO_THE_INVITED: dict[tuple[InvitationRole, Kind], Promise] = {
    (_VIEWER, Kind.VIDEO): _("As a viewer, you can watch this video."),
    (_VIEWER, Kind.AUDIO): _("As a viewer, you can listen to this recording."),
    (_VIEWER, Kind.DOCUMENT): _("As a viewer, you can read this document."),
    (_VIEWER, Kind.QUIZ): _("As a viewer, you can take this quiz."),
    (_VIEWER, Kind.LIVE_EVENT): _("As a viewer, you can watch this live event, write in the chat and ask questions."),  # noqa: E501
    (_VIEWER, Kind.ROOM): _("As a viewer in this room, you can watch, write in the chat, ask questions and raise a hand."),  # noqa: E501
    (_COLLABORATOR, Kind.VIDEO): _("As a collaborator, you can watch and download this video, and edit its title, description and captions."),  # noqa: E501
    (_COLLABORATOR, Kind.AUDIO): _("As a collaborator, you can listen to and download this recording, and edit its title, description and captions."),  # noqa: E501
    (_COLLABORATOR, Kind.DOCUMENT): _("As a collaborator, you can read and download this document, and edit its title and description."),  # noqa: E501
    (_COLLABORATOR, Kind.QUIZ): _("As a collaborator, you can take this quiz, and edit its questions, title and description."),  # noqa: E501
    (_SPEAKER, Kind.LIVE_EVENT): _("As a speaker at this live event, you can speak on stage, write in the chat and answer questions."),  # noqa: E501
    (_SPEAKER, Kind.ROOM): _("As a speaker in this room, you can speak on stage, write in the chat and answer questions."),  # noqa: E501
    (_MODERATOR, Kind.LIVE_EVENT): _("As a moderator, you can help to run this live event: manage people, the chat and questions."),  # noqa: E501
    (_MODERATOR, Kind.ROOM): _("As a moderator, you can help to run this room: manage people, the chat and questions."),  # noqa: E501
}
# fmt: on


def what_they_can(role: str, kind: str) -> Promise:
    """For the host; for a role that this kind does not have, what a viewer may do."""
    return _said(_TO_THE_HOST, role, kind)


def what_you_can(role: str, kind: str) -> Promise:
    """For the person invited, with the role's name in it."""
    return _said(_TO_THE_INVITED, role, kind)


def _said(sentences: dict[tuple[InvitationRole, Kind], Promise], role: str, kind: str) -> Promise:
    key = (InvitationRole(role), Kind(kind))
    return sentences.get(key, sentences[_VIEWER, key[1]])
