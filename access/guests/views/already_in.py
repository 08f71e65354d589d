"""Whoever is in already, and sends the form of the link once more."""

from __future__ import annotations

from django.contrib import messages
from django.utils.translation import gettext as _

from access.guests.door_forms import JoinForm
from access.guests.models import GuestLink
from access.guests.proofs import GuestProofs
from access.guests.views.refusals import FILL
from access.requests import VisitorRequest


def say_as_whom(request: VisitorRequest, link: GuestLink) -> None:
    """They stay who they are. Where they have sent another name or address, from another tab, they
    are told so on the page that comes next; a double press sends the same, and nothing is said."""
    if request.method != "POST" or FILL in request.POST:
        return
    visitor, form = request.visitor, JoinForm(request.POST)
    me, is_more = visitor.identity_on(link.item), visitor.is_more_than_guest_on(link.item)
    known = {(me.name, me.email)}
    if is_more:  # by what they have joined as besides they are nobody here
        guests = (one.identity for one in visitor.in_force(GuestProofs, link.item))
        known |= {(one.name, one.email) for one in guests}
    if form.is_valid() and (form.cleaned_data["name"], form.cleaned_data["email"]) in known:
        return
    said = _("You’re already here as %(name)s. The name and email you just entered weren’t used.")
    words = said % {"name": me.name}
    if not is_more:
        words = f"{words} {_('To join as somebody else, leave first.')}"
    waiting = messages.get_messages(request)
    is_told = any(str(one) == words for one in waiting)
    waiting.used = False  # type: ignore[union-attr] # looked at, and not shown
    if not is_told:
        messages.warning(request, words)
