"""The doors: who is asking, what they may do, guest links, who came."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "access"
    verbose_name = _("Access")

    def ready(self) -> None:
        # Not before the apps are ready: what is imported here imports models.
        from access import checks  # noqa: F401 - registers the system checks
        from access.entrances import IN_SESSIONS, ON_GALLERIES, ON_ITEMS
        from media_items import entrances

        entrances.register(*ON_ITEMS, *IN_SESSIONS, *ON_GALLERIES)
        from access.accounts import mails as _accounts  # noqa: F401 - register kinds of mail
        from access.exclusions.personal_data import ExclusionData
        from access.guests import mails as _guests  # noqa: F401
        from access.guests.personal_data import GuestData
        from access.invitations.mails import code, invitation, new_link_asked  # noqa: F401
        from access.rights import items
        from media_items.personal_data import register

        items.listen()
        register(GuestData())
        register(ExclusionData())
