"""The doors: who is asking, what they may do, guest links, who came."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "access"
    verbose_name = _("Access")

    def ready(self) -> None:
        # Here, not above: these modules need the models, which are loaded by now.
        from access import checks  # noqa: F401 - registers the system checks
        from access.accounts import mails as _accounts  # noqa: F401 - register kinds of mail
        from access.guests import mails as _guests  # noqa: F401
        from access.invitations.mails import code, invitation, new_link_asked  # noqa: F401
