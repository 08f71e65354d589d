"""What was asked for is not done, for a reason that the person may know.

Services raise these. A view catches the ones after which it has something better to show (the form
with the sentence in it); `media_items.middleware.RefusalMiddleware` answers all others.

A class of its own is for what a caller tells apart. Everything else is one of these four, raised
with its sentence. Faults of machines (a server that does not answer, a film that cannot be read)
are no refusals.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """Nothing has changed.

    `status` is that of HTTP. `message` is a whole sentence for the person who asked. `reason` is a
    word that picks a page or tells a script; with it the sentence may be missing.

    SECURITY: both are shown to whoever asked: no word about people or items they do not see.
    """

    status: int = 409
    message: str | Promise = ""
    reason: str = ""

    def __init__(self, message: str | Promise = "", *, reason: str = "") -> None:
        super().__init__()
        if message:
            self.message = message
        if reason:
            self.reason = reason
        if not self.message and not self.reason:
            raise TypeError(f"{type(self).__name__} says neither in a sentence nor in a word why.")

    def __str__(self) -> str:
        return str(self.message)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.status} {self.reason or str(self.message)!r}>"


class NotNow(Refusal):
    """Not at this time: the session is not live, the poll is closed, the list is under way."""

    message = _("This is not possible at the moment.")


class ChangedMeanwhile(Refusal):
    """Somebody else was faster; what is there now is to be shown."""

    message = _("This has changed in the meantime. You see it as it is now.")


class Invalid(Refusal):
    """What was sent in cannot be taken: a file, a text, a list."""

    status = 422
    message = _("This cannot be accepted.")


class Forbidden(Refusal, PermissionDenied):
    """Not for this person. Django answers `PermissionDenied` with the page `403.html`."""

    status = 403
    reason = "forbidden"
