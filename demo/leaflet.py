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

Shown = tuple[str, str]  # words and an address


def leaflet(*, site: str) -> str:
    """What to try first, then everything there is: who may sign in, and which links to open."""
    width = max(len(person.email) for person in PEOPLE) + 2
    works, refused = _links(site)
    host = PEOPLE[0]
    lines = [
        "Try this first",
        f"  1. Sign in at {site}{reverse('access:sign_in')}",
        f"     as {host.email}, password: {PASSWORD}",
        "  2. In a private window be a guest of hers, with any name and email:",
        *(f"     {address}" for _words, address in works[:1]),
        "  3. No email leaves this machine. What Foyer sends, codes too, is at",
        f"     {site}/dev/mail/",
        "",
        f"Accounts; the password of each is: {PASSWORD}",
        *(f"  {person.email:<{width}}{person.description}" for person in PEOPLE),
    ]
    for heading, found in (
        ("Guest links: in a private window, with any name and email", works),
        ("Guest links that refuse, each in its own words", refused),
        ("Invite links: in a private window, each for one person", _invite_links(site)),
    ):
        lines += ["", heading]
        for words, address in found:
            lines += [f"  {words}", f"    {address}"]
    return "\n".join(lines) + "\n"


def write_leaflet(*, site: str) -> Path:
    path: Path = settings.DATA_DIR / "demo-accounts.txt"
    path.write_text(leaflet(site=site), encoding="utf-8")
    return path


def _links(site: str) -> tuple[list[Shown], list[Shown]]:
    """Links that let somebody in, and links that refuse."""
    works: list[Shown] = []
    refused: list[Shown] = []
    for item in ITEMS:
        for link in item.links:
            rows = GuestLink.objects.filter(item__title=item.title, name=link.name)
            row = rows.filter(deleted_at=None).first()
            if row is None or not link.shown:
                continue
            address = site + reverse("access:join", args=[guest_link_token(row)])
            refuses = not item.guest_access or link.state != "active" or item.available_from
            is_full = link.options.get("places") == len(link.guests)
            (refused if refuses or is_full else works).append(
                (f"{item.title}: {link.shown}", address)
            )
    return works, refused


def _invite_links(site: str) -> list[Shown]:
    """Each opens for the person invited, or says why not."""
    emails = {person.key: person.email for person in PEOPLE}
    found: list[Shown] = []
    for item in ITEMS:
        for one in item.invited:
            rows = Invitation.objects.filter(item__title=item.title)
            row = rows.filter(email=emails.get(one.account, one.email)).last()
            if row and one.shown:
                address = site + reverse("access:invitation", args=[invitation_token(row)])
                found.append((f"{item.title}: {one.shown}", address))
    return found
