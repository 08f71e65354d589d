"""The app of the demo course, installed for its command `seed_demo`."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "demo"
