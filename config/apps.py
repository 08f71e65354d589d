"""The Django admin under Foyer's name, and the wiring's own commands."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class FoyerAdminConfig(AdminConfig):
    default_site = "config.admin_site.FoyerAdminSite"


class WiringConfig(AppConfig):
    """Has no models; it is installed for its management commands."""

    name = "config"
