#!/usr/bin/env python
"""Django's command line for Foyer."""

import os
import sys

OLDEST = (3, 12)


def main() -> None:
    if sys.version_info < OLDEST:
        wanted, found = (".".join(map(str, one[:3])) for one in (OLDEST, sys.version_info))
        sys.exit(f"Foyer needs Python {wanted} or newer; {sys.executable} is {found}.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
