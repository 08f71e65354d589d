"""The app `media_items`: what a media item is, how it is prepared, shown and played."""

import sys
from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.urls import register_converter
from django.utils.translation import gettext_lazy as _

from media_items.numbers import NumberConverter


class MediaItemsConfig(AppConfig):
    name = "media_items"
    verbose_name = _("Media")

    def ready(self) -> None:
        register_converter(NumberConverter, "number")
        # Django forbids importing before the models are loaded.
        from media_items import (
            checks,  # noqa: F401 - registers the system checks
            search_indexes,
        )
        from media_items.library import many
        from media_items.library.views.many import DELETE, PUBLISH
        from media_items.processing import checks as of_processing  # noqa: F401 - the same

        many.register(PUBLISH, DELETE)
        search_indexes.register("media_items.MediaItem", "title", "tags", "description")
        post_migrate.connect(make_search_indexes, sender=self)


def make_search_indexes(*, using: str, verbosity: int, **kwargs: Any) -> None:
    """After each `migrate`; a `flush` sends the same signal, without a plan, and changes none."""
    from media_items import search_indexes

    if "plan" not in kwargs:
        return
    try:
        say = sys.stdout.write if verbosity else (lambda _line: 0)
        search_indexes.make(connections[using], say=say)
    except search_indexes.NotMade as reason:
        if verbosity:
            sys.stderr.write(
                f"Searching goes without indexes. {reason} See “Searching” in docs/deployment.md.\n"
            )
