"""The admin site: Foyer's name, the site's own sign-in, and an index by what an admin comes for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.person_page.views import find_person, may_see_people, person
from config.background_work import PERMISSION, background_work

# What an admin comes for: in each group the models, as `app_label.model_name`, with a sentence.
GROUPS: dict[Any, dict[str, Any]] = {
    _("People"): {
        "accounts.user": _("Everybody who can sign in."),
        "invitations.invitation": _("Who was invited to what, and what they answered."),
        "guests.guest": _("Who joined with a guest link."),
        "guests.accessrequest": _("Who asked a host to be let in."),
        "access.block": _("Who was removed from a session or blocked on an item."),
        "auth.group": _("Accounts that have the same rights here."),
    },
    _("Media"): {
        "media_items.mediaitem": _("Films, recordings, documents, live events and rooms."),
        "media_items.gallery": _("Courses and channels."),
        "access.gallerymembership": _("Who is in which gallery."),
    },
    _("Access"): {
        "guests.guestlink": _("Links that let in whoever has them."),
        "access.accessevent": _("Who did what to whose access, and when."),
    },
    _("Sessions"): {
        "live.livesession": _("Live events and rooms that are or were open."),
        "live.participant": _("Who was in which session."),
        "live.chatmessage": _("What was written for everybody in a session."),
        "live.audiencequestion": _("What was asked, and the answers."),
        "live.poll": _("How many chose what."),
        "live.broadcast": _("What was sent in live events, and the recordings."),
    },
    _("Quizzes"): {
        "quizzes.quiz": _("What each quiz is set to."),
        "quizzes.taker": _("Who took which quiz, and their points."),
        "quizzes.attempt": _("When each attempt was made, and how it ended."),
    },
    pgettext_lazy("section", "Email"): {
        "access.outgoingmail": _("What became of each email."),
        "access.mailtext": _("Your own words for the emails that Foyer sends."),
    },
    _("Site"): {
        "access.sitepolicy": _("Who may share with people outside, how widely and for how long."),
    },
}


class FoyerAdminSite(AdminSite):
    site_title = _("Foyer administration")
    index_title = _("Administration")
    enable_nav_sidebar = True

    @property
    def site_header(self) -> str:  # type: ignore[override]
        return _("%(site)s administration") % {"site": settings.SITE_NAME}

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context: dict[str, Any] = super().each_context(request)
        return context | {"may_see_people": may_see_people(request.user)}

    def get_urls(self) -> list[URLResolver | URLPattern]:
        wrap = self.admin_view
        return [
            path("people/", wrap(find_person), name="find_person"),
            path("people/<slug:kind>/<number:pk>/", wrap(person), name="person"),
            path("background-work/", wrap(background_work), name="background_work"),
            *super().get_urls(),
        ]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """One "app" for each group; what no group names stands in the last one."""
        found = {
            f"{app['app_label']}.{model['object_name'].lower()}": model
            for app in self._build_app_dict(request, app_label).values()
            for model in app["models"]
        }
        groups = [
            {
                "name": name,
                "app_label": f"group-{number}",
                "app_url": reverse("admin:index"),
                "models": [
                    {**found.pop(label), "what_for": what_for}
                    for label, what_for in models.items()
                    if label in found
                ],
            }
            for number, (name, models) in enumerate(GROUPS.items())
        ]
        groups[-1]["models"] += [*found.values(), *_more(request)]
        return [group for group in groups if group["models"]]

    def app_index(  # type: ignore[override]
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Apps are how Foyer is built, and nothing that an admin looks for."""
        return redirect("admin:index")

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


def _more(request: HttpRequest) -> Iterator[dict[str, Any]]:
    """Pages of the last group that are no list of rows."""
    if request.user.has_perm(PERMISSION):
        yield {
            "name": _("Background work"),
            "object_name": "BackgroundWork",
            "admin_url": reverse("admin:background_work"),
            "add_url": None,
            "view_only": True,
            "what_for": _("What runs behind the pages, and what went wrong there."),
        }
