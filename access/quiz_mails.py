"""The mail by which a host tells those who took a quiz that their results can be read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
from access.links import guest_link_address, invitation_address
from access.mail import outbox
from access.mail.kinds import OutgoingKind, register
from access.mail.messages import compose_from
from access.mail.models import OutgoingMail
from access.mail.readers import choice_of, written_for
from access.proofs import ProofKey, parsed
from access.typed_text import one_line
from media_items.people_behind import people_behind
from media_items.personal_data import Subject
from media_items.quizzes.models import Taker, TakerKey


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
        keys = TakerKey.objects.filter(key__in=subject.keys)
        if subject.item is not None:
            keys = keys.filter(quiz__item=subject.item)
        return list(keys.values_list("taker", flat=True))


def ask_for_mails(mails: Sequence[tuple[int, str]], by: User) -> None:
    outbox.add(kind=QuizResultsMail.name, mails=mails, by=by)


def results_email(taker: Taker, *, to: str, key: ProofKey) -> EmailMultiAlternatives:
    item = taker.quiz.item
    owner = item.owner
    context: dict[str, Any] = {
        "name": taker.shown_name,
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
    """By which they came who may be written to at this address."""
    keys = list(taker.keys.order_by("pk").values_list("key", flat=True))
    for key, person in people_behind(keys, taker.quiz.item).items():
        if person.may_be_mailed and person.email == address:
            return next(iter(parsed([key])), None)
    return None


def _address_for(key: ProofKey, taker: Taker) -> str:
    """The door by which they came; it leads whoever is inside to the page of the quiz."""
    if key.kind == InvitationProofs.kind and (one := Invitation.objects.filter(pk=key.pk).first()):
        return invitation_address(one)
    if key.kind == GuestProofs.kind:
        rows = GuestAdmission.objects.select_related("guest__link")
        if admission := rows.filter(pk=key.pk).first():
            return guest_link_address(admission.guest.link)
    return settings.SITE_URL + taker.quiz.item.get_absolute_url()
