"""The members of a gallery, for its managers; and the page for a blocked account."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import FETCH_RAISE, Case, IntegerField, Q, QuerySet, Value, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from access.blocks.policies import block_of
from access.email_addresses import stored_part
from access.memberships import services
from access.memberships.forms import AddMemberForm, ChangeRoleForm, FindMemberForm
from access.memberships.models import GalleryMembership, GalleryRole
from access.memberships.proofs import AccountProofs
from access.requests import SignedInRequest, VisitorRequest
from access.visitors import Visitor
from media_items.abilities import GalleryAbility
from media_items.lookups import get_gallery
from media_items.models import Gallery, MediaItem
from media_items.pagination import page_of
from media_items.refusals import Refusal

_MOST_WORDS = 8  # of a search


def explain_block(
    request: VisitorRequest, visitor: Visitor, item: MediaItem
) -> HttpResponse | None:
    """For a blocked account that a gallery would let in; None for all others.

    SECURITY: a guest may have typed the address of another person, and got it blocked. So an
    account that would not see the item anyhow is told nothing.
    """
    if item.deleted_at or not item.is_available:
        return None
    proof = next(iter(visitor.proofs_of(AccountProofs, item)), None)
    if proof is None or not proof.is_blocked or not proof.roles:
        return None
    block = block_of(item=item, emails=proof.emails)
    context = {"item": item, "is_lasting": block is None or block.is_lasting}
    return render(request, "access/blocks/blocked.html", context, status=403)


@require_http_methods(["GET", "HEAD", "POST"])
def gallery_members(request: SignedInRequest, public_id: str) -> HttpResponse:
    """The list; POST adds somebody."""
    gallery = get_gallery(request, public_id, needs=GalleryAbility.MANAGE_MEMBERS)
    form = AddMemberForm(request.POST if request.method == "POST" else None, request=request)
    if form.is_bound and form.is_valid() and _add(request, gallery, form) and not form.left:
        return redirect("access:gallery_members", public_id)
    find = FindMemberForm(request.GET)
    find.full_clean()
    words = find.cleaned_data["q"]
    context = {
        "gallery": gallery,
        "form": form,
        "find": find,
        "words": words,
        "roles": GalleryRole,
        "undoable": services.just_removed(gallery, by=request.user),
        "page_obj": page_of(_members(gallery, matching=words), request.GET.get("page")),
    }
    status = 422 if form.is_bound else 200
    return render(request, "access/memberships/gallery_members.html", context, status=status)


def _members(gallery: Gallery, *, matching: str) -> QuerySet[GalleryMembership]:
    """Managers first, then by name. A forgotten join raises instead of costing a query per row."""
    members = GalleryMembership.objects.filter(gallery=gallery).select_related("user")
    for word in matching.split()[:_MOST_WORDS]:
        members = members.filter(
            Q(user__email__icontains=stored_part(word))
            | Q(user__first_name__icontains=word)
            | Q(user__last_name__icontains=word)
        )
    ranks = [When(role=role, then=Value(-rank)) for rank, role in enumerate(GalleryRole)]
    return (
        members.alias(rank=Case(*ranks, output_field=IntegerField()))
        .order_by("rank", "user__last_name", "user__first_name", "user__email")
        .fetch_mode(FETCH_RAISE)
    )


def _add(request: SignedInRequest, gallery: Gallery, form: AddMemberForm) -> bool:
    """Whether all of them are members now. Of several, one who is a member already is no error."""
    users, role = form.cleaned_data["users"], GalleryRole(form.cleaned_data["role"])
    try:
        added = services.add_members(gallery=gallery, users=users, role=role, by=request.user)
    except Refusal as refusal:
        form.add_error("role", str(refusal))
        return False
    if len(users) == 1 and not added and not form.left:
        field = "email" if form.cleaned_data["email"] else "people"
        form.add_error(field, str(services.AlreadyMember.message))
        return False
    if len(added) == 1:
        name = added[0].user.get_full_name()
        messages.success(request, _("%(name)s is a member now.") % {"name": name})
    elif users and not added:
        messages.info(request, _("These people are members already."))
    elif added:
        words = ngettext(
            "%(count)d person is a member now.", "%(count)d people are members now.", len(added)
        )
        messages.success(request, words % {"count": len(added)})
    if form.left:
        form.keep_left()
    return True


@require_POST
def change_gallery_role(
    request: SignedInRequest, public_id: str, membership_id: int
) -> HttpResponse:
    membership = _membership(request, public_id, membership_id)
    form = ChangeRoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose one of the roles."))
        return redirect("access:gallery_members", public_id)
    role = GalleryRole(form.cleaned_data["role"])
    try:
        services.change_role(membership=membership, role=role, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        name = membership.user.get_full_name()
        said = _("%(name)s now has the role “%(role)s”.") % {"name": name, "role": role.label}
        messages.success(request, said)
    return _back_from(request, membership)


@require_POST
def remove_gallery_member(
    request: SignedInRequest, public_id: str, membership_id: int
) -> HttpResponse:
    membership = _membership(request, public_id, membership_id)
    try:
        services.remove_member(membership=membership, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        # The line that offers to undo it says it, to whoever still sees the members.
        abilities = request.visitor.abilities_in(membership.gallery)
        if GalleryAbility.MANAGE_MEMBERS not in abilities:
            name = membership.user.get_full_name()
            messages.success(request, _("%(name)s is no longer a member.") % {"name": name})
    return _back_from(request, membership)


@require_POST
def undo_gallery_removal(request: SignedInRequest, public_id: str, account: int) -> HttpResponse:
    gallery = get_gallery(request, public_id, needs=GalleryAbility.MANAGE_MEMBERS)
    try:
        user = services.undo_removal(gallery=gallery, account=account, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("%(name)s is a member again.") % {"name": user.get_full_name()}
        messages.success(request, said)
    return redirect("access:gallery_members", public_id)


def _membership(request: SignedInRequest, public_id: str, membership_id: int) -> GalleryMembership:
    gallery = get_gallery(request, public_id, needs=GalleryAbility.MANAGE_MEMBERS)
    memberships = GalleryMembership.objects.select_related("user", "gallery")
    return get_object_or_404(memberships, pk=membership_id, gallery=gallery)


def _back_from(request: SignedInRequest, membership: GalleryMembership) -> HttpResponse:
    """To the members, or elsewhere if managers lost the right to see them by their own act."""
    abilities = request.visitor.abilities_in(membership.gallery)
    if GalleryAbility.MANAGE_MEMBERS in abilities:
        return redirect("access:gallery_members", membership.gallery.public_id)
    if GalleryAbility.VIEW in abilities:
        return redirect(membership.gallery)
    return redirect("media_items:galleries")
