"""The Manage guest access dialog, wherever it was opened, and the dialogs about one link."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.browsers import once
from access.guests.forms import CreateGuestLinkForm, EditGuestLinkForm, SwitchOffForm
from access.guests.models import AccessRequest, GuestAccess, GuestAdmission, GuestLink
from access.guests.rows import LinkRow, link_rows, message_to_paste
from access.guests.services import links
from access.links import guest_link_address
from access.qr_codes import qr_code_response
from access.requests import VisitorRequest, account_of
from access.site_policy.ceilings import CeilingReached
from access.site_policy.models import current_policy
from media_items.abilities import Ability
from media_items.lookups import get_media_item
from media_items.models import MediaItem
from media_items.numbers import page_number, whole_number
from media_items.responses import fragment_or_redirect, next_of, render_dialog, status_of, with_next

CHANGED = ("guest-links-changed",)
MOST_COUNTED = 1_000  # people inside; beyond that the dialog says “more than”


def managed_item(request: VisitorRequest, public_id: str) -> MediaItem:
    return get_media_item(request, public_id, needs=Ability.MANAGE_GUEST_ACCESS)


def door_opening_item(request: VisitorRequest, public_id: str) -> MediaItem:
    """For acts that let more people in, or for longer. Acts that close need `managed_item` only."""
    return get_media_item(request, public_id, needs=Ability.MAKE_GUEST_LINKS)


def managed_link(item: MediaItem, link_id: int) -> GuestLink:
    """A link of this item that is still in its list. Raises `Http404`."""
    link = GuestLink.objects.on(item).filter(pk=link_id).first()
    if link is None:
        raise Http404
    link.item = item
    return link


def _dialog(
    request: VisitorRequest,
    item: MediaItem,
    *,
    form: CreateGuestLinkForm | None = None,
    made: GuestLink | None = None,
    is_new: bool = False,
    said: str = "",
    changed: bool = False,
) -> HttpResponse:
    """The dialog in its present state. A refused form: 422, with everything that was typed.

    `made`: the link something was done to; `is_new`: by which its address is new, and copied.
    """
    access = GuestAccess.objects.filter(item=item).first()
    policy = current_policy()
    rows = link_rows(item)
    page = Paginator(rows, 20).get_page(page_number(request.GET.get("page")))
    context: dict[str, Any] = {
        "item": item,
        "access_on": bool(access and access.enabled_at),
        "page_obj": page,
        "rows": [LinkRow.of(link, access_on=bool(access and access.enabled_at)) for link in page],
        "form": form or CreateGuestLinkForm(item=item, policy=policy),
        "form_open": form is not None or request.GET.get("new") == "1",
        "made_id": made.pk if made else whole_number(request.GET.get("made"), default=None),
        "fresh": _fresh_row(request, item, made if is_new else None),
        "copies": is_new,
        "said": said,
        "links_left": policy.links_per_item_ceiling - page.paginator.count,
        "inside": GuestAdmission.objects.in_force(timezone.now())
        .on(item)
        .count_people(at_most=MOST_COUNTED),
        "most_counted": MOST_COUNTED,
        "asking": AccessRequest.objects.on(item).waiting().count(),
    }
    return render_dialog(
        request,
        "access/guests/guest_links.html",
        context,
        status=422 if form is not None else 200,
        events=CHANGED if changed else (),
    )


def _fresh_row(request: VisitorRequest, item: MediaItem, made: GuestLink | None) -> LinkRow | None:
    """The link whose address is new: of this answer, or, without script, where its form led."""
    pk = whole_number(request.GET.get("fresh"), default=None)
    link = made or (link_rows(item).filter(pk=pk).first() if pk is not None else None)
    return LinkRow.of(link, access_on=True, inside=0) if link else None


def _people_inside(item: MediaItem) -> int:
    return GuestAdmission.objects.in_force(timezone.now()).on(item).count_people()


def _done(
    request: VisitorRequest,
    item: MediaItem,
    said: str,
    *,
    made: GuestLink | None = None,
    is_new: bool = False,
) -> HttpResponse:
    """After an act: htmx gets the dialog anew, everybody else is redirected to it."""
    address = reverse("access:guest_links", args=[item.public_id])
    if made:
        address += f"?made={made.pk}"
    if made and is_new:
        address += f"&fresh={made.pk}"
    return fragment_or_redirect(
        request,
        lambda: _dialog(request, item, made=made, is_new=is_new, said=said, changed=True),
        to=with_next(address, next_of(request)),
    )


@require_GET
def guest_links(request: VisitorRequest, public_id: str) -> HttpResponse:
    return _dialog(request, managed_item(request, public_id))


@require_POST
def switch_on_guest_access(request: VisitorRequest, public_id: str) -> HttpResponse:
    item = door_opening_item(request, public_id)
    links.switch_on(item=item, by=account_of(request))
    return _done(request, item, _("Guest access is on."))


@require_http_methods(["GET", "POST"])
def switch_off_guest_access(request: VisitorRequest, public_id: str) -> HttpResponse:
    item = managed_item(request, public_id)
    form = SwitchOffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ended = links.switch_off(item=item, by=account_of(request), end_inside=form.end_inside)
        return _done(request, item, _off_message(ended))
    return _ask_who_stays(request, item, None, inside=_people_inside(item))


@require_http_methods(["GET", "POST"])
def create_guest_link(request: VisitorRequest, public_id: str) -> HttpResponse:
    item = door_opening_item(request, public_id)
    if request.method == "GET":
        address = f"{item.get_absolute_url()}guest-links/?new=1"
        return redirect(with_next(address, next_of(request)))
    form = CreateGuestLinkForm(request.POST, item=item, policy=current_policy())
    if form.is_valid():
        try:
            link = _link_made_once(request, item, form.cleaned_data["name"], form.options())
        except CeilingReached as refused:
            form.add_error(refused.field or None, refused.message)
        except links.NameTaken as refused:
            form.add_error("name", refused.message)
        else:
            return _done(request, item, _("The link is ready."), made=link, is_new=True)
    return _dialog(request, item, form=form)


def _link_made_once(
    request: VisitorRequest, item: MediaItem, name: str, options: dict[str, Any]
) -> GuestLink:
    """Pressed twice it is the same link. Raises as `links.create_link`."""
    there = GuestLink.objects.on(item).filter(name=name)
    with once(request, "guest-link-made", of=f"{item.pk}:{name}:{options}") as is_new:
        if not is_new and (link := there.first()):
            return link
        try:
            return links.create_link(item=item, by=account_of(request), name=name, **options)
        except links.NameTaken:  # by the other press, which was not done yet
            if is_new or not (link := there.first()):
                raise
            return link


@require_http_methods(["GET", "POST"])
def edit_guest_link(request: VisitorRequest, public_id: str, link_id: int) -> HttpResponse:
    item = door_opening_item(request, public_id)
    link = managed_link(item, link_id)
    form = EditGuestLinkForm(
        request.POST or None,
        item=item,
        policy=current_policy(),
        instance=GuestLink.objects.get(pk=link.pk),
    )
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        try:
            links.change_link(link=link, by=account_of(request), name=name, **form.options())
        except CeilingReached as refused:
            form.add_error(refused.field or None, refused.message)
        except links.FewerThanCame as refused:
            form.add_error("places", refused.message)
        except links.NameTaken as refused:
            form.add_error("name", refused.message)
        else:
            return _done(request, item, _("Saved."), made=link)
    return render_dialog(
        request,
        "access/guests/edit_guest_link.html",
        {"item": item, "link": link, "form": form},
        status=status_of(form),
    )


@require_http_methods(["GET", "POST"])
def pause_guest_link(request: VisitorRequest, public_id: str, link_id: int) -> HttpResponse:
    item = managed_item(request, public_id)
    link = managed_link(item, link_id)
    form = SwitchOffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ended = links.pause_link(link=link, by=account_of(request), end_inside=form.end_inside)
        return _done(request, item, _off_message(ended), made=link)
    return _ask_who_stays(request, item, link, inside=LinkRow.inside_of(link))


@require_POST
def resume_guest_link(request: VisitorRequest, public_id: str, link_id: int) -> HttpResponse:
    item = door_opening_item(request, public_id)
    link = managed_link(item, link_id)
    links.resume_link(link=link, by=account_of(request))
    return _done(request, item, _("The link works again."), made=link)


@require_http_methods(["GET", "POST"])
def new_guest_link_address(request: VisitorRequest, public_id: str, link_id: int) -> HttpResponse:
    item = door_opening_item(request, public_id)
    link = managed_link(item, link_id)
    if request.method == "POST":
        link = links.give_new_address(link=link, by=account_of(request))
        link.item = item
        said = _("The link was reset. The old one no longer works.")
        return _done(request, item, said, made=link, is_new=True)
    return _confirm(request, "access/guests/new_guest_link_address.html", item, link)


@require_http_methods(["GET", "POST"])
def delete_guest_link(request: VisitorRequest, public_id: str, link_id: int) -> HttpResponse:
    item = managed_item(request, public_id)
    link = managed_link(item, link_id)
    if request.method == "POST":
        links.delete_link(link=link, by=account_of(request))
        return _done(request, item, _("The link was deleted."))
    return _confirm(request, "access/guests/delete_guest_link.html", item, link)


@require_GET
def guest_link(request: VisitorRequest, public_id: str, link_id: int) -> HttpResponse:
    """The link to hand out: address, message text, QR code."""
    item = managed_item(request, public_id)
    return _confirm(request, "access/guests/guest_link.html", item, managed_link(item, link_id))


@never_cache
@require_GET
def guest_link_qr(request: VisitorRequest, public_id: str, link_id: int) -> HttpResponse:
    link = managed_link(managed_item(request, public_id), link_id)
    return qr_code_response(guest_link_address(link), filename="guest-link.svg")


def _confirm(
    request: VisitorRequest, template: str, item: MediaItem, link: GuestLink
) -> HttpResponse:
    access_on = GuestAccess.objects.filter(item=item, enabled_at__isnull=False).exists()
    row = LinkRow.of(link, access_on=access_on, inside=LinkRow.inside_of(link))
    return render_dialog(
        request, template, {"item": item, "row": row, "message": message_to_paste(row)}
    )


def _ask_who_stays(
    request: VisitorRequest, item: MediaItem, link: GuestLink | None, *, inside: int
) -> HttpResponse:
    return render_dialog(
        request,
        "access/guests/switch_off.html",
        {"item": item, "link": link, "inside": inside},
        status=422 if request.method == "POST" else 200,
    )


def _off_message(ended: int) -> str:
    if ended:
        return ngettext(
            "Off. %(count)s guest lost access.", "Off. %(count)s guests lost access.", ended
        ) % {"count": ended}
    return _("Off: nobody new can join. Current guests keep their access.")
