"""Changing the role of somebody from within a session."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from access.blocks.views import back_to_people
from access.invitations.models import Invitation
from access.invitations.people import Inviter
from access.invitations.policies import grantable_roles
from access.invitations.services import managing
from access.invitations.services.limits import InvitingNotAllowed, RoleNotGrantable
from access.invitations.views.inviters import inviter_of
from access.proof_kinds import people_named
from access.proofs import parsed
from access.register.forms import RoleForm
from access.requests import VisitorRequest
from media_items.abilities import Ability
from media_items.live.events.announcing import announce
from media_items.live.events.facts import FactKind, only
from media_items.live.sessions.lookups import Place, get_person, get_place
from media_items.live.sessions.models import Participant
from media_items.models import MediaItem
from media_items.responses import close_dialog, render_dialog


def _invitation_of(person: Participant, item: MediaItem) -> Invitation | None:
    """By which they are there or could be; of an account's, the one that is not taken back."""
    found = people_named(parsed([person.key]), item).values()
    return next((one.rows["invitation"] for one in found if "invitation" in one.rows), None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_participant_role(
    request: VisitorRequest, public_id: str, participant_id: int
) -> HttpResponse:
    """For the person, felt at once, with the link they have. Roles come with invitations only."""
    place = get_place(request, public_id, needs=Ability.INVITE_USERS)
    person = get_person(place, participant_id)
    invitation = _invitation_of(person, place.item)
    by = inviter_of(request, place.item)
    if invitation is None or invitation.revoked_at:
        return _role_dialog(request, place, person, form=None)
    invitation.item = place.item
    form = RoleForm(
        request.POST if request.method == "POST" else None,
        invitations=[invitation],
        roles=grantable_roles(kind=place.item.kind, roles=by.roles),
        kind=place.item.kind,
    )
    if form.is_valid() and _change_role(invitation, form, by):
        announce(place.session, FactKind.ME, to=only(person.pk))
        announce(place.session, FactKind.PARTICIPANTS)
        return close_dialog(request, "live:participants", to=back_to_people(request, place.item))
    return _role_dialog(request, place, person, form=form)


def _change_role(invitation: Invitation, form: RoleForm, by: Inviter) -> bool:
    try:
        managing.change_role(invitation=invitation, role=form.cleaned_data["role"], by=by)
    except InvitingNotAllowed as refusal:
        form.add_error("role", str(refusal))
    except RoleNotGrantable:
        form.add_error("role", _("You can’t give this role here. Choose one of these."))
    except managing.AlreadyTakenBack:
        form.add_error(None, _("The invitation has just been withdrawn."))
    return form.is_valid()


def _role_dialog(
    request: VisitorRequest, place: Place, person: Participant, *, form: RoleForm | None
) -> HttpResponse:
    context = {"item": place.item, "person": person, "form": form}
    status = 422 if request.method == "POST" else 200
    template = "access/register/change_participant_role.html"
    return render_dialog(request, template, context, status=status)
