"""The building: what a media item is, how it is prepared, shown and played."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediaItemsConfig(AppConfig):
    name = "media_items"
    verbose_name = _("Media")

    def ready(self) -> None:
        from media_items import checks  # noqa: F401 - registers the system checks
        from media_items.live.interactions.personal_data import InteractionTraces
        from media_items.live.personal_data import SessionData, register_traces
        from media_items.live.questions.personal_data import QuestionTraces
        from media_items.live.talk.personal_data import ChatTraces
        from media_items.personal_data import register

        register(SessionData())
        for room in (ChatTraces(), InteractionTraces(), QuestionTraces()):
            register_traces(room)
