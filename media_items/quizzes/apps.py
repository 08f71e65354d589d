"""Quizzes."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuizzesConfig(AppConfig):
    name = "media_items.quizzes"
    verbose_name = _("Quizzes")

    def ready(self) -> None:
        # Models are not there before: Django forbids importing what needs them any earlier.
        from media_items.quizzes import wiring

        wiring.connect()
