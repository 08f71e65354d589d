"""Response headers that Django has no setting for, and two of Django's own middlewares without what
Foyer has no use for (docs/adr/0064)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, override

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csp import ContentSecurityPolicyMiddleware
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.csp import CSP, build_policy

from media_items.responses import varies_by_language

# Camera and microphone are for the stage of a live session, on our own pages only.
PERMISSIONS_POLICY = (
    "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), "
    "picture-in-picture=(self), autoplay=(self), clipboard-write=(self), geolocation=(), "
    "payment=(), usb=(), midi=(), serial=(), accelerometer=(), gyroscope=(), "
    "magnetometer=()"
)


class HeadersMiddleware:
    """What a view has said itself stays.

    `Permissions-Policy` names the features of the browser that our pages use; all others are off.

    SECURITY: lists of people and media are personal; no shared cache may keep them. So where a view
    sets no caching, only this browser may store its answer, and it must revalidate. Nor may the
    browser keep a page for somebody it knows: after they have left or signed out, *Back* would
    show it. Pages for strangers stay in its memory, and so does every file.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        headers = response.headers
        headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        headers.setdefault("Cache-Control", "private, no-cache")
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return response
        caching = headers["Cache-Control"]
        is_page = headers.get("Content-Type", "").startswith("text/html")
        if is_page and "public" not in caching and "no-store" not in caching:
            headers["Cache-Control"] = "private, no-store"
        return response


class PolicyMiddleware(ContentSecurityPolicyMiddleware):
    """The site's policy is the same for all pages that say nothing of it, and is written once. What
    a view says, a nonce and a policy that only reports are Django's to write."""

    _of_site: tuple[dict[str, Any], str] | None = None

    @override
    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        said = vars(response)
        if "_csp_config" in said or "_csp_ro_config" in said or settings.SECURE_CSP_REPORT_ONLY:
            return super().process_response(request, response)
        config: dict[str, Any] = settings.SECURE_CSP
        if self._of_site is None or self._of_site[0] is not config:
            if not config or any(CSP.NONCE in values for values in config.values()):
                return super().process_response(request, response)
            self._of_site = config, build_policy(config)
        response.headers.setdefault("Content-Security-Policy", self._of_site[1])
        return response


class LanguageMiddleware(LocaleMiddleware):
    """No address of Foyer begins with a language, so none is looked for in it."""

    @override
    def process_request(self, request: HttpRequest) -> None:
        translation.activate(translation.get_language_from_request(request))
        request.LANGUAGE_CODE = translation.get_language()

    @override
    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        varies_by_language(response)
        response.headers.setdefault("Content-Language", translation.get_language())
        return response
