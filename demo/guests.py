"""The demo's guest links and the people who came by them, each state reached the way it is reached.

Only dates are written by hand afterwards: everything happened in the days before.
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
from demo.course import DAY, HOUR, Comer, Item, Link
from media_items.models import MediaItem


def add_guest_access(item: Item, row: MediaItem, *, owner: User, now: datetime) -> None:
    """The switch, the links and their guests, as `item` says."""
    if not item.links:
        return
    links.switch_on(item=row, by=owner)
    window, row.available_from = row.available_from, None
    made = [_link(link, row, owner=owner, now=now) for link in reversed(item.links)]
    row.available_from = window
    if not item.guest_access:
        links.switch_off(item=row, by=owner, end_inside=True)
    if item.asks:
        name, email, message = item.asks
        ask_host(link=made[0], name=name, email=email, message=message)


def _link(link: Link, row: MediaItem, *, owner: User, now: datetime) -> GuestLink:
    lives = end_of_day(now, link.lives.days) if link.lives else None
    made = links.create_link(item=row, by=owner, name=link.name, expires_at=lives, **link.options)
    when = now - link.ago
    GuestLink.objects.filter(pk=made.pk).update(created_at=when)
    AccessEvent.objects.filter(link=made).update(at=when)
    for comer in link.guests:
        _come(comer, made, owner=owner, now=now)
    if link.fate == "paused":
        links.pause_link(link=made, by=owner)
    elif link.fate == "expired":
        yesterday = end_of_day(now - DAY, 0)
        GuestLink.objects.filter(pk=made.pk).update(expires_at=yesterday)
    return made


def _come(comer: Comer, link: GuestLink, *, owner: User, now: datetime) -> None:
    admission = joining.join(
        link=link, key_version=link.key_version, name=comer.name, email=comer.email
    )
    when = now - comer.ago
    Guest.objects.filter(pk=admission.guest_id).update(joined_at=when)
    GuestAdmission.objects.filter(pk=admission.pk).update(admitted_at=when)
    AccessEvent.objects.filter(guest=admission.guest_id, act=Act.GUEST_JOINED).update(at=when)
    guest = Guest.objects.select_related("link__item").get(pk=admission.guest_id)
    if comer.state == "left":
        joining.leave(admission=admission)
        left_at = min(when + HOUR, timezone.now())
        GuestAdmission.objects.filter(pk=admission.pk).update(left_at=left_at)
    elif comer.state == "removed":
        people.remove_guest(guest=guest, by=owner)
    elif comer.state == "erased":
        people.erase_guest(guest=guest, by=None)
