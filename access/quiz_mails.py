"""Mails about a quiz: to those who took it, that their results can be read; to those who were
invited and have not started, that it waits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
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
from access.links import invitation_address, results_address
from access.mail import outbox
from access.mail.kinds import OutgoingKind, register
from access.mail.messages import compose_from
from access.mail.models import OutgoingMail
from access.mail.readers import choice_of, written_for
from access.memberships.proofs import AccountProofs
from access.proofs import ProofKey, parsed, pks_named
from access.register.querysets import for_reading, matching
from access.register.rows import InviteeRow
from access.register.states import with_states
from access.typed_text import one_line
from access.visitors import Visitor
from media_items.abilities import Ability
from media_items.catalogue.models import MediaItem
from media_items.people_behind import people_behind
from media_items.personal_data import Subject
from media_items.quizzes.attempts.persons import person_digests
from media_items.quizzes.attempts.spent import has_any, without_attempts
from media_items.quizzes.models import Exemption, Quiz, Taker, TakerKey
from media_items.quizzes.models.takers import IS_PROVEN
from media_items.quizzes.people.erasing import is_whole, taken_as, takers_of
from media_items.quizzes.quizzes import quiz_of
from media_items.quizzes.results.missing import MissingRow
from media_items.quizzes.results.people import FINISHED


@register
class QuizResultsMail(OutgoingKind[Taker]):
    """SECURITY: no score and no answer; the page behind the link says what may be read by then."""

    name: ClassVar = "quiz_results"
    label: ClassVar = gettext_lazy("Results of a quiz")
    about: ClassVar = Taker

    def rows(self) -> QuerySet[Taker]:
        return Taker.objects.filter(
            erased_at=None, merged_into=None, quiz__item__deleted_at=None
        ).select_related("quiz__item__owner")

    def stale(self, mail: OutgoingMail, row: Taker) -> str:
        """SECURITY: who has lost their way in, or is at another address by now, is told nothing."""
        return "" if _key_at(row, mail.address) else _("not to be told any more")

    def write(self, mail: OutgoingMail, row: Taker) -> EmailMultiAlternatives:
        key = _key_at(row, mail.address)
        assert key is not None  # noqa: S101 - `stale` has asked
        reader = User.objects.filter(email=mail.address, is_active=True).first()
        with written_for(**(choice_of(reader) if reader else {})):
            return results_email(row, to=mail.address, key=key)

    def about_person(self, subject: Subject) -> Collection[int]:
        """SECURITY: of somebody with whom they were merged only what was written to them before."""
        rows = [*takers_of(subject).filter(is_whole(subject)), *taken_as(subject)]
        return {one.pk for one in rows}

    def not_delivered(self, about_ids: Collection[int]) -> None:
        """They can be written to again."""
        Taker.objects.filter(pk__in=about_ids).update(results_mailed_at=None)


def ask_for_mails(mails: Sequence[tuple[int, str]], by: User | None) -> None:
    outbox.add(kind=QuizResultsMail.name, mails=mails, by=by)


def due_mails(
    mails: Sequence[tuple[int, str]], news: Mapping[int, datetime] | None = None
) -> list[tuple[int, str]]:
    """Of people of one quiz who is written to. An address gets one mail, however many people have
    typed it: that of whoever has proven it, also if their turn comes later, else of the first.
    SECURITY: what was written about somebody who had only typed an address keeps nobody from theirs
    who has proven it. What was sent before somebody's `news` does not matter for them."""
    takers = Taker.objects.in_bulk([pk for pk, _address in mails])
    quizzes = {one.quiz_id for one in takers.values()}
    before, before_as_proven, persons = _told(mails, quizzes)
    told, told_as_proven, due = _proven_by_others(mails, takers, quizzes), set(), []
    for pk, address in sorted(mails, key=lambda one: not takers[one[0]].has_proven_address):
        taker, since = takers[pk], (news or {}).get(pk)
        if taker.has_proven_address:
            is_told = address in told_as_proven or _is_since(before_as_proven.get(address), since)
        else:
            is_told = address in told or _is_since(before.get(address), since)
            is_told = is_told or _is_since(persons.get(taker.person), since)
        if is_told:
            continue
        told.add(address)
        if taker.has_proven_address:
            told_as_proven.add(address)
        due.append((pk, address))
    return due


def _proven_by_others(
    mails: Sequence[tuple[int, str]], takers: Mapping[int, Taker], quizzes: Collection[int]
) -> set[str]:
    """The addresses that were only typed, and are somebody's who gets a mail, or got it."""
    typed = {address for pk, address in mails if not takers[pk].has_proven_address}
    address_of = {digest: one for one in typed for digest in person_digests(one)}
    found = Taker.objects.filter(
        IS_PROVEN,
        FINISHED,
        quiz__in=quizzes,
        person__in=address_of,
        merged_into=None,
        erased_at=None,
        is_preview=False,
    )
    return {address_of[digest] for digest in found.values_list("person", flat=True)}


def _is_since(at: datetime | None, since: datetime | None) -> bool:
    return at is not None and (since is None or at >= since)


def _told(
    mails: Sequence[tuple[int, str]], quizzes: Collection[int]
) -> tuple[dict[str, datetime], dict[str, datetime], dict[str, datetime]]:
    """When each address had the last one, when about whoever has proven it, and when somebody had
    one, by the digests."""
    rows = Taker.objects.filter(quiz__in=quizzes)
    had = OutgoingMail.objects.filter(
        kind=QuizResultsMail.name,
        address__in={address for _pk, address in mails},
        refused_at=None,
        failed_at=None,
    ).order_by("asked_at")
    told = had.filter(about_id__in=rows.values("pk"))
    proven = had.filter(about_id__in=rows.filter(IS_PROVEN).values("pk"))
    known = rows.exclude(results_mailed_at=None).exclude(person="").order_by("results_mailed_at")
    persons = known.values_list("person", "results_mailed_at")
    return (
        dict(told.values_list("address", "asked_at")),
        dict(proven.values_list("address", "asked_at")),
        {person: at for person, at in persons if at},
    )


def results_email(taker: Taker, *, to: str, key: ProofKey) -> EmailMultiAlternatives:
    item = taker.quiz.item
    owner = item.owner
    context: dict[str, Any] = {
        # SECURITY: what was only typed is not written to an address that was only typed.
        "name": taker.shown_name if taker.has_proven_address else "",
        "title": item.title,
        "owner": owner,
        "results_url": _address_for(key, taker),
        "site_name": settings.SITE_NAME,
    }
    return compose_from(
        "emails/access/quizzes/results",
        context,
        subject=_("Your results: “%(title)s”") % {"title": one_line(item.title, most=150)},
        to=to,
        sender=owner.get_full_name(),
        reply_to=owner.email,
    )


def _key_at(taker: Taker, address: str) -> ProofKey | None:
    """The first by which they came who may be written to at this address, and by which they may
    open the quiz."""
    item = taker.quiz.item
    rows = list(taker.keys.order_by("pk"))
    keys = [one.key for one in rows if one.is_proven] or [one.key for one in rows]
    behind = people_behind(keys, item)
    here = [
        key
        for key in dict.fromkeys(keys)
        if key in behind and behind[key].may_be_mailed and behind[key].email == address
    ]
    visitors = Visitor.of_keys(dict(enumerate(here)), item=item)
    opening = (
        key
        for number, key in enumerate(here)
        if Ability.VIEW in visitors[number].abilities_on(item)
    )
    return next((one for key in opening for one in parsed([key])), None)


def _address_for(key: ProofKey, taker: Taker) -> str:
    """The door by which they came; it leads whoever is inside to the page of the quiz."""
    if key.kind == InvitationProofs.kind and (one := Invitation.objects.filter(pk=key.pk).first()):
        return invitation_address(one)
    if key.kind == GuestProofs.kind:
        rows = GuestAdmission.objects.select_related("guest__link")
        if admission := rows.filter(pk=key.pk).first():
            return results_address(admission.guest.link)
    return settings.SITE_URL + taker.quiz.item.get_absolute_url()


def forget_mails_to(sender: type[Taker], instance: Taker, **_more: Any) -> None:
    """As mails go with the rows they are about, which stand in another app here."""
    OutgoingMail.objects.filter(kind=QuizResultsMail.name, about_id=instance.pk).delete()


# --- those who were invited and have not started --------------------------------------------------


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
