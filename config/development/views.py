"""Pages for trying Foyer out: the mail it would have sent."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from config.development.mails import Mail, all_mails, find_mail
from config.development.only_here import only_here

MAILS_PER_PAGE = 25


@require_safe
@only_here
def mails(request: HttpRequest) -> HttpResponse:
    page = Paginator(all_mails(), MAILS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "development/mails.html", {"page_obj": page})


@require_safe
@only_here
def mail(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "development/mail.html", {"mail": _mail_or_404(name)})


@require_safe
@only_here
@xframe_options_sameorigin
@csp_override(
    {
        "default-src": [CSP.NONE],
        "style-src": [CSP.UNSAFE_INLINE],
        "img-src": ["data:"],
        "frame-ancestors": [CSP.SELF],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
)
def mail_as_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part alone, as a mail program would show it: no script, nothing loaded."""
    return HttpResponse(_mail_or_404(name).html)


def _mail_or_404(name: str) -> Mail:
    found = find_mail(name)
    if found is None:
        raise Http404
    return found
