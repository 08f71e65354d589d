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

from access.guests.forms import CreateGuestLinkForm, EditGuestLinkForm, SwitchOffForm
from access.guests.models import AccessRequest, GuestAccess, GuestAdmission, GuestLink
from access.guests.rows import LinkRow, link_rows
from access.guests.services import links
from access.last_days import last_minute
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
    said: str = "",
    changed: bool = False,
) -> HttpResponse:
    """The dialog in its present state. A refused form: 422, with everything that was typed."""
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


def _people_inside(item: MediaItem) -> int:
    return GuestAdmission.objects.in_force(timezone.now()).on(item).count_people()


def _done(
    request: VisitorRequest, item: MediaItem, said: str, *, made: GuestLink | None = None
) -> HttpResponse:
    """After an act: htmx gets the dialog anew, everybody else is redirected to it."""
    address = reverse("access:guest_links", args=[item.public_id])
    if made:
        address += f"?made={made.pk}"
    return fragment_or_redirect(
        request,
        lambda: _dialog(request, item, made=made, said=said, changed=True),
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
            link = links.create_link(
                item=item, by=account_of(request), name=form.cleaned_data["name"], **form.options()
            )
        except CeilingReached as refused:
            form.add_error(refused.field or None, refused.message)
        else:
            return _done(request, item, _("The link is ready."), made=link)
    return _dialog(request, item, form=form)


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
        links.give_new_address(link=link, by=account_of(request))
        return _done(request, item, _("The link was reset. Copy the new link."), made=link)
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


def message_to_paste(row: LinkRow) -> str:
    """Plain text for a mail or a chat, with the address on a line of its own."""
    text = _(
        "%(host)s invites you to “%(title)s”. Open the link and enter your name and email:"
    ) % {
        "host": row.link.item.owner.get_full_name(),
        "title": row.link.item.title,
    }
    lines = [text, "", row.address]
    if row.link.expires_at:
        day = last_minute(row.link.expires_at)
        lines += ["", _("The link expires on %(day)s.") % {"day": day}]
    return "\n".join(lines)


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
