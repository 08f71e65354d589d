"""What is owed: changes of rights that are committed, and not yet applied to those in a session.

While there are some, the rows of participants promise more than is true.
"""

from __future__ import annotations

from django.db.models import QuerySet

from access.rights.models import RightsChange
from media_items.compiled import compiled


def is_owed(session: str) -> bool:
    """In the session with this public id. One query."""
    return bool(changes_owed(public_id=session))


@compiled
def changes_owed(*, public_id: str) -> QuerySet[RightsChange]:
    """In the session with this public id; one of them at most."""
    return RightsChange.objects.filter(session__public_id=public_id).order_by("pk")[:1]
