"""Foyer's settings, with one more page: the bare view that everything is compared to."""

from pathlib import Path

from config.settings import *  # noqa: F403
from config.settings import TEMPLATES

ROOT_URLCONF = "tests.benchmarks.urls"
TEMPLATES[0]["DIRS"].append(Path(__file__).parent / "templates")
