"""What a host types on a report: what to look for, and what to write to those who missed it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from crispy_forms.helper import FormHelper
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from access.invitations.models import Invitation
from access.reports import missed, people
from access.roles import Role
from media_items.live.sessions.models import LiveSession, Participant
from media_items.models import MediaItem
from media_items.searching import SearchedWordsField

MISSED = "missed"


class FindPeopleForm(forms.Form):
    """Ignores what it does not understand. The sorts and the role are of those who came; with
    `show=missed` there are others."""

    show = forms.ChoiceField(
        required=False, choices=[(key, key) for key in (*people.SHOWN, MISSED)]
    )
    q = SearchedWordsField(
        label=_("Name or email"),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=_("Role"), required=False, choices=[("", _("All roles")), *Role.choices]
    )
    sort = forms.ChoiceField(label=_("Sort"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.is_of_missed = data.get("show") == MISSED
        sorts = missed.SORTS if self.is_of_missed else people.SORTS
        cast("forms.ChoiceField", self.fields["sort"]).choices = list(sorts.items())
        if self.is_of_missed:
            del self.fields["role"]
        for field in self.fields.values():
            css = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
            field.widget.attrs["class"] = css
        self.full_clean()

    @property
    def shown(self) -> str:
        return str(self.cleaned_data.get("show") or "")

    @property
    def words(self) -> str:
        return str(self.cleaned_data["q"])

    @property
    def is_narrowing(self) -> bool:
        """Whether an empty list may only mean that nobody matches."""
        return bool(self.words or self.cleaned_data.get("role"))

    def people_of(self, session: LiveSession, moment: datetime) -> QuerySet[Participant]:
        rows: QuerySet[Participant] = session.participants.filter(people.SHOWN[self.shown][1])
        if role := self.cleaned_data.get("role"):
            rows = rows.filter(role=role)
        rows = people.matching(rows, self.words, session)
        return people.ordered(rows, self.cleaned_data.get("sort") or "", moment)

    def missed_of(self, session: LiveSession, moment: datetime) -> QuerySet[Invitation]:
        rows = missed.matching(missed.missed(session, moment), self.words)
        return missed.ordered(rows, self.cleaned_data.get("sort") or "")


class WriteToMissedForm(forms.Form):
    """With the session's recording or without it, and with which words. A session without one is
    asked for words only."""

    recording = forms.ChoiceField(
        label=_("Recording"),
        required=False,
        help_text=_("Everybody you email is invited to it as a viewer, even if it is private."),
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={
            "invalid_choice": _("That isn’t the recording of this session. Choose again."),
        },
    )
    note = forms.CharField(
        label=_("Personal note"),
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("Included in the email."),
    )
    declined = forms.BooleanField(label=_("Also those who declined"), required=False, initial=True)

    def __init__(
        self, *args: Any, recording: MediaItem | None, some_declined: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if recording is None:
            del self.fields["recording"]
        else:
            cast("forms.ChoiceField", self.fields["recording"]).choices = [
                ("", _("None: an email with only your message")),
                (recording.public_id, recording.title),
            ]
        if not some_declined:
            del self.fields["declined"]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean(self) -> dict[str, Any]:
        if "recording" not in self.fields and self.data.get("recording"):
            raise forms.ValidationError(
                _("The recording of this session can’t be shared any more. Check your message.")
            )
        says = self.cleaned_data.get("note") or self.cleaned_data.get("recording")
        if not says and not self.errors:
            self.add_error("note", _("Without a recording, the email needs a message from you."))
        return self.cleaned_data

    @property
    def with_declined(self) -> bool:
        return bool(self.cleaned_data.get("declined"))
