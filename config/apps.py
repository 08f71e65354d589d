"""Django's admin with Foyer's site, and the app of the package `config`."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class FoyerAdminConfig(AdminConfig):
    default_site = "config.admin_site.FoyerAdminSite"


class WiringConfig(AppConfig):
    """Has no models; it is installed for its management command and its checks."""

    name = "config"

    def ready(self) -> None:
        from config import checks  # noqa: F401 - registered by being imported, once there are apps
