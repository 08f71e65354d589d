"""The app of the demo course, installed for its command `seed_demo`."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "demo"

    def ready(self) -> None:
        from demo import checks  # noqa: F401 - registered by being imported, once models are there
