"""What the host sets for all sessions of an item."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from media_items.catalogue.models import Kind
from media_items.live.sessions.models import LiveSettings, StageAccess

STAGE_ACCESS_HELP = {
    StageAccess.EVERYONE: _("Everybody can go on stage while there is a free seat."),
    StageAccess.BY_REQUEST: _("People raise their hand and you bring them on stage."),
    StageAccess.INVITE_ONLY: _("Only people you bring on stage."),
}


class LiveSettingsForm(forms.ModelForm[LiveSettings]):
    """A live event has no stage that anybody could come on."""

    class Meta:
        model = LiveSettings
        fields = ["early_entrance_minutes", "waiting_room", "stage_access", "anonymous_questions"]
        labels = {
            "early_entrance_minutes": _("Lobby opens before the start (minutes)"),
            "waiting_room": _("Waiting room"),
            "anonymous_questions": _("Allow anonymous questions"),
        }
        help_texts = {
            "early_entrance_minutes": _(
                "How long before the start people can enter the lobby. Enter 0 to open "
                "it at the start."
            ),
            "waiting_room": _(
                "People wait until you let them in. Hosts and moderators never wait. You can also "
                "set this for one guest link only."
            ),
            "stage_access": _("Who can go on stage besides hosts, moderators and speakers."),
            "anonymous_questions": _(
                "Nobody can see who asked an anonymous question, not even you."
            ),
        }
        error_messages = {
            "early_entrance_minutes": {
                "required": _("Enter a number of minutes, such as 15."),
                "invalid": _("Enter a whole number of minutes, such as 15."),
                "min_value": _("Enter a whole number of minutes, such as 15."),
                "max_value": _("The limit is one day (1440 minutes)."),
            }
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.item.kind != Kind.ROOM:
            del self.fields["stage_access"]
        minutes = self.fields["early_entrance_minutes"]
        minutes.widget.attrs |= {"inputmode": "numeric", "max": 24 * 60}
        for validator in minutes.validators:
            if validator.code == "max_value":  # type: ignore[attr-defined]
                validator.message = minutes.error_messages["max_value"]  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = Layout(*self.fields)


class StageAccessForm(forms.Form):
    access = forms.ChoiceField(choices=StageAccess, error_messages={"required": _("Choose one.")})

    @property
    def rows(self) -> list[dict[str, Any]]:
        chosen = self["access"].value()
        return [
            {"access": one, "help": STAGE_ACCESS_HELP[one], "checked": one == chosen}
            for one in StageAccess
        ]
