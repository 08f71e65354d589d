"""What hosts are told about guest links: who joined, and who asked to be let in."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from access.guests.models import AccessRequest, Guest
from access.notices.kinds import MOST_NAMED, NoticeKind, register
from access.typed_text import one_line
from media_items.abilities import Ability
from media_items.models import MediaItem

ASKED = "asked"
JOINED = "joined"


@register
class AskedNotice(NoticeKind):
    """Each request has a mail of its own; this is for those beyond the mails of a link, and for
    hosts who would rather hear of all of them once a day."""

    name: ClassVar = ASKED
    label: ClassVar = gettext_lazy("Somebody asked to be let in")
    needs: ClassVar = Ability.MANAGE_GUEST_ACCESS
    order: ClassVar = 10

    def people(self, item: MediaItem, ids: Collection[int]) -> tuple[int, list[str]]:
        rows = AccessRequest.objects.on(item).waiting().filter(pk__in=ids).order_by("asked_at")
        return rows.count(), [one_line(one.name) for one in rows[:MOST_NAMED]]

    def said(self, count: int) -> str:
        return ngettext(
            "%(count)s person asked to be let in. Let them in or decline:",
            "%(count)s people asked to be let in. Let them in or decline:",
            count,
        ) % {"count": count}

    def subject(self, count: int, title: str) -> str:
        return ngettext(
            "%(count)s person asked to be let in: “%(title)s”",
            "%(count)s people asked to be let in: “%(title)s”",
            count,
        ) % {"count": count, "title": title}

    def url(self, item: MediaItem) -> str:
        return reverse("access:access_requests", args=[item.public_id])


@register
class JoinedNotice(NoticeKind):
    """Whoever came by a guest link for the first time."""

    name: ClassVar = JOINED
    label: ClassVar = gettext_lazy("Somebody joined with a guest link")
    needs: ClassVar = Ability.MANAGE_GUEST_ACCESS
    order: ClassVar = 40

    def people(self, item: MediaItem, ids: Collection[int]) -> tuple[int, list[str]]:
        rows = Guest.objects.on(item).filter(pk__in=ids, erased_at=None, removed_at=None)
        rows = rows.order_by("joined_at", "pk")
        return rows.count(), [one_line(one.name) for one in rows[:MOST_NAMED]]

    def said(self, count: int) -> str:
        return ngettext(
            "%(count)s person joined with a guest link:",
            "%(count)s people joined with a guest link:",
            count,
        ) % {"count": count}

    def subject(self, count: int, title: str) -> str:
        return ngettext(
            "%(count)s person joined “%(title)s”", "%(count)s people joined “%(title)s”", count
        ) % {"count": count, "title": title}

    def url(self, item: MediaItem) -> str:
        return reverse("access:guests", args=[item.public_id])
