"""Asking for mails to the people invited; who has to be told that an item has moved."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from access.accounts.models import User
from access.audit.models import Act
from access.audit.services import record_each
from access.invitations.models import Invitation, MailKind
from access.invitations.querysets import InvitationQuerySet
from access.mail import outbox
from access.mail.models import OutgoingMail
from media_items.catalogue.models import Phase
from media_items.models import MediaItem


def ask_for_mails(
    *, invitations: Sequence[Invitation], kind: MailKind, by: User | None, language: str = ""
) -> list[OutgoingMail]:
    """One mail for each invitation, sent by tasks after commit; `language` as in `outbox.add`."""
    mails = [(invitation.pk, invitation.email) for invitation in invitations]
    return outbox.add(kind=kind, mails=mails, by=by, language=language)


def ask_for_many_mails(
    *, invitations: Collection[Invitation], kind: MailKind, by: User | None
) -> int:
    """As `ask_for_mails`, for thousands of them. Returns how many."""
    return outbox.add_for_each(kind=kind, about=[one.pk for one in invitations], by=by)


# --- moved and called off ---------------------------------------------------------------------


def may_be_told(item: MediaItem) -> bool:
    """Whether there is a date to move or call off: scheduled, and not over."""
    return (
        item.is_scheduled_kind
        and item.starts_at is not None
        and item.phase_at(timezone.now()) != Phase.ENDED
    )


def people_with_mail(item: MediaItem) -> InvitationQuerySet:
    """The invitations whose people hear of changes: not those declined or expired."""
    in_time = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return Invitation.objects.on(item).live().filter(in_time, declined_at=None)


def people_to_tell(item: MediaItem, *, kind: MailKind) -> InvitationQuerySet:
    """The invitations of people who do not know yet and whom no waiting mail will tell."""
    newest_mail = OutgoingMail.objects.of_kinds(MailKind.values).filter(about_id=OuterRef("pk"))
    people = (
        people_with_mail(item)
        .annotate(newest_mail=Subquery(newest_mail.order_by("-asked_at", "-pk").values("pk")[:1]))
        .order_by("pk")
    )
    tells = _CALLED_OFF if kind == MailKind.CANCELLED else _told_now(item)
    knows = OutgoingMail.objects.filter(tells, pk=OuterRef("newest_mail"))
    return people.filter(~Exists(knows))


def is_told_otherwise(item: MediaItem) -> bool:
    """Whether somebody invited was told another time than the present one. At most one query."""
    if not may_be_told(item):
        return False
    told = OutgoingMail.objects.filter(_WENT, pk=OuterRef("newest_mail"))
    return people_to_tell(item, kind=MailKind.MOVED).filter(Exists(told)).exists()


_ON_ITS_WAY = Q(sent_at=None, refused_at=None, failed_at=None)
_WENT = Q(sent_at__isnull=False)
_CALLED_OFF = (_ON_ITS_WAY | _WENT) & Q(kind=MailKind.CANCELLED)


def _told_now(item: MediaItem) -> Q:
    """A mail that told the present time, or will: a waiting mail is written when it is sent."""
    return _ON_ITS_WAY | (_WENT & Q(told_starts_at=item.starts_at, told_ends_at=item.ends_at))


@transaction.atomic
def tell_invited(*, item: MediaItem, kind: MailKind, by: User | None) -> int:
    """Mails `kind` to all `people_to_tell`. Returns how many; a second call mails nobody."""
    # Of two clicks at the same time, the second waits here and then finds nobody to tell.
    MediaItem.objects.select_for_update(no_key=True).get(pk=item.pk)
    people = list(people_to_tell(item, kind=kind))
    record_each(Act.INVITATION_SENT, item=item, by=by, invitations=people, kind=kind)
    return ask_for_many_mails(invitations=people, kind=kind, by=by)
