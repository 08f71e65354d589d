"""Guest links as a host reads them: state, places, last day, how many are inside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from access.guests.models import GuestAdmission, GuestLink, LinkState
from access.last_days import end_for_others
from access.links import guest_link_address
from media_items.compiled import compiled
from media_items.models import MediaItem

MOST_NEWEST = 2  # named where links are only mentioned

# Never colour alone: each state has a tone, an icon and its word.
_LOOKS = {
    LinkState.ACTIVE: ("success", "check"),
    LinkState.PAUSED: ("neutral", "pause"),
    LinkState.OFF: ("neutral", "lock"),
    LinkState.FULL: ("warning", "users"),
    LinkState.EXPIRED: ("warning", "clock"),
    LinkState.DELETED: ("neutral", "trash"),
}


def link_rows(item: MediaItem) -> QuerySet[GuestLink]:
    """The item's links with all that a row shows, in one query.

    Annotated with `has_inside`: whether somebody is inside by the link now. Cheaper than a count.
    """
    return _with_all_shown(GuestLink.objects.on(item), timezone.now())


def newest_links(item: MediaItem) -> list[GuestLink]:
    """The first of `link_rows`."""
    return _newest(item=item.pk, moment=timezone.now())


@compiled
def _newest(*, item: int, moment: datetime) -> QuerySet[GuestLink]:
    return _with_all_shown(GuestLink.objects.on(item), moment)[:MOST_NEWEST]


def _with_all_shown(links: QuerySet[GuestLink], moment: datetime) -> QuerySet[GuestLink]:
    inside = GuestAdmission.objects.in_force(moment).filter(guest__link=OuterRef("pk"))
    return links.annotate(has_inside=Exists(inside)).select_related("created_by")


@dataclass(frozen=True)
class LinkRow:
    link: GuestLink
    state: LinkState
    address: str
    inside: int | None
    has_inside: bool

    @classmethod
    def of(cls, link: GuestLink, *, access_on: bool, inside: int | None = None) -> LinkRow:
        return cls(
            link=link,
            state=link.state_at(timezone.now(), access_on=access_on),
            address=guest_link_address(link),
            inside=inside,
            has_inside=link.has_inside if inside is None else inside > 0,  # type: ignore[attr-defined]
        )

    @property
    def lets_in(self) -> bool:
        return self.state == LinkState.ACTIVE

    @staticmethod
    def inside_of(link: GuestLink) -> int:
        inside = GuestAdmission.objects.in_force(timezone.now()).filter(guest__link=link)
        return inside.count_people()

    @property
    def tone(self) -> str:
        return _LOOKS[self.state][0]

    @property
    def icon(self) -> str:
        return _LOOKS[self.state][1]


def message_to_paste(row: LinkRow) -> str:
    """Plain text for a mail or a chat, with the address on a line of its own."""
    text = _(
        "%(host)s invites you to “%(title)s”. Open the link and enter your name and email:"
    ) % {
        "host": row.link.item.owner.get_full_name(),
        "title": row.link.item.title,
    }
    lines = [text, "", row.address]
    if row.link.expires_at:
        day = end_for_others(row.link.expires_at)
        lines += ["", _("The link expires on %(day)s.") % {"day": day}]
    return "\n".join(lines)
