"""The doors: who is asking, what they may do, guest links, who came."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "access"
    verbose_name = _("Access")

    def ready(self) -> None:
        from access import checks  # noqa: F401 - registers the system checks
        from access.exclusions.personal_data import ExclusionData
        from access.guests.personal_data import GuestData
        from media_items.personal_data import register

        register(GuestData())
        register(ExclusionData())
