"""People outside: find a person, see everything of mine shared with them, end one or all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import policies
from access.guests.models import Guest
from access.guests.services.guests import erase_guest, remove_guest
from access.invitations.models import Invitation
from access.invitations.services import managing
from access.invitations.services.managing import erase_invitation
from access.register.ended import just_ended, undo
from access.register.outside import Person, Scope, email_of_key, number_gone, people_of, people_page
from access.requests import VisitorRequest, account_of
from media_items.responses import page_or_fragment, posted_next, wants_fragment
from media_items.searching import searched_words

EVERYBODY = "everybody"


def scope_of(request: VisitorRequest) -> Scope:
    """Their own items; everybody's for site admins who ask for it. Raises `Http404` for others."""
    user = account_of(request)
    is_everybody = (request.POST.get("whose") or request.GET.get("whose")) == EVERYBODY
    if is_everybody and not policies.may_see_all_registers(user):
        raise Http404
    return Scope(user, is_everybody=is_everybody)


@login_required
@require_safe
def people_outside(request: VisitorRequest) -> HttpResponse:
    scope = scope_of(request)
    scope = replace(scope, is_gone=request.GET.get("show") == "gone")
    words = searched_words(request.GET)
    withdrawn, removed = number_gone(scope, words=words)
    context = {
        "is_gone": scope.is_gone,
        "withdrawn": withdrawn,
        "removed": removed,
        "page_obj": people_page(scope, words=words, number=request.GET.get("page")),
        "words": words,
        "is_everybody": scope.is_everybody,
        "may_see_all": policies.may_see_all_registers(scope.user),
        "ended": [] if wants_fragment(request) else just_ended(scope, timezone.now()),
    }
    return page_or_fragment(
        request, "access/register/people_outside.html", context, fragment="results"
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def person_outside(request: VisitorRequest, key: str) -> HttpResponse:
    """GET: what they have. POST: asks about what was picked, then, with `sure`, ends it."""
    scope = scope_of(request)
    is_erasing = "erase" in request.POST
    if is_erasing and request.POST.get("show") == "gone":
        scope = replace(scope, is_gone=True)
    person = _person(scope, key)
    if person is None:
        return _to_what_is_left(request, scope, key)
    context: dict[str, Any] = {
        "person": person,
        "key": key,
        "is_everybody": scope.is_everybody,
        "is_gone": scope.is_gone,
    }
    if request.method != "POST":
        context["awaited"] = [row.invitation.pk for row in person.rows if row.is_waiting]
        context["ended"] = just_ended(scope, timezone.now())
        return render(request, "access/register/person_outside.html", context)
    invitations, guests = _picked(request, person)
    if not invitations and not guests:
        messages.error(request, _("Nothing is selected. Select what to remove first."))
        return _to_person(person, scope)
    if is_erasing:
        invitations, guests = _all_there(person, invitations, guests)
    if request.POST.get("sure") != "yes":
        context |= {"invitations": invitations, "guests": guests, "is_erasing": is_erasing}
        return render(request, "access/register/end_person.html", context)
    end = _erase if is_erasing else _end
    return end(request, scope, person, invitations, guests)


@require_POST
@login_required
def undo_end_person(request: VisitorRequest) -> HttpResponse:
    """For a minute, to whoever ended it."""
    scope = scope_of(request)
    undone = undo(scope, request.POST.getlist("row"), timezone.now())
    if done := len(undone.items):
        said = ngettext(
            "Access to %(count)d item was given back.",
            "Access to %(count)d items was given back.",
            done,
        )
        messages.success(request, said % {"count": done})
    if undone.late or not (done or undone.refused):
        messages.warning(
            request, _("It’s too late to undo this, or something else was changed since.")
        )
    for why in undone.refused:
        messages.warning(request, why)
    return redirect(posted_next(request) or "access:people_outside")


def _person(scope: Scope, key: str) -> Person | None:
    email = email_of_key(scope, key)
    people = people_of(scope, [email], moment=timezone.now()) if email else []
    return people[0] if people else None


def _to_what_is_left(request: VisitorRequest, scope: Scope, key: str) -> HttpResponse:
    """From the address of what was taken back, removed or erased, as *Back* leads there. Raises
    `Http404` where nothing of theirs was."""
    email = email_of_key(scope, key, ever=True)
    if email is None or request.method == "POST":
        raise Http404
    people = people_of(scope, [email]) if email else []
    return _to_person(people[0] if people else Person(email), scope)


def _picked(request: VisitorRequest, person: Person) -> tuple[list[Invitation], list[Guest]]:
    """Of this person's rows within the scope only; other ids in the form mean nothing."""
    keys = set(request.POST.getlist("row"))
    everything = "all" in request.POST
    return (
        [one for one in person.invitations if everything or f"i{one.pk}" in keys],
        [one for one in person.guests if everything or f"g{one.pk}" in keys],
    )


def _all_there(
    person: Person, invitations: list[Invitation], guests: list[Guest]
) -> tuple[list[Invitation], list[Guest]]:
    """What is kept under this email on the items of these rows, withdrawn and removed included."""
    items = {one.item_id for one in invitations} | {one.link.item_id for one in guests}
    invited = Invitation.objects.filter(email=person.email, item__in=items)
    came = Guest.objects.filter(email=person.email, link__item__in=items, erased_at=None)
    return (
        list(invited.select_related("item").order_by("pk")),
        list(came.select_related("link__item").order_by("pk")),
    )


def _check_may_end(scope: Scope, invitations: list[Invitation], guests: list[Guest]) -> None:
    """SECURITY: looking at everybody's is one permission, ending it another. Raises
    `PermissionDenied`."""
    if (invitations and not scope.may_end(guests=False)) or (
        guests and not scope.may_end(guests=True)
    ):
        raise PermissionDenied


def _erase(
    request: VisitorRequest,
    scope: Scope,
    person: Person,
    invitations: list[Invitation],
    guests: list[Guest],
) -> HttpResponse:
    """What is kept of them on those items, for somebody who asked their host."""
    _check_may_end(scope, invitations, guests)
    for guest in guests:
        erase_guest(guest=guest, by=scope.user)
    for invitation in invitations:
        erase_invitation(invitation=invitation, by=scope.user)
    messages.success(request, _("What was kept about this person there was erased."))
    if scope.is_gone:
        people = reverse("access:people_outside")
        return redirect(f"{people}?whose={EVERYBODY}" if scope.is_everybody else people)
    return _to_person(person, scope, without={*invitations, *guests})


def _end(
    request: VisitorRequest,
    scope: Scope,
    person: Person,
    invitations: list[Invitation],
    guests: list[Guest],
) -> HttpResponse:
    _check_may_end(scope, invitations, guests)
    for invitation in invitations:
        managing.revoke(invitation=invitation, by=scope.user)
    for guest in guests:
        remove_guest(guest=guest, by=scope.user)
    # The page they come to says it, in a line that offers to undo it.
    return _to_person(person, scope, without={*invitations, *guests})


def _to_person(
    person: Person, scope: Scope, without: set[Invitation | Guest] | None = None
) -> HttpResponse:
    gone = without or set()
    left = Person(
        person.email,
        [one for one in person.invitations if one not in gone],
        [one for one in person.guests if one not in gone],
    )
    has_more = left.invitations or left.guests
    response = (
        redirect("access:person_outside", left.key)
        if has_more
        else redirect("access:people_outside")
    )
    if scope.is_everybody:
        response["Location"] += f"?whose={EVERYBODY}"
    return response
