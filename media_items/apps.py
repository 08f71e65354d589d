"""The app `media_items`: what a media item is, how it is prepared, shown and played."""

from django.apps import AppConfig
from django.urls import register_converter
from django.utils.translation import gettext_lazy as _

from media_items.numbers import NumberConverter


class MediaItemsConfig(AppConfig):
    name = "media_items"
    verbose_name = _("Media")

    def ready(self) -> None:
        register_converter(NumberConverter, "number")
        # Django forbids importing before the models are loaded.
        from media_items import checks  # noqa: F401 - registers the system checks
        from media_items.library import many
        from media_items.library.views.many import DELETE, PUBLISH
        from media_items.processing import checks as of_processing  # noqa: F401 - the same

        many.register(PUBLISH, DELETE)
