"""What hosts are told about invitations: who accepted, and which emails did not arrive."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from access.email_addresses import shown_email
from access.invitations.models import Invitation, MailKind
from access.mail.models import OutgoingMail
from access.notices.kinds import MOST_NAMED, NoticeKind, register
from access.notices.services import hosts_to_tell, note
from access.typed_text import one_line
from media_items.abilities import Ability
from media_items.models import MediaItem

ACCEPTED = "accepted"
BOUNCED = "bounced"


@register
class BouncedNotice(NoticeKind):
    """An email to somebody invited bounced or failed, and no later one has gone."""

    name: ClassVar = BOUNCED
    label: ClassVar = gettext_lazy("An invitation email bounced")
    needs: ClassVar = Ability.SEE_REGISTER
    order: ClassVar = 20

    def people(self, item: MediaItem, ids: Collection[int]) -> tuple[int, list[str]]:
        mails = OutgoingMail.objects.of_kinds(MailKind.values).filter(about_id=OuterRef("pk"))
        newest = mails.order_by("-asked_at", "-pk").values("pk")[:1]
        did_not_go = Q(refused_at__isnull=False) | Q(failed_at__isnull=False)
        lost = OutgoingMail.objects.filter(did_not_go)
        rows = Invitation.objects.on(item).live().filter(pk__in=ids, accepted_at=None)
        rows = rows.annotate(newest_mail=Subquery(newest)).filter(newest_mail__in=lost.values("pk"))
        rows = rows.order_by("pk")
        return rows.count(), [_with_address(one) for one in rows[:MOST_NAMED]]

    def said(self, count: int) -> str:
        return ngettext(
            "%(count)s email to an invited person didn’t arrive. Correct the email or copy the "
            "link:",
            "%(count)s emails to invited people didn’t arrive. Correct the emails or copy the "
            "links:",
            count,
        ) % {"count": count}

    def subject(self, count: int, title: str) -> str:
        return ngettext(
            "%(count)s invitation email didn’t arrive: “%(title)s”",
            "%(count)s invitation emails didn’t arrive: “%(title)s”",
            count,
        ) % {"count": count, "title": title}

    def url(self, item: MediaItem) -> str:
        return reverse("access:register", args=[item.public_id])


@register
class AcceptedNotice(NoticeKind):
    """Somebody invited accepted, and has not declined or been withdrawn since."""

    name: ClassVar = ACCEPTED
    label: ClassVar = gettext_lazy("Somebody accepted an invitation")
    needs: ClassVar = Ability.SEE_REGISTER
    order: ClassVar = 30

    def people(self, item: MediaItem, ids: Collection[int]) -> tuple[int, list[str]]:
        rows = Invitation.objects.on(item).live().filter(pk__in=ids, accepted_at__isnull=False)
        rows = rows.order_by("accepted_at", "pk")
        return rows.count(), [one_line(one.get_full_name()) for one in rows[:MOST_NAMED]]

    def said(self, count: int) -> str:
        return ngettext(
            "%(count)s person accepted an invitation:",
            "%(count)s people accepted an invitation:",
            count,
        ) % {"count": count}

    def subject(self, count: int, title: str) -> str:
        return ngettext(
            "%(count)s person accepted an invitation to “%(title)s”",
            "%(count)s people accepted an invitation to “%(title)s”",
            count,
        ) % {"count": count, "title": title}

    def url(self, item: MediaItem) -> str:
        return reverse("access:register", args=[item.public_id])


def note_accepted(invitation: Invitation, *, is_proven: bool) -> None:
    """Two queries. `is_proven`: their address is known to be theirs; a host who accepted is not
    told of it."""
    item = invitation.item
    email = invitation.email if is_proven else ""
    hosts = hosts_to_tell(item=item, kind=ACCEPTED, by=invitation.account, by_email=email)
    note(kind=ACCEPTED, item=item, about=[invitation.pk], hosts=hosts)


def note_bounced(invitation_ids: Collection[int]) -> None:
    """Two queries for each item."""
    rows = Invitation.objects.live().filter(pk__in=invitation_ids).select_related("item")
    of_item: dict[MediaItem, list[int]] = {}
    for row in rows.order_by("item", "pk"):
        of_item.setdefault(row.item, []).append(row.pk)
    for item, pks in of_item.items():
        hosts = hosts_to_tell(item=item, kind=BOUNCED)
        note(kind=BOUNCED, item=item, about=pks, hosts=hosts)


def _with_address(invitation: Invitation) -> str:
    name, address = invitation.get_full_name(), shown_email(invitation.email)
    return address if name == address else f"{one_line(name)} <{address}>"
