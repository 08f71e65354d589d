"""Guest links, and who came by them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GuestsConfig(AppConfig):
    name = "access.guests"
    verbose_name = _("Guest access")
