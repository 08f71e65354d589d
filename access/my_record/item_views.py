"""What is kept about whoever asks, on one item: as a guest, as invited. Shown, exported, erased."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from access import session_proofs
from access.guests.models import GuestAdmission
from access.guests.personal_data import key_of
from access.guests.proofs import admissions_ever
from access.guests.services.guests import erase_admission
from access.invitations.models import Invitation
from access.invitations.proofs import InvitationProofs
from access.invitations.visitors import has_only_typed_the_email, invitations_shown_to
from access.my_record.services import erase_invited
from access.requests import VisitorRequest
from media_items.lookups import find_media_item
from media_items.models import MediaItem
from media_items.personal_data import Subject, export_of, sections_of
from media_items.responses import render_dialog


@dataclass(frozen=True)
class Own:
    """What a browser may read on an item, and erase."""

    item: MediaItem
    admissions: list[GuestAdmission] = field(default_factory=list)
    invitations: list[Invitation] = field(default_factory=list)
    besides: frozenset[str] = frozenset()  # keys of what else it proves there
    is_unverified: bool = False  # an invitation lets it in whose email it has only typed

    @property
    def could_not_come_back(self) -> bool:
        """Whether a link they came by has no place left for whoever has erased theirs."""
        links = [one.guest.link for one in self.admissions if not one.guest.removed_at]
        return any(one.deleted_at is None and one.places_left == 0 for one in links)

    @property
    def as_guest(self) -> Subject:
        return Subject(item=self.item, keys=frozenset(key_of(one.pk) for one in self.admissions))

    @property
    def as_invited(self) -> Subject:
        """Also by what else it proves there, such as an account, which is erased elsewhere."""
        return Subject(item=self.item, keys=self.by_invitation.keys | self.besides)

    @property
    def by_invitation(self) -> Subject:
        """What goes with the invitations."""
        keys = frozenset(str(InvitationProofs.key_of(one.pk)) for one in self.invitations)
        return Subject(item=self.item, keys=keys)

    @property
    def everything(self) -> Subject:
        return Subject(item=self.item, keys=self.as_guest.keys | self.as_invited.keys)


def _own(request: VisitorRequest, public_id: str) -> Own:
    """Raises `Http404` for a browser that was never let in as a guest or by invitation.

    SECURITY: an invitation for which the address was only typed shows nothing of whoever it is for.
    """
    item, visitor = find_media_item(public_id), request.visitor
    admissions = [one for one in admissions_ever(visitor, item) if one.erased_at is None]
    invitations = invitations_shown_to(visitor, item)
    is_unverified = has_only_typed_the_email(visitor, item)
    if not (admissions or invitations or is_unverified):
        raise Http404
    # A guest's own, with its email verified or not, is what they gave as a guest.
    besides = visitor.proven_keys_on(item) - {key_of(one.pk) for one in admissions}
    return Own(item, admissions, invitations, besides, is_unverified)


@never_cache
@require_GET
def guest_record(request: VisitorRequest, public_id: str) -> HttpResponse:
    own = _own(request, public_id)
    sections = sections_of(own.as_guest) if own.admissions else []
    others = sections_of(own.as_invited) if own.as_invited.keys else []
    context = {
        "item": own.item,
        "own": own,
        "sections": sections,
        "others": others,
        "who_sees": _each_once(section.who_sees for section in sections),
        "others_who_sees": _each_once(section.who_sees for section in others),
    }
    return render(request, "access/my_record/item_record.html", context)


@never_cache
@require_GET
def guest_record_file(request: VisitorRequest, public_id: str) -> HttpResponse:
    """The whole record as a file to download."""
    return record_file(_own(request, public_id).everything)


def record_file(subject: Subject) -> HttpResponse:
    return JsonResponse(
        export_of(subject),
        json_dumps_params={"indent": 2, "ensure_ascii": False},
        headers={"Content-Disposition": 'attachment; filename="my-record.json"'},
    )


def _each_once(sentences: Iterable[str | Promise]) -> list[str]:
    return list(dict.fromkeys(str(sentence) for sentence in sentences if sentence))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def erase_guest_record(request: VisitorRequest, public_id: str) -> HttpResponse:
    """Asks, then erases what this browser gave as a guest. Any other browser erases its own."""
    own = _own(request, public_id)
    if not own.admissions:
        raise Http404
    if request.method != "POST":
        return _question(request, own, own.as_guest)
    requests = session_proofs.access_requests.proven_by(request)
    for admission in own.admissions:
        erase_admission(admission=admission, requests=requests)
    return redirect("access:erased")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def erase_invitation_record(request: VisitorRequest, public_id: str) -> HttpResponse:
    """Asks, then erases the invitation and what was entered as a guest with its email."""
    own = _own(request, public_id)
    if not own.invitations:
        raise Http404
    if request.method != "POST":
        return _question(request, own, own.by_invitation, is_invited=True)
    for invitation in own.invitations:
        erase_invited(invitation=invitation)
    return redirect("access:erased_invitation")


def _question(
    request: VisitorRequest, own: Own, subject: Subject, *, is_invited: bool = False
) -> HttpResponse:
    """What goes and what stays, and the button by which it goes."""
    sections = sections_of(subject)
    context = {
        "item": own.item,
        "is_invited": is_invited,
        "could_not_come_back": not is_invited and own.could_not_come_back,
        "goes": _each_once(section.goes for section in sections),
        "stays": _each_once(section.stays for section in sections),
    }
    return render_dialog(request, "access/my_record/erase_record.html", context)


@require_safe
def erased(request: VisitorRequest) -> HttpResponse:
    return render(request, "access/my_record/erased.html")


@require_safe
def erased_invitation(request: VisitorRequest) -> HttpResponse:
    return render(request, "access/my_record/erased_invitation.html")
