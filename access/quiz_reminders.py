"""Who was invited to a quiz and has not started, and mails to them that it waits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.accounts.models import User
from access.blocks.policies import blocked
from access.email_addresses import shown_email
from access.guests.models import GuestAdmission
from access.guests.proofs import GuestProofs
from access.invitations.models import Invitation, InvitationRole
from access.invitations.proofs import InvitationProofs
from access.links import invitation_address
from access.mail import outbox
from access.mail.kinds import OutgoingKind, register
from access.mail.messages import compose_from
from access.mail.models import OutgoingMail
from access.mail.readers import choice_of, written_for
from access.memberships.proofs import AccountProofs
from access.proofs import parsed, pks_named
from access.register.querysets import for_reading, matching
from access.register.rows import InviteeRow
from access.register.states import with_states
from access.typed_text import one_line
from media_items.catalogue.models import MediaItem
from media_items.personal_data import Subject
from media_items.quizzes.attempts.spent import has_any, without_attempts
from media_items.quizzes.models import Exemption, Quiz, Taker, TakerKey
from media_items.quizzes.quizzes import quiz_of
from media_items.quizzes.results.missing import MissingRow


@register
class QuizReminderMail(OutgoingKind[Invitation]):
    """With the link of their invitation, as the invitation itself."""

    name: ClassVar = "quiz_reminder"
    label: ClassVar = gettext_lazy("Reminder of a quiz")
    about: ClassVar = Invitation
    kept_for: ClassVar = None  # nobody is reminded twice

    def rows(self) -> QuerySet[Invitation]:
        return Invitation.objects.select_related("item__owner")

    def stale(self, mail: OutgoingMail, row: Invitation) -> str:
        """SECURITY: who has no way in any more is told nothing; nor who has started meanwhile."""
        this_one = _missing(row.item).filter(pk=row.pk, email=mail.address)
        return "" if _may_be_reminded(row.item, this_one).exists() else _("not to be told any more")

    def write(self, mail: OutgoingMail, row: Invitation) -> EmailMultiAlternatives:
        reader = User.objects.filter(email=mail.address, is_active=True).first()
        choice = choice_of(reader) if reader else {"language": row.language}
        with written_for(**choice):
            return reminder_email(row, to=mail.address)

    def about_person(self, subject: Subject) -> Collection[int]:
        keys = parsed(subject.keys)
        return [key.pk for key in keys if key.kind == InvitationProofs.kind]


def reminder_email(invitation: Invitation, *, to: str) -> EmailMultiAlternatives:
    item = invitation.item
    context: dict[str, Any] = {
        "name": invitation.get_full_name(),
        "title": item.title,
        "owner": item.owner,
        "item": item,
        "quiz_url": invitation_address(invitation),
        "site_name": settings.SITE_NAME,
    }
    return compose_from(
        "emails/access/quizzes/reminder",
        context,
        subject=_("Reminder: “%(title)s”") % {"title": one_line(item.title, most=150)},
        to=to,
        sender=item.owner.get_full_name(),
        reply_to=item.owner.email,
    )


class Invitees:
    """`media_items.quizzes.results.missing.Expected`: viewers; whoever edits the quiz only tries
    it."""

    def missing(self, item: MediaItem, words: str = "") -> QuerySet[Invitation]:
        rows = with_states(matching(_missing(item), words), timezone.now())
        return for_reading(rows).order_by("last_name", "first_name", "pk")

    def told(self, rows: Iterable[Invitation]) -> list[MissingRow]:
        shown = [InviteeRow(one) for one in rows]
        typed = _typed_at([one.invitation for one in shown])
        return [
            MissingRow(
                key=str(InvitationProofs.key_of(one.invitation.pk)),
                typed=typed.get(one.invitation.email),
                name=one.name,
                email=shown_email(one.invitation.email),
                state=(one.state.label, one.tone, one.icon),
                since=one.since,
            )
            for one in shown
        ]

    def at(self, item: MediaItem, email: str) -> list[MissingRow]:
        return self.told(self.missing(item).filter(email=email)) if email else []

    def by_key(self, item: MediaItem, key: str) -> MissingRow | None:
        pks = [one.pk for one in parsed([key]) if one.kind == InvitationProofs.kind]
        rows = list(self.missing(item).filter(pk__in=pks))
        for invitation, row in zip(rows, self.told(rows), strict=True):
            return replace(row, more_keys=_accounts_of(invitation))
        return None

    def to_remind(self, item: MediaItem, *, undecided: bool = False) -> QuerySet[Invitation]:
        told = OutgoingMail.objects.filter(
            kind=QuizReminderMail.name, about_id=OuterRef("pk"), refused_at=None, failed_at=None
        )
        rows = _missing(item).filter(~Exists(told))
        if not undecided:
            typed = pks_named(_undecided(item), GuestProofs.kind)
            emails = GuestAdmission.objects.filter(pk__in=typed).values("guest__email")
            rows = rows.exclude(email__in=emails)
        return _may_be_reminded(item, rows)

    @transaction.atomic
    def remind(self, *, item: MediaItem, by: User, undecided: bool) -> int:
        # Two clicks at once: the second waits, and finds everybody reminded.
        MediaItem.objects.select_for_update(no_key=True).get(pk=item.pk)
        due = self.to_remind(item, undecided=undecided).order_by("pk")
        mails = list(due.values_list("pk", "email"))
        outbox.add(kind=QuizReminderMail.name, mails=mails, by=by)
        return len(mails)


def _missing(item: MediaItem) -> QuerySet[Invitation]:
    """Invited as viewers, and not started: by the invitation, by the account that took it, or in
    another way with the address proven. Addresses are compared as they are today, by the database:
    the page asks for every letter of a search."""
    started = TakerKey.objects.filter(quiz__item=item)
    invited = Invitation.objects.on(item).filter(role=InvitationRole.VIEWER, revoked_at=None)
    return invited.filter(
        ~Exists(started.filter(key=_key(InvitationProofs.kind, OuterRef("pk")))),
        ~Exists(started.filter(key=_key(AccountProofs.kind, OuterRef("account_id")))),
        *(~Q(email__in=emails) for emails in _proven_emails(started.filter(is_proven=True))),
    )


def _undecided(item: MediaItem | int) -> QuerySet[TakerKey]:
    """By which somebody has come who has only typed their address; neither the host nor whoever has
    proven it has said who that is."""
    return TakerKey.objects.filter(
        quiz__item=item,
        is_proven=False,
        moved_from=None,
        taker__claim="",
        taker__merged_into=None,
        taker__erased_at=None,
        taker__is_preview=False,
    )


def _typed_at(invitations: Sequence[Invitation]) -> dict[str, Taker]:
    """Of invitations to one item: who has taken it under their address, undecided. Two queries."""
    if not invitations:
        return {}
    keys = _undecided(invitations[0].item_id)
    admissions = GuestAdmission.objects.filter(
        pk__in=pks_named(keys, GuestProofs.kind),
        guest__email__in=[one.email for one in invitations],
    )
    emails = {
        str(GuestProofs.key_of(pk)): email
        for pk, email in admissions.values_list("pk", "guest__email")
    }
    found = keys.filter(key__in=emails).select_related("taker").order_by("-pk")
    return {emails[one.key]: one.taker for one in found}


def _proven_emails(keys: QuerySet[TakerKey]) -> list[QuerySet[Any]]:
    """At which addresses they have come, by every kind of proof. Asked once for all invitations."""
    users = User.objects.filter(pk__in=pks_named(keys, AccountProofs.kind))
    invited = Invitation.objects.filter(pk__in=pks_named(keys, InvitationProofs.kind))
    guests = GuestAdmission.objects.filter(pk__in=pks_named(keys, GuestProofs.kind))
    return [users.values("email"), invited.values("email"), guests.values("guest__email")]


def _accounts_of(invitation: Invitation) -> tuple[str, ...]:
    """The keys of who would come by it signed in: as `is_invited_account`."""
    verified = Q(email=invitation.email, email_verified_at__isnull=False)
    users = User.objects.filter(verified | Q(pk=invitation.account_id)).order_by("pk")
    return tuple(str(AccountProofs.key_of(pk)) for pk in users.values_list("pk", flat=True))


def _key(kind: str, pk: OuterRef) -> Concat:
    return Concat(Value(f"{kind}:"), Cast(pk, CharField()), output_field=CharField())


def _may_be_reminded(item: MediaItem, rows: QuerySet[Invitation]) -> QuerySet[Invitation]:
    """Of these (`_missing`) those who can take the quiz, now or later: it has not closed for them,
    and they have not used all their attempts before they were erased. Reads the address of each of
    them where anybody was erased."""
    quiz, now = quiz_of(item), timezone.now()
    if quiz.published_id is None:
        return Invitation.objects.none()
    in_time = Q(expires_at=None) | Q(expires_at__gt=now)
    is_blocked = blocked(item=item, email=OuterRef("email"), is_typed=False)
    rows = rows.filter(in_time, ~is_blocked, _may_still_take(quiz, now), declined_at=None)
    if has_any(quiz):
        used_up = without_attempts(quiz, rows.values_list("email", flat=True))
        rows = rows.exclude(email__in=used_up)
    return rows


def _may_still_take(quiz: Quiz, moment: datetime) -> Q:
    """An exemption is for an address: the invited one, or that of the account that accepted."""
    theirs = Q(email=OuterRef("email")) | Q(email=OuterRef("account__email"))
    exempt = Exemption.objects.filter(theirs, quiz=quiz)
    longer = Q(Exists(exempt.filter(closes_at__gt=moment)))
    if quiz.item.ends_at and quiz.item.ends_at <= moment:
        return longer
    return longer | ~Q(Exists(exempt.filter(closes_at__lte=moment)))
