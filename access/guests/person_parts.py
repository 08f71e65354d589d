"""What a person's page in the admin shows of guests and of requests to be let in."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.email_addresses import shown_email
from access.guests.models import AccessRequest, Guest
from media_items.admin_tools import link_to
from media_items.person_page import PersonPart, Somebody, register


def _guests_of(somebody: Somebody) -> QuerySet[Guest]:
    rows = Guest.objects.filter(email__in=somebody.emails)
    return rows.select_related("link__item").order_by("-joined_at", "-pk")


def _requests_of(somebody: Somebody) -> QuerySet[AccessRequest]:
    rows = AccessRequest.objects.filter(email__in=somebody.emails)
    return rows.select_related("item").order_by("-asked_at", "-pk")


register(
    PersonPart(
        name="guests",
        heading=_("Guest of"),
        order=30,
        permission="guests.view_guest",
        rows=_guests_of,
        columns=[
            (_("Media item"), lambda guest: link_to(guest, guest.link.item.title)),
            (_("Guest link"), lambda guest: link_to(guest.link)),
            (_("Name typed"), lambda guest: guest.name),
            (_("Email"), lambda guest: shown_email(guest.email)),
            (_("First came"), lambda guest: guest.joined_at),
            (_("Removed"), lambda guest: guest.removed_at),
        ],
        note=_("Guests type their email without verifying it: it may have been somebody else."),
    )
)
register(
    PersonPart(
        name="requests",
        heading=_("Requests to be let in"),
        order=35,
        permission="guests.view_accessrequest",
        rows=_requests_of,
        columns=[
            (_("Media item"), lambda asked: link_to(asked, asked.item.title)),
            (_("Name typed"), lambda asked: asked.name),
            (_("Email"), lambda asked: shown_email(asked.email)),
            (_("Asked"), lambda asked: asked.asked_at),
            (_("Answer"), lambda asked: asked.get_answer_display() or gettext("Not answered")),
        ],
    )
)
