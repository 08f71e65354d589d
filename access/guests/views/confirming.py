"""A guest verifies their email, so that what they took opens in any browser of theirs.

SECURITY: the pages say the same whether anybody has taken anything under the address: what there is
shows only to who has typed the code.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from access import session_proofs
from access.browsers import browser_of
from access.code_forms import CodeForm
from access.code_limits import count_code
from access.email_addresses import masked
from access.guests.models import GuestAdmission, GuestCode
from access.guests.proofs import GuestProofs
from access.guests.services import confirming
from access.mailed_codes import LIFE, Awaited, NotSentYet, WrongCode, seconds_to_wait
from access.requests import VisitorRequest
from media_items.catalogue.models import Kind
from media_items.lookups import get_media_item
from media_items.models import MediaItem
from media_items.visitors import IdentityKind

_awaited = Awaited("guest_codes", GuestCode)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_email(request: VisitorRequest, public_id: str) -> HttpResponse:
    """Asks whether to send a code; then takes it."""
    item, admission = _place(request, public_id)
    if admission.confirmed_at:
        return redirect("media_items:earlier_attempts", item.public_id)
    code = _awaited.find(request.session, admission)
    form = CodeForm(request.POST or None)
    if code is None or request.method != "POST" or not form.is_valid():
        return _page(request, item, admission, code, form)
    try:
        confirming.check_code(
            code_id=code.pk, admission=admission, digits=form.cleaned_data["code"]
        )
    except NotSentYet as not_yet:
        form.add_error("code", not_yet.message)
        return _page(request, item, admission, code, form)
    except WrongCode as wrong:
        form.add_wrong_code(wrong.tries_left)
        code.refresh_from_db()
        return _page(request, item, admission, code, form)
    return _confirmed(request, item, admission)


def _confirmed(request: VisitorRequest, item: MediaItem, admission: GuestAdmission) -> HttpResponse:
    """Under a new session key: this browser is more than it was."""
    confirming.confirm(admission=admission, item=item)
    _awaited.forget(request.session, admission)
    session_proofs.guest_admissions.remember(request.session, admission.pk)
    messages.success(request, _("Your email is verified."))
    return redirect("media_items:earlier_attempts", item.public_id)


@require_POST
def send_guest_code(request: VisitorRequest, public_id: str) -> HttpResponse:
    """To the address that was typed in this browser. Of two clicks one is counted and mailed."""
    item, admission = _place(request, public_id)
    if admission.confirmed_at:
        return redirect("media_items:earlier_attempts", item.public_id)
    before = _awaited.find(request.session, admission)
    if before is not None and (wait := seconds_to_wait(before)):
        said = ngettext(
            "The email may take a moment. You can ask for a new code in %(count)s second.",
            "The email may take a moment. You can ask for a new code in %(count)s seconds.",
            wait,
        )
        messages.info(request, said % {"count": wait})
        return redirect("access:confirm_email", item.public_id)
    _send(request, admission)
    return redirect("access:confirm_email", item.public_id)


def _send(request: VisitorRequest, admission: GuestAdmission) -> None:
    """Raises `TooManyTries`."""
    code, is_new = confirming.code_of_browser(admission=admission, browser=browser_of(request))
    if is_new:
        try:
            count_code(
                request,
                group="guest-code",
                of=str(admission.guest_id),
                email=admission.guest.email,
                also="invitation-code",
            )
        except Exception:
            code.delete()
            raise
        confirming.mail_code(code, language=get_language() or "")
    _awaited.remember(request.session, code)


def _place(request: VisitorRequest, public_id: str) -> tuple[MediaItem, GuestAdmission]:
    """The quiz, and as whom this browser is a guest there. 404 for everybody else."""
    item = get_media_item(request, public_id)
    identity = request.visitor.identity_on(item)
    if item.kind != Kind.QUIZ or identity.kind != IdentityKind.GUEST:
        raise Http404
    held = request.visitor.in_force(GuestProofs, item)
    mine = [one.admission for one in held if str(one.key) == identity.key]
    if not mine or mine[0].pk is None:  # a host who looks at what guests see
        raise Http404
    return item, mine[0]


def _page(
    request: VisitorRequest,
    item: MediaItem,
    admission: GuestAdmission,
    code: GuestCode | None,
    form: CodeForm,
) -> HttpResponse:
    context = {
        "item": item,
        "masked_address": masked(admission.guest.email),
        "form": form,
        "is_usable": code is not None and code.is_usable,
        "was_sent": code is not None,
        "wait": seconds_to_wait(code) if code else 0,
        "minutes": int(LIFE.total_seconds() // 60),
    }
    status = 422 if form.is_bound else 200
    return render(request, "access/guests/confirming/confirm_email.html", context, status=status)
