"""The trail of one person: what was done to their access, and what they did."""

from __future__ import annotations

from django.db.models import FETCH_RAISE, Q, QuerySet

from access.audit.models import AccessEvent, Act
from access.person_page.resolving import Person
from media_items.live.sessions.models import Participant

# What was done to an account, which stands in the details alone.
_TO_ACCOUNTS = (
    Act.CO_EDITOR_ADDED,
    Act.CO_EDITOR_REMOVED,
    Act.MEMBER_ADDED,
    Act.MEMBER_CHANGED,
    Act.MEMBER_REMOVED,
    Act.ACCOUNT_SWITCHED_OFF,
    Act.ACCOUNT_SWITCHED_ON,
    Act.ACCOUNT_NEW_EMAIL,
    Act.ACCOUNT_EMAIL_CONFIRMED,
)


def events_about(person: Person) -> QuerySet[AccessEvent]:
    """Newest first; every way in which a row names somebody has an index."""
    about = (
        Q(guest__in=person.guest_ids)
        | Q(invitation__in=person.invitation_ids)
        | Q(actor__in=person.accounts)
        | Q(act__in=_TO_ACCOUNTS, details__account__in=[one.pk for one in person.accounts])
    )
    participants = list(
        Participant.objects.filter(key__in=person.somebody.keys).values_list("pk", flat=True)
    )
    about |= Q(participant__in=participants) | Q(by_participant__in=participants)
    return (
        AccessEvent.objects.filter(about)
        .select_related(
            "actor", "item", "link", "guest", "invitation", "participant", "by_participant"
        )
        .order_by("-at", "-pk")
        .fetch_mode(FETCH_RAISE)
    )
