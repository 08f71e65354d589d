"""How often codes are mailed, whoever they are for.

SECURITY: these limits are the budget of somebody who has the page but not the mailbox, and what
keeps one mailbox from being filled. Those of the row and of the address do the work; a network may
be a whole campus behind one address.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from media_items.rate_limits import Limit, count_tries


def count_code(request: HttpRequest, *, group: str, of: str, email: str, also: str = "") -> None:
    """Raises `TooManyTries`. What one limit refuses uses up nothing of the others. `of` is the row
    the code is for. With `also`, the address, the network and the site share that group's."""
    shared = also or group
    count_tries(
        request,
        [
            Limit(f"{group}-invitation", of, settings.CODE_RATE_PER_INVITATION),
            Limit(f"{group}-a-day", of, settings.CODE_RATE_PER_INVITATION_A_DAY),
            Limit(f"{shared}-address", email, settings.CODE_RATE_PER_ADDRESS),
            Limit(f"{shared}-network", "", settings.CODE_RATE_PER_NETWORK),
            Limit(f"{shared}-site", "all", settings.CODE_RATE_PER_SITE),
        ],
    )
