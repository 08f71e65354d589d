"""The type of the request that every view of Foyer gets.

A module of its own because modules on every layer annotate with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from media_items.visitors import Visitor


class FoyerRequest(HttpRequest):
    """For annotations only: no request is ever made of this class.

    `htmx` is set by `HtmxMiddleware`, `visitor` by `access.middleware.VisitorMiddleware`. Views of
    `access` annotate with `access.requests`, which knows the visitor's class.
    """

    htmx: HtmxDetails
    visitor: Visitor
    # Set by `media_items.middleware`: seconds since the epoch, before anything was read for it.
    began_at: float
    # Set by `library.uploads.receive_files`: field name → why its file was refused.
    refused_files: dict[str, str]
    # The page is shown to somebody whom it is not for: what it offers does nothing.
    is_only_shown: bool
