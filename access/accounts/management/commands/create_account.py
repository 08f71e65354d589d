"""`manage.py create_account noa@example.edu --first-name Noa --last-name Levi`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from access.accounts.services import create_account


class Command(BaseCommand):
    help = "Makes an account and mails a link with which its owner sets the password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--first-name", required=True)
        parser.add_argument("--last-name", default="")
        parser.add_argument("--staff", action="store_true", help="may open the administration")
        parser.add_argument("--superuser", action="store_true", help="may do everything there")
        mail = parser.add_mutually_exclusive_group()
        mail.add_argument("--send-mail", action="store_true", default=True, help="the default")
        mail.add_argument("--no-mail", action="store_false", dest="send_mail")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = create_account(
                email=options["email"],
                first_name=options["first_name"],
                last_name=options["last_name"],
                is_staff=options["staff"] or options["superuser"],
                is_superuser=options["superuser"],
                send_mail=options["send_mail"],
            )
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from refused
        self.stdout.write(f"Made the account {user.email}.")
        self.stdout.write(
            "A link to set the password is on its way by mail."
            if options["send_mail"]
            else f"No mail was sent; “manage.py changepassword {user.email}” sets a password."
        )
