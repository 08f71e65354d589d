"""`manage.py seed_demo`: two courses and a channel with real media, for trying Foyer out."""

from __future__ import annotations

import logging
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo import seed
from demo.films import FULL, TINY
from demo.leaflet import leaflet, write_leaflet


class Command(BaseCommand):
    help = "Puts the demo course in: people, media made on the spot, guest links in every state."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--fresh",
            action="store_true",
            help="first remove the demo's accounts with everything they have made since",
        )
        parser.add_argument("--tiny", action="store_true", help="very short, very small media")
        parser.add_argument(
            "--site", default="", help="the address the links are written for (SITE_URL)"
        )
        parser.add_argument(
            "--brief", action="store_true", help="leave accounts and links to the server's greeting"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # SECURITY: the demo's password is known to everybody.
        if not settings.DEVELOPMENT_PAGES:
            raise CommandError(
                "The demo's accounts have a password that everybody knows. On a machine of your "
                "own set DEVELOPMENT_PAGES=true first."
            )
        # One of its files is damaged on purpose; the log about it would look like a fault.
        logging.getLogger("media_items.processing").setLevel(logging.ERROR)
        say = self.stdout.write
        if options["fresh"]:
            say("Removing the old demo course …")
            seed.remove()
        if seed.is_there():
            say("The demo course is there already.")
            seed.bring_up_to_date(say=say)
        else:
            started = time.monotonic()
            tiny = options["tiny"]
            seed.seed(say=say, scale=TINY if tiny else FULL, workers=0 if tiny else 2)
            say(f"The demo course is ready ({time.monotonic() - started:.0f} s).")
        site = options["site"].rstrip("/") or settings.SITE_URL
        path = write_leaflet(site=site)
        if options["brief"]:
            say(f"Accounts and links are in {path}.")
        else:
            say("\n" + leaflet(site=site))
