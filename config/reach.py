"""Whether other machines can reach a site, as far as its settings and its address tell."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from django.conf import settings  # lazy: settings.py imports this module
from django.core.checks import run_checks

# The checks of what must not be there when others can reach the site (demo/checks.py).
TAG = "beyond_this_machine"


class NotBeyondThisMachine(Exception):
    """Holds the sentence for the person who started it."""


def is_this_machine(host: str) -> bool:
    """`localhost`, a name below it, or a loopback address; brackets of IPv6 may be there."""
    host = host.strip("[]").rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def reachable_by(*, site_host: str, hosts: Iterable[str], proxies: int) -> str:
    """The setting by which others reach the site, as words for a refusal, or nothing."""
    if not is_this_machine(site_host):
        return f"SITE_URL names {site_host}"
    for host in hosts:
        if not is_this_machine(host):
            return f"ALLOWED_HOSTS names {host}"
    return "TRUSTED_PROXIES says that a proxy stands in front" if proxies else ""


def check_start(address: str) -> None:
    """To be asked before listening on `address`. Raises `NotBeyondThisMachine`."""
    here = is_this_machine(address)
    for name in ("DEVELOPMENT_PAGES", "DEBUG"):
        if getattr(settings, name) and not here:
            raise NotBeyondThisMachine(
                f"{name} is on, and whoever reaches {address} could read what only you may. "
                f"Listen on 127.0.0.1, or switch it off."
            )
    reached = reachable_by(
        site_host=settings.SITE_HOST,
        hosts=settings.ALLOWED_HOSTS,
        proxies=settings.TRUSTED_PROXIES,
    )
    if here and not reached:
        return
    for message in run_checks(tags=[TAG], include_deployment_checks=True):
        if message.is_serious():
            raise NotBeyondThisMachine(f"{message.msg} {message.hint or ''}".strip())
