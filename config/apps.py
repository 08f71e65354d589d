"""Django's admin with Foyer's site, and the app of the package `config`."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _
from django_tasks_db.apps import TasksAppConfig


class FoyerAdminConfig(AdminConfig):
    default_site = "config.admin_site.FoyerAdminSite"


class WorkConfig(TasksAppConfig):
    verbose_name = _("Background work")  # type: ignore[assignment]


class WiringConfig(AppConfig):
    """Has no models; it is installed for its management command, its checks and its admin page."""

    name = "config"

    def ready(self) -> None:
        from config import checks  # noqa: F401 - registered by being imported, once there are apps
