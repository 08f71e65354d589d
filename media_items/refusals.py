"""Exceptions for a request that is refused for a reason the person may know.

Services raise these. A view catches those for which it has a better page (the form with the
sentence in it); `media_items.middleware.RefusalMiddleware` answers all others.

A refusal that a caller must tell apart has a class of its own. Every other is one of these four,
raised with its sentence. Faults of machines (a server that does not answer, a film that cannot be
read) are no refusals.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """The request was refused and nothing has changed.

    `status` is the HTTP status. `message` is a whole sentence for the person who asked. `reason` is
    a word that selects a page or informs a script; with it the sentence may be missing.

    SECURITY: both are shown to the person who asked: nothing about people or items they do not see.
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
            raise TypeError(f"{type(self).__name__} has neither a message nor a reason.")

    def __str__(self) -> str:
        return str(self.message)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.status} {self.reason or str(self.message)!r}>"


class NotNow(Refusal):
    """Not at this time: the session is not live, the poll is closed, the batch is running."""

    message = _("This is not possible at the moment.")


class ChangedMeanwhile(Refusal):
    """Somebody else changed it first; the answer shows what is there now."""

    message = _("This has changed in the meantime. You now see the current version.")


class Invalid(Refusal):
    """What was submitted is not valid: a file, a text, a list."""

    status = 422
    message = _("This cannot be accepted.")


class Forbidden(Refusal, PermissionDenied):
    """This person may not do it. Django answers `PermissionDenied` with the page `403.html`."""

    status = 403
    reason = "forbidden"
