"""The demo's guest links and guests. Each gets its state by the services that people use.

Only the dates are written directly, because everything lies in the past.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from access.accounts.models import User
from access.audit.models import AccessEvent, Act
from access.guests.models import Guest, GuestAdmission, GuestLink
from access.guests.services import guests as people
from access.guests.services import joining, links
from access.guests.services.joining import ask_host
from access.last_days import end_of_day
from demo.course import DAY, HOUR, DemoGuest, Item, Link
from demo.days import by_day
from media_items.models import MediaItem


def add_guest_access(item: Item, row: MediaItem, *, owner: User, now: datetime) -> None:
    """The switch, the links and their guests, as `item` describes them."""
    if not item.links:
        return
    links.switch_on(item=row, by=owner)
    window, row.available_from = row.available_from, None
    made = [_add_link(link, row, owner=owner, now=now) for link in reversed(item.links)]
    row.available_from = window
    if not item.guest_access:
        links.switch_off(item=row, by=owner, end_inside=True)
    if item.access_request:
        name, email, message = item.access_request
        ask_host(link=made[0], name=name, email=email, message=message)


def _add_link(link: Link, row: MediaItem, *, owner: User, now: datetime) -> GuestLink:
    expires_at = end_of_day(now, link.expires_in.days) if link.expires_in else None
    made = links.create_link(
        item=row, by=owner, name=link.name, expires_at=expires_at, **link.options
    )
    when = by_day(now - link.ago)
    GuestLink.objects.filter(pk=made.pk).update(created_at=when)
    AccessEvent.objects.filter(link=made).update(at=when)
    for guest in link.guests:
        _add_guest(guest, made, owner=owner, now=now)
    if link.state == "paused":
        links.pause_link(link=made, by=owner)
    elif link.state == "expired":
        yesterday = end_of_day(now - DAY, 0)
        GuestLink.objects.filter(pk=made.pk).update(expires_at=yesterday)
    return made


def _add_guest(described: DemoGuest, link: GuestLink, *, owner: User, now: datetime) -> None:
    admission = joining.join(
        link=link, key_version=link.key_version, name=described.name, email=described.email
    )
    when = by_day(now - described.ago)
    Guest.objects.filter(pk=admission.guest_id).update(joined_at=when)
    GuestAdmission.objects.filter(pk=admission.pk).update(admitted_at=when)
    AccessEvent.objects.filter(guest=admission.guest_id, act=Act.GUEST_JOINED).update(at=when)
    guest = Guest.objects.select_related("link__item").get(pk=admission.guest_id)
    if described.state == "left":
        joining.leave(admission=admission)
        left_at = min(when + HOUR, timezone.now())
        GuestAdmission.objects.filter(pk=admission.pk).update(left_at=left_at)
    elif described.state == "removed":
        people.remove_guest(guest=guest, by=owner)
    elif described.state == "erased":
        people.erase_guest(guest=guest, by=None)
