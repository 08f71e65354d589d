"""The guest link's own pages. GET changes nothing; only the form lets anybody in."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sessions.exceptions import SessionInterrupted
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from access import session_proofs
from access.blocks.policies import block_before
from access.guests.door_forms import JoinForm
from access.guests.models import GuestAdmission, GuestLink
from access.guests.proofs import holds_place, needs_no_guest_link, was_removed
from access.guests.refusals import Reason, Refused
from access.guests.services import joining
from access.guests.views.already_in import say_as_whom
from access.guests.views.links_behind import (
    address_at,
    door_of,
    link_behind,
    policy_at_the_door,
    too_many_said,
)
from access.guests.views.refusals import FILL, refusal_page, typed_person
from access.guests.views.way_back import remember_coming
from access.links import RESULTS_OF_QUIZ, LinkKey
from access.requests import VisitorRequest
from access.visitors import Visitor
from media_items.abilities import Ability
from media_items.catalogue.models import Kind, MediaItem
from media_items.delivery.files import deliver_picture_of
from media_items.live.sessions.way_in import AtDoor, lead_in
from media_items.playback.calendars import calendar_answer
from media_items.quizzes.attempts.takers import takers_of
from media_items.quizzes.quizzes import quiz_of
from media_items.rate_limits import (
    Limit,
    TooManyTries,
    count_tries,
)
from media_items.responses import token_page
from media_items.visitors import Certainty, IdentityKind

BACK = "back"  # asks for the form of a quiz that is closed

# The button is named after what happens.
JOIN_LABELS = {
    Kind.VIDEO: _("Watch now"),
    Kind.AUDIO: _("Listen now"),
    Kind.DOCUMENT: _("Read now"),
    Kind.QUIZ: _("Take the quiz"),
    Kind.LIVE_EVENT: _("Join the session"),
    Kind.ROOM: _("Join the session"),
}


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: VisitorRequest, token: str) -> HttpResponse:
    try:
        link, key = link_behind(token)
        visitor = request.visitor
        if needs_no_guest_link(visitor, link):
            say_as_whom(request, link)
            if _is_for_results(request, link) and not _is_recognised(visitor, link.item):
                return redirect("access:confirm_email", link.item.public_id)
            return lead_in(request, link.item)
        door = door_of(link, key, visitor)
        if door.refusal:
            return _refuse(request, door.refusal, token, door.now)
        if request.method == "POST" and FILL not in request.POST:
            return _try_to_join(request, link, key, token, door.now)
    except Refused as refused:
        return _refuse(request, refused.reason, token)
    is_known = BACK in request.GET or RESULTS_OF_QUIZ in request.GET
    if door.now.closed_at and request.method != "POST" and not is_known:
        return closed_page(request, link, token, door.now)
    person = typed_person(request) or _known_person(request)
    form = JoinForm(initial=person) if person else JoinForm
    return join_page(request, link, form, token, door.now)


def closed_page(request: VisitorRequest, link: GuestLink, token: str, now: AtDoor) -> HttpResponse:
    """Nobody gives a name and an email for a quiz that is closed, but for who comes back to it: to
    their result, or with more time than others."""
    context = {
        "item": link.item,
        "closed_at": now.closed_at,
        "back_url": f"{reverse('access:join', args=[token])}?{BACK}=1",
    }
    return render(request, "access/guests/quiz_closed.html", context)


def _try_to_join(
    request: VisitorRequest, link: GuestLink, key: LinkKey, token: str, now: AtDoor
) -> HttpResponse:
    form = JoinForm(request.POST)
    email = form.cleaned_data["email"] if form.is_valid() else ""
    try:
        # SECURITY: what the network's limit refuses uses up nothing of the link's, or one machine
        # could close the link for everybody.
        count_tries(request, _limits_of_joining(link, email))
    except TooManyTries as refused:
        form.add_error(None, too_many_said(refused))
        return join_page(request, link, form, token, now, status=429)
    if not form.is_valid():
        return join_page(request, link, form, token, now, status=422)

    def remember(admission: GuestAdmission) -> None:
        session_proofs.guest_admissions.remember(request.session, admission.pk)
        remember_coming(request.session, admission, key_version=key.key_version)
        answers.append(_way_in(request, link))
        request.session.write()

    answers: list[HttpResponse] = []
    try:
        joining.join(
            link=link,
            key_version=key.key_version,
            name=form.cleaned_data["name"],
            email=email,
            by=request.visitor.account,
            then=remember,
        )
    except SessionInterrupted:  # signed out in another tab meanwhile; nobody is in
        return redirect(request.get_full_path())
    except Refused:
        # Their own browser is told what became of them.
        if was_removed(request.visitor, link, email):
            raise Refused(Reason.GUEST_REMOVED) from None
        raise
    return answers[0]


def _way_in(request: VisitorRequest, link: GuestLink) -> HttpResponse:
    if _is_for_results(request, link):
        return redirect("access:confirm_email", link.item.public_id)
    return lead_in(request, link.item)


def _limits_of_joining(link: GuestLink, email: str) -> list[Limit]:
    """`email` is empty where the form is not filled in as it should be."""
    typed = [Limit("join-address", address_at(link, email), settings.JOIN_RATE_PER_ADDRESS)]
    return [
        *(typed if email else []),
        Limit("join-link", str(link.pk), settings.JOIN_RATE_PER_LINK),
        Limit("join-network", "", settings.JOIN_RATE_PER_NETWORK),
    ]


def join_page(
    request: VisitorRequest,
    link: GuestLink,
    form: JoinForm | type[JoinForm],
    token: str,
    now: AtDoor,
    *,
    status: int = 200,
) -> HttpResponse:
    """The class of the form: nothing is typed yet."""
    for_results = _is_for_results(request, link)
    context = {
        **policy_at_the_door(link),
        "link": link,
        "item": link.item,
        "form": form,
        "token": token,
        "is_full": link.places_left == 0,
        "gives_date": _gives_date(request, link),
        "phase": now.said,
        "closed_at": now.closed_at,
        "asks_for_code": link.item.kind == Kind.QUIZ and link.verify_before_quiz,
        "fill": FILL,
        "join_label": _("Continue") if for_results else _join_label(link, now),
        "for_results": for_results,
    }
    return render(request, "access/guests/join.html", context, status=status)


def _is_for_results(request: VisitorRequest, link: GuestLink) -> bool:
    """Who comes to read what they took: they give the email, and then the code sent to it."""
    return RESULTS_OF_QUIZ in request.GET and link.item.kind == Kind.QUIZ


def _is_recognised(visitor: Visitor, item: MediaItem) -> bool:
    """Not a guest who has only typed an email and taken nothing here: theirs is found by a code."""
    identity = visitor.identity_on(item)
    is_typed = identity.kind == IdentityKind.GUEST and identity.certainty == Certainty.TYPED
    quiz = quiz_of(item)
    return not is_typed or (quiz.pk is not None and takers_of(quiz, identity).exists())


def _join_label(link: GuestLink, now: AtDoor) -> Promise:
    if now.closed_at or (link.item.kind == Kind.QUIZ and Ability.TAKE_QUIZ not in link.allows):
        return _("Open the page")
    return JOIN_LABELS[Kind(link.item.kind)]


def _known_person(request: VisitorRequest) -> dict[str, str]:
    """The initial name and address: those of the account signed in, else none."""
    user = request.visitor.account
    return {"name": user.get_full_name(), "email": user.email} if user else {}


def _refuse(
    request: VisitorRequest, reason: Reason, token: str, now: AtDoor | None = None
) -> HttpResponse:
    link_item = None
    ask_url = ""
    if reason != Reason.BAD_LINK:
        link, _ignored = link_behind(token)
        link_item = link.item
        if not link.deleted_at:
            ask_url = reverse("access:ask_host", args=[token])
    return refusal_page(request, reason, item=link_item, ask_url=ask_url, now=now)


def _link_shown(request: VisitorRequest, token: str) -> tuple[GuestLink, LinkKey]:
    """The link whose page this browser is shown, before the item is available, too. Raises
    `Http404`."""
    try:
        link, key = link_behind(token)
    except Refused:
        raise Http404 from None
    refusal = door_of(link, key, request.visitor).refusal
    if refusal not in {None, Reason.NOT_YET}:
        raise Http404
    if refusal == Reason.NOT_YET and block_before(request.visitor, link.item):
        raise Http404
    return link, key


@token_page
@require_GET
def join_picture(request: VisitorRequest, token: str) -> HttpResponseBase:
    """The item's picture for the join page."""
    link, _key = _link_shown(request, token)
    try:
        return deliver_picture_of(request, link.item)
    except Http404:
        return redirect(static(f"img/kinds/{link.item.kind}.svg"))


@token_page
@require_safe
def join_calendar(request: VisitorRequest, token: str) -> HttpResponse:
    """The item's date, for whoever the link lets in: not for strangers once it is full."""
    link, _key = _link_shown(request, token)
    if not _gives_date(request, link):
        raise Http404
    return calendar_answer(link.item, by=IdentityKind.GUEST, at_door=True)


def _gives_date(request: VisitorRequest, link: GuestLink) -> bool:
    return link.item.is_to_come and (link.places_left != 0 or holds_place(request.visitor, link))
