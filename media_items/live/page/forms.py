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
    StageAccess.EVERYONE: _("Everybody may come on stage while there is a seat."),
    StageAccess.BY_REQUEST: _("People ask; you bring them on."),
    StageAccess.INVITE_ONLY: _("Only those you bring on yourself."),
}


class LiveSettingsForm(forms.ModelForm[LiveSettings]):
    """A live event has no stage that anybody could come on."""

    class Meta:
        model = LiveSettings
        fields = ["early_entrance_minutes", "stage_access", "anonymous_questions"]
        labels = {
            "early_entrance_minutes": _("Early entrance, in minutes"),
            "anonymous_questions": _("Questions without a name are allowed"),
        }
        help_texts = {
            "early_entrance_minutes": _(
                "How long before the start people may come into the lobby. 0: at the start."
            ),
            "stage_access": _("Who may come on stage besides hosts, moderators and speakers."),
            "anonymous_questions": _("Nobody learns who asked such a question, not even you."),
        }
        error_messages = {
            "early_entrance_minutes": {
                "required": _("Please write a number of minutes, such as 15."),
                "invalid": _("Please write a whole number of minutes, such as 15."),
                "min_value": _("Please write a whole number of minutes, such as 15."),
                "max_value": _("At most a day: 1440 minutes."),
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
