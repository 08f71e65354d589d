"""Mails to those who took a quiz, that their results can be read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.accounts.models import User
from access.guests.models import GuestAdmission
from access.guests.proofs import GuestProofs
from access.invitations.models import Invitation
from access.invitations.proofs import InvitationProofs
from access.links import invitation_address, results_address
from access.mail import outbox
from access.mail.kinds import OutgoingKind, register
from access.mail.messages import compose_from
from access.mail.models import OutgoingMail
from access.mail.readers import choice_of, written_for
from access.proofs import ProofKey, parsed
from access.typed_text import one_line
from access.visitors import Visitor
from media_items.abilities import Ability
from media_items.people_behind import people_behind
from media_items.personal_data import Subject
from media_items.quizzes.attempts.persons import person_digests
from media_items.quizzes.models import Taker
from media_items.quizzes.models.takers import IS_PROVEN
from media_items.quizzes.people.erasing import is_whole, taken_as, takers_of
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
