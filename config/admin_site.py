"""The admin site, with Foyer's name and the site's own sign-in, which limits tries."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class FoyerAdminSite(AdminSite):
    site_title = _("Foyer administration")
    index_title = _("Site administration")

    @property
    def site_header(self) -> str:  # type: ignore[override]
        return _("%(site)s administration") % {"site": settings.SITE_NAME}

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """SECURITY: the whole site has one sign-in, so that its limit on tries holds here, too."""
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(
            request.GET.get("next", reverse("admin:index")), reverse("access:sign_in")
        )

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """SECURITY: the whole site has one such page, for the same reason."""
        return redirect("access:change_password")
