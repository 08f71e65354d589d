"""The way back of a guest who has left, or whose access the host has ended for now: the form of the
link they came by, while it lets people in.

SECURITY: it is only ever the address by which this browser came, remembered when it came in, never
one that the link was given since. What is remembered is which admission and which version of the
link, never the address itself.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.urls import reverse

from access.guests.models import GuestAdmission
from access.guests.refusals import Reason
from access.guests.views.links_behind import door_of
from access.links import LinkKey, guest_link_token
from access.requests import VisitorRequest
from access.session_proofs import MOST_KEPT

_CAME_BY = "guest_came_by"  # pairs: an admission and the version of the link it came by
_LAST_LEFT = "guest_last_left"  # an admission
_PUT_OUT = frozenset({Reason.BLOCKED, Reason.REMOVED})


def remember_coming(session: SessionBase, admission: GuestAdmission, *, key_version: int) -> None:
    pairs = [*session.get(_CAME_BY, []), [admission.pk, key_version]]
    session[_CAME_BY] = pairs[-MOST_KEPT:]


def remember_leaving(request: VisitorRequest, admissions: Collection[GuestAdmission]) -> None:
    """The newest of somebody who is not out by an act of the host."""
    if mine := next((one for one in admissions if not _is_put_out(one)), None):
        request.session[_LAST_LEFT] = mine.pk


def last_left(request: VisitorRequest) -> GuestAdmission | None:
    """What this browser left last, to an item that is not in the bin. One query."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    pk = request.session.get(_LAST_LEFT)
    rows = GuestAdmission.objects.select_related("guest__link__item")
    found: GuestAdmission | None = (
        rows.filter(pk=pk, guest__link__item__deleted_at=None).first() if pk else None
    )
    return found


def knows_how_it_came(request: VisitorRequest, admission: GuestAdmission) -> bool:
    """Whether this browser remembers by which address: only then can be said what became of it."""
    return _came_by(request, admission) is not None


@dataclass(frozen=True)
class WayBack:
    """The address of the form, or why there is none."""

    join_url: str = ""
    refusal: Reason | None = None


def way_back(request: VisitorRequest, admission: GuestAdmission) -> WayBack:
    """By the address that this browser came by, as its door would judge this browser now. Neither
    where the admission is in force. An unknown link where the browser does not remember which.

    SECURITY: an unknown link, too, for whoever is removed or blocked: the door says that, and what
    became of somebody is said by nothing else.
    """
    key_version = _came_by(request, admission)
    if key_version is None or admission.guest.removed_at:
        return WayBack(refusal=Reason.BAD_LINK)
    link = admission.guest.link
    key = LinkKey(link.pk, key_version, link.tag)
    if refusal := door_of(link, key, request.visitor).refusal:
        return WayBack(refusal=Reason.BAD_LINK if refusal in _PUT_OUT else refusal)
    is_out = admission.left_at is not None or admission.ended_at is not None
    return WayBack(reverse("access:join", args=[guest_link_token(link)]) if is_out else "")


def _came_by(request: VisitorRequest, admission: GuestAdmission) -> int | None:
    version: int | None = dict(request.session.get(_CAME_BY, [])).get(admission.pk)
    return version


def _is_put_out(admission: GuestAdmission) -> bool:
    return admission.ended_at is not None or admission.guest.removed_at is not None
