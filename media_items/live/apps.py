"""Live sessions of rooms and live events."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LiveConfig(AppConfig):
    name = "media_items.live"
    verbose_name = _("Live sessions")

    def ready(self) -> None:
        # Models are not there before: Django forbids importing what needs them any earlier.
        from media_items.live import wiring

        wiring.connect()
