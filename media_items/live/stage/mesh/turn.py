"""Servers that help two browsers find each other (STUN) or carry what they send (TURN).

coturn's time-limited credentials: the user name holds the second at which it ends, the password
is its HMAC under a secret that only coturn and we know. So nobody's credential outlives an hour,
and coturn asks us nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

# A connection made in time goes on; the page asks again before it makes the next one.
CREDENTIAL_LASTS = timedelta(hours=1)


def ice_servers(name: str, moment: datetime) -> list[dict[str, Any]]:
    """As `RTCPeerConnection` takes them; `name` tells holders apart in coturn's log."""
    servers: list[dict[str, Any]] = []
    if settings.LIVE_STUN_URLS:
        servers.append({"urls": settings.LIVE_STUN_URLS})
    if settings.LIVE_TURN_URLS:
        username, password = credential(name, moment + CREDENTIAL_LASTS)
        servers.append(
            {"urls": settings.LIVE_TURN_URLS, "username": username, "credential": password}
        )
    return servers


def credential(name: str, ends_at: datetime) -> tuple[str, str]:
    """User name and password as coturn's `use-auth-secret` wants them (SHA-1 is its choice)."""
    username = f"{int(ends_at.timestamp())}:{name}"
    mac = hmac.new(settings.LIVE_TURN_SECRET.encode(), username.encode(), hashlib.sha1)
    return username, base64.b64encode(mac.digest()).decode()
