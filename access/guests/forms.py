"""Forms of hosts about guest links."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Field, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from access.email_domains import read_domains, shown_domains
from access.guests.models import GuestLink
from access.last_days import LONGEST_DAYS, end_of_day, last_day_of, name_zone
from access.site_policy.models import SitePolicy
from access.typed_text import clean_words
from media_items.models import MediaItem
from media_items.quizzes.choices import Preset
from media_items.quizzes.models import Quiz


class GuestLinkForm(forms.ModelForm):
    """The fields of creating and changing a link: its name, its places, what guests may do."""

    class Meta:
        model = GuestLink
        fields = [
            "name",
            "places",
            "may_download",
            "may_chat",
            "may_ask",
            "may_raise_hand",
            "may_take_quiz",
            "verify_before_quiz",
            "waiting_room",
            "email_domains",
        ]
        widgets = {"email_domains": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, item: MediaItem, policy: SitePolicy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.item = item
        self.policy = policy
        self._shape_fields()
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def _shape_fields(self) -> None:
        places = self.fields["places"]
        places.widget.attrs |= {"inputmode": "numeric", "placeholder": _("No limit"), "min": 1}
        most = self.policy.most_places_ceiling
        places.required = most is not None
        places.help_text = (
            _("One email address takes one place, even if the person comes back.")
            if most is None
            else ngettext_lazy(
                "One email address takes one place, even if the person comes back. This site "
                "allows up to %(most)s place.",
                "One email address takes one place, even if the person comes back. This site "
                "allows up to %(most)s places.",
                most,
            )
            % {"most": most}
        )
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        domains = self.fields["email_domains"]
        self.initial["email_domains"] = shown_domains(self.instance.email_domains)
        domains.label = _("Only email addresses at these domains")
        domains.help_text = _("For example example.edu. Leave empty to accept any email address.")
        if not self.item.has_files:
            del self.fields["may_download"]
        if not self.item.is_live_kind:
            for name in ("may_chat", "may_ask", "waiting_room"):
                del self.fields[name]
        if self.item.kind != "room":
            del self.fields["may_raise_hand"]
        if self.item.kind == "quiz":
            self.fields["verify_before_quiz"].help_text = _verify_help(self.item)
        else:
            for name in ("may_take_quiz", "verify_before_quiz"):
                del self.fields[name]

    def permissions(self) -> list[str]:
        """The switches this kind of item has, for the layout."""
        return [name for name in _PERMISSIONS if name in self.fields]

    def clean_name(self) -> str:
        if not (name := clean_words(self.cleaned_data["name"], most=100)):
            raise ValidationError(_("Enter a name that helps you recognise the link."))
        return name

    def clean_email_domains(self) -> str:
        return read_domains(self.cleaned_data["email_domains"])

    def options(self) -> dict[str, Any]:
        """The arguments of `services.links`, except the name."""
        names = {*self.permissions(), "places", "email_domains"}
        return {name: self.cleaned_data[name] for name in names}


def _verify_help(item: MediaItem) -> str:
    """Suggested where the quiz is a test. One query."""
    said = _(
        "We send the code. Without it, the limit of attempts holds for each browser and not for "
        "each person, and you don’t know whose name it is."
    )
    is_test = Quiz.objects.filter(item=item, preset=Preset.TEST).exists()
    return f"{_('Suggested for a test.')} {said}" if is_test else str(said)


# In the order of the forms.
_PERMISSIONS = (
    "may_download",
    "may_take_quiz",
    "verify_before_quiz",
    "may_chat",
    "may_ask",
    "may_raise_hand",
    "waiting_room",
)
# The first thing to decide about a link: to a session, who walks in and who waits; to a quiz,
# whether its guests take it or only look, and as whom.
_IN_SIGHT = frozenset({"waiting_room", "may_take_quiz", "verify_before_quiz"})


class CreateGuestLinkForm(GuestLinkForm):
    """What most links need is shown; the rest is folded up under “More”."""

    days = forms.IntegerField(
        label=_("Days"),
        required=False,
        min_value=1,
        max_value=LONGEST_DAYS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "placeholder": _("No limit")}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        longest = self.policy.longest_days_ceiling
        self.fields["days"].required = longest is not None
        self.fields["days"].help_text = (
            _("The link works until the end of its last day.")
            if longest is None
            else ngettext_lazy(
                "This site allows up to %(days)s day.",
                "This site allows up to %(days)s days.",
                longest,
            )
            % {"days": longest}
        )
        self.helper.layout = Layout(
            Div("name", Div("places", "days", css_class="field-pair")),
            *[Field(name) for name in self.permissions() if name in _IN_SIGHT],
            HTML('{% include "access/guests/_more_opens.html" %}'),
            *[Field(name) for name in self.permissions() if name not in _IN_SIGHT],
            "email_domains",
            HTML("</details>"),
        )

    def options(self) -> dict[str, Any]:
        days = self.cleaned_data["days"]
        ends = end_of_day(timezone.now(), days) if days else None
        return {**super().options(), "expires_at": ends}


class EditGuestLinkForm(GuestLinkForm):
    """The last day is a date here, not a number of days: the host moves it."""

    last_day = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_(
            "Leave empty for no end date. Access ends after this day, also for guests "
            "who already joined."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.expires_at:
            self.initial["last_day"] = last_day_of(self.instance.expires_at)
        name_zone(self.fields["last_day"], self.instance.expires_at)
        self.helper.layout = Layout(
            "name",
            Div("places", "last_day", css_class="field-pair"),
            *[Field(name) for name in self.permissions()],
            "email_domains",
        )

    def clean_last_day(self) -> Any:
        day = self.cleaned_data["last_day"]
        unchanged = day == self.initial.get("last_day")
        if day and not unchanged and day < timezone.localdate():
            raise ValidationError(_("That day has passed. To stop the link now, pause it."))
        if day and day > timezone.localdate() + timedelta(days=LONGEST_DAYS):
            raise ValidationError(_("Choose a day within the next ten years."))
        return day

    def options(self) -> dict[str, Any]:
        day = self.cleaned_data["last_day"]
        if day == self.initial.get("last_day"):
            ends = self.instance.expires_at
        else:
            ends = day and end_of_day(
                timezone.make_aware(datetime.combine(day, datetime.min.time())), 0
            )
        return {**super().options(), "expires_at": ends}


END = "end"
STAY = "stay"


class SwitchOffForm(forms.Form):
    """Whether the people inside may stay, or lose access now."""

    inside = forms.ChoiceField(choices=[(STAY, STAY), (END, END)])

    @property
    def end_inside(self) -> bool:
        return bool(self.cleaned_data["inside"] == END)
