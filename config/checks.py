"""System checks of how a public server is reached."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.security, deploy=True)
def check_proxies(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Neither gunicorn nor the one-port form speaks https: where the site does, a proxy stands in
    front, and without a word about it everybody has the proxy's address."""
    behind_one = settings.HTTPS or settings.ACCEL_REDIRECT_PREFIX
    if settings.TRUSTED_PROXIES or not behind_one:
        return []
    why = "SITE_URL is https" if settings.HTTPS else "ACCEL_REDIRECT_PREFIX is set"
    return [
        Warning(
            f"{why}, so a proxy stands in front, and TRUSTED_PROXIES is 0: all visitors count as "
            "one network, whose limits are soon reached, and browsers are not told to insist on "
            "https.",
            hint="Set TRUSTED_PROXIES to the number of your own proxies, 1 with deploy/nginx.conf.",
            id="foyer.W004",
        )
    ]
