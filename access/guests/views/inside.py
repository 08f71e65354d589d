"""For a guest inside: leaving, reading what is kept about them, having it erased."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from access import session_proofs
from access.guests.models import GuestAdmission
from access.guests.personal_data import key_of
from access.guests.proofs import admissions_ever
from access.guests.services import joining
from access.guests.services.guests import erase_admission
from access.requests import VisitorRequest
from media_items.abilities import Ability
from media_items.lookups import find_media_item
from media_items.models import MediaItem
from media_items.personal_data import Section, Subject, export_of, sections_of
from media_items.responses import no_content, reload_page


def _own_admissions(request: VisitorRequest, item: MediaItem) -> list[GuestAdmission]:
    """All admissions of this browser to the item, newest first, without erased ones."""
    return [one for one in admissions_ever(request.visitor, item) if one.erased_at is None]


@require_POST
def leave(request: VisitorRequest, public_id: str) -> HttpResponse:
    # The same answer whether there is such an item or not.
    if item := MediaItem.objects.filter(public_id=public_id).first():
        for admission in _own_admissions(request, item):
            joining.leave(admission=admission)
    return redirect("access:left")


@never_cache
@require_GET
def still_in(request: VisitorRequest, public_id: str) -> HttpResponse:
    """Asked regularly by an open page, which closes if access ends while a film plays.

    The answer for an item that does not exist is the same.
    """
    item = MediaItem.objects.live().filter(public_id=public_id).first()
    if item and Ability.VIEW in request.visitor.abilities_on(item):
        return no_content()
    return reload_page()


@require_GET
def left(request: VisitorRequest) -> HttpResponse:
    return render(request, "access/guests/left.html")


@never_cache
@require_GET
def guest_record(request: VisitorRequest, public_id: str) -> HttpResponse:
    """What is kept about this guest, until when. 404 for every other browser.

    What else the browser proves, an account or an invitation, is shown apart: erasing what a guest
    gave does not touch it.
    """
    subject = _own_subject(request, public_id)
    sections, others = sections_of(subject), _sections_besides(request, subject)
    context = {
        "item": subject.item,
        "sections": sections,
        "others": others,
        "who_sees": _each_once(section.who_sees for section in sections),
        "others_who_sees": _each_once(section.who_sees for section in others),
        "after_erasing": _each_once(section.after_erasing for section in sections),
    }
    return render(request, "access/guests/guest_record.html", context)


@never_cache
@require_GET
def guest_record_file(request: VisitorRequest, public_id: str) -> HttpResponse:
    """The whole record as a file to download. 404 for every other browser."""
    subject = _own_subject(request, public_id)
    everything = replace(subject, keys=subject.keys | _keys_besides(request, subject))
    return JsonResponse(
        export_of(everything),
        json_dumps_params={"indent": 2, "ensure_ascii": False},
        headers={"Content-Disposition": 'attachment; filename="my-record.json"'},
    )


def _own_subject(request: VisitorRequest, public_id: str) -> Subject:
    """Raises `Http404` for a browser that proves nothing on the item."""
    item = find_media_item(public_id)
    admissions = _own_admissions(request, item)
    if not admissions:
        raise Http404
    return Subject(item=item, keys=frozenset(key_of(one.pk) for one in admissions))


def _keys_besides(request: VisitorRequest, subject: Subject) -> frozenset[str]:
    """Of the proofs on the item that this browser holds and that are not a guest's.

    SECURITY: an invitation for which the address was only typed shows nothing of whoever it is for.
    """
    item = subject.item
    return frozenset() if item is None else request.visitor.proven_keys_on(item) - subject.keys


def _sections_besides(request: VisitorRequest, subject: Subject) -> list[Section]:
    keys = _keys_besides(request, subject)
    return sections_of(replace(subject, keys=keys)) if keys else []


def _each_once(sentences: Iterable[str | Promise]) -> list[str]:
    return list(dict.fromkeys(str(sentence) for sentence in sentences if sentence))


@require_POST
def erase_guest_record(request: VisitorRequest, public_id: str) -> HttpResponse:
    admissions = _own_admissions(request, find_media_item(public_id))
    if not admissions:
        raise Http404
    requests = session_proofs.access_requests.proven_by(request)
    for admission in admissions:
        erase_admission(admission=admission, requests=requests)
    return redirect("access:erased")


@require_GET
def erased(request: VisitorRequest) -> HttpResponse:
    return render(request, "access/guests/erased.html")
