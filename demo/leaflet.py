"""The text for people who try the demo: address, accounts, links to open."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.urls import reverse

from access.guests.models import GuestLink
from access.invitations.models import Invitation
from access.links import guest_link_token, invitation_token
from demo.accounts import PASSWORD, PEOPLE
from demo.course import ITEMS


def leaflet(*, site: str) -> str:
    width = max(len(person.email) for person in PEOPLE) + 2
    lines = [f"Sign in at {site}{reverse('access:sign_in')}"]
    lines.append(f"The password of every account is: {PASSWORD}")
    lines += [f"  {person.email:<{width}}{person.description}" for person in PEOPLE]
    works, refused = _links(site)
    lines += ["", "Guest links, to open in a private window:", *works]
    lines += ["", "Guest links that refuse, each in its own words:", *refused]
    invited = _invite_links(site)
    lines += ["", "Invite links, each for one person:", *invited]
    return "\n".join(lines) + "\n"


def write_leaflet(*, site: str) -> Path:
    path: Path = settings.DATA_DIR / "demo-accounts.txt"
    path.write_text(leaflet(site=site), encoding="utf-8")
    return path


def _links(site: str) -> tuple[list[str], list[str]]:
    """The lines of links that let somebody in, and of links that refuse."""
    works: list[str] = []
    refused: list[str] = []
    for item in ITEMS:
        for link in item.links:
            rows = GuestLink.objects.filter(item__title=item.title, name=link.name)
            row = rows.filter(deleted_at=None).first()
            if row is None or not link.shown:
                continue
            address = site + reverse("access:join", args=[guest_link_token(row)])
            refuses = not item.guest_access or link.state != "active" or item.available_from
            is_full = link.options.get("places") == len(link.guests)
            (refused if refuses or is_full else works).append(f"  {address}  {link.shown}")
    return works, refused


def _invite_links(site: str) -> list[str]:
    """The lines of invite links: each opens for the person invited, or says why not."""
    emails = {person.key: person.email for person in PEOPLE}
    found: list[str] = []
    for item in ITEMS:
        for one in item.invited:
            rows = Invitation.objects.filter(item__title=item.title)
            row = rows.filter(email=emails.get(one.account, one.email)).last()
            if row and one.shown:
                address = site + reverse("access:invitation", args=[invitation_token(row)])
                found.append(f"  {address}  {one.shown}")
    return found
