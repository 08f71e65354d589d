"""The login: accounts, sign in and out."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "access.accounts"
    verbose_name = _("Accounts")
