"""What a media item and a gallery can be: kinds, states, phases.

Apart from the models because their querysets need them, too; everybody else imports them from
`catalogue.models`.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    VIDEO = "video", _("Video")
    AUDIO = "audio", _("Audio")
    DOCUMENT = "document", _("Document")
    QUIZ = "quiz", _("Quiz")
    LIVE_EVENT = "live_event", _("Live event")
    ROOM = "room", _("Room")


FILE_KINDS = frozenset({Kind.VIDEO, Kind.AUDIO, Kind.DOCUMENT})
SCHEDULED_KINDS = frozenset({Kind.QUIZ, Kind.LIVE_EVENT, Kind.ROOM})
LIVE_KINDS = frozenset({Kind.LIVE_EVENT, Kind.ROOM})


class State(models.TextChoices):
    PRIVATE = "private", _("Private")
    UNLISTED = "unlisted", _("Unlisted")
    PUBLISHED = "published", _("Published")


class Phase(models.TextChoices):
    """Where a scheduled item is in its time."""

    NOT_STARTED = "not_started", pgettext_lazy("phase of a session", "Not yet started")
    OPEN = "open", pgettext_lazy("phase of a session", "Open")
    ENDED = "ended", pgettext_lazy("phase of a session", "Ended")


class RemindBefore(models.IntegerChoices):
    """How many minutes before the start the people invited are reminded."""

    NEVER = 0, _("No reminder")
    HOUR = 60, _("One hour before")
    DAY = 1_440, _("One day before")


class GalleryKind(models.TextChoices):
    COURSE = "course", _("Course gallery")
    CHANNEL = "channel", _("Channel")
