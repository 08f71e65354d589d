"""The building: what a media item is, how it is prepared, shown and played."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediaItemsConfig(AppConfig):
    name = "media_items"
    verbose_name = _("Media")

    def ready(self) -> None:
        # Models are not there before: Django forbids importing what needs them any earlier.
        from media_items import checks  # noqa: F401 - registers the system checks
