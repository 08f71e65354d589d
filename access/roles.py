"""The roles a person can have on a media item, and where each comes from.

On its own because proofs, which give roles, and policies, which judge by them, both stand on it.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """On one item. Several may hold at once; their abilities add up."""

    OWNER = "owner", _("Owner")  # made it
    CO_EDITOR = "co_editor", _("Co-editor")  # added by the owner; needs an account
    COLLABORATOR = "collaborator", _("Collaborator")  # invited, not on live kinds
    MODERATOR = "moderator", _("Moderator")  # invited, live kinds
    SPEAKER = "speaker", _("Speaker")  # invited, live kinds
    VIEWER = "viewer", _("Viewer")  # invited, or member of a gallery it is published in
    GUEST = "guest", _("Guest")  # came by a guest link
    PASSER_BY = "passer_by", _("Passer-by")  # has the address of an unlisted item
