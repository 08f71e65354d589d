"""The demo course: people, media and links to try Foyer with. Installed for its command."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "demo"
