"""What is kept about an account, for whoever it belongs to: shown, exported, deleted."""

from __future__ import annotations

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from access.accounts.forms import OwnPasswordForm
from access.accounts.models import User
from access.accounts.personal_data import key_of
from access.accounts.views import refusal_status
from access.invitations.policies import ever_invited
from access.invitations.proofs import InvitationProofs
from access.my_record import services
from access.my_record.item_views import record_file
from access.requests import SignedInRequest, VisitorRequest
from media_items.pagination import page_of
from media_items.personal_data import Subject, sections_of

PER_PAGE = 50


@never_cache
@login_required
@require_GET
def account_record(request: SignedInRequest) -> HttpResponse:
    """The account and what it did; its invitations page by page, each leading to its own record."""
    user = request.user
    invitations = ever_invited(user).exclude(email="").select_related("item", "invited_by")
    context = {
        "sections": sections_of(Subject(item=None, keys=frozenset({str(key_of(user))}))),
        "page_obj": page_of(
            invitations.order_by("-created_at", "-pk"), request.GET.get("page"), per_page=PER_PAGE
        ),
    }
    return render(request, "access/my_record/account_record.html", context)


@never_cache
@login_required
@require_GET
def account_record_file(request: SignedInRequest) -> HttpResponse:
    user = request.user
    invited = ever_invited(user).exclude(email="").values_list("pk", flat=True)
    keys = {str(key_of(user)), *(str(InvitationProofs.key_of(pk)) for pk in invited)}
    return record_file(Subject(item=None, keys=frozenset(keys)))


@never_cache
@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete_account(request: SignedInRequest) -> HttpResponse:
    """Asks for the password, then deletes the account and signs out."""
    user = User.objects.get(pk=request.user.pk)
    form = OwnPasswordForm(request, user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.delete_own_account(user=user)
        except services.StillNeeded as refusal:
            form.add_error(None, str(refusal))
        else:
            logout(request)
            return redirect("access:account_deleted")
    status = refusal_status(form) if form.is_bound else 200
    return render(request, "access/my_record/delete_account.html", {"form": form}, status=status)


@require_safe
def account_deleted(request: VisitorRequest) -> HttpResponse:
    return render(request, "access/my_record/account_deleted.html")
