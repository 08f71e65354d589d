"""The site policy as one page, with what the server's own settings say beside each ceiling."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.email_domains import read_domains, shown_domains
from access.site_policy.models import SitePolicy, current_policy

# Which setting of the server stands above each ceiling.
SETTING_OF = {
    "links_per_item": "GUEST_LINKS_PER_ITEM",
    "longest_days": "GUEST_LINK_LONGEST_DAYS",
    "most_places": "GUEST_LINK_MOST_PLACES",
    "invitation_longest_days": "INVITATION_LONGEST_DAYS",
    "guest_data_kept_days": "GUEST_DATA_KEPT_DAYS",
}
DOMAINS = ("invited_domains", "uninvited_domains")


class SitePolicyForm(forms.ModelForm[SitePolicy]):
    class Meta:
        model = SitePolicy
        fields = "__all__"  # noqa: DJ007 - the page is the whole policy
        widgets: ClassVar[Any] = {name: forms.Textarea(attrs={"rows": 3}) for name in DOMAINS}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, setting in SETTING_OF.items():
            if name in self.fields:
                self.fields[name].help_text = _explained(setting)
        for name in DOMAINS:
            if name in self.fields:
                self.initial[name] = shown_domains(getattr(self.instance, name))

    def clean_invited_domains(self) -> str:
        return read_domains(self.cleaned_data["invited_domains"])

    def clean_uninvited_domains(self) -> str:
        return read_domains(self.cleaned_data["uninvited_domains"])


def _explained(setting: str) -> str:
    limit = getattr(settings, setting)
    if limit is None:
        return _("The server sets no limit. Leave empty for no limit, or enter one.")
    return _(
        "The server allows %(limit)s. Leave empty to use that. A smaller number is stricter; a "
        "larger one changes nothing. To have it raised, ask whoever runs the server."
    ) % {"limit": limit}


@admin.register(SitePolicy)
class SitePolicyAdmin(admin.ModelAdmin):
    form = SitePolicyForm
    autocomplete_fields = ["makers_group", "inviters_group", "gallery_makers_group"]
    fieldsets = [
        (
            gettext_lazy("Guest links"),
            {
                "fields": [
                    "guest_link_makers",
                    "makers_group",
                    "links_per_item",
                    "longest_days",
                    "most_places",
                ],
                "description": gettext_lazy(
                    "A link that exists keeps working when this becomes stricter. To stop one, "
                    "pause or delete it under Guest links."
                ),
            },
        ),
        (
            gettext_lazy("Invitations"),
            {
                "fields": [
                    "inviters",
                    "inviters_group",
                    "inviting_roles",
                    "invitation_longest_days",
                    "invited_domains",
                    "uninvited_domains",
                ],
                "description": gettext_lazy(
                    "An invitation that exists keeps working when this becomes stricter. To stop "
                    "one, withdraw it under Invitations. Hosts can always withdraw their own."
                ),
            },
        ),
        (
            gettext_lazy("Galleries and channels"),
            {
                "fields": ["gallery_makers", "gallery_makers_group"],
                "description": gettext_lazy(
                    "Whoever creates one manages it: its name, its members, what is published in "
                    "it, and its deletion."
                ),
            },
        ),
        (
            gettext_lazy("Guest data"),
            {"fields": ["guest_data_kept_days", "guest_notice", "privacy_text"]},
        ),
    ]
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> SitePolicy | None:
        """The row, or the defaults while nobody has saved one: saving makes the row."""
        return current_policy() if object_id == "1" else None

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("admin:access_sitepolicy_change", "1")
