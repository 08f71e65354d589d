"""Where the focus is in a form that comes back."""

from __future__ import annotations

import pytest
from crispy_forms.utils import render_crispy_form
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse

from access.accounts.forms import helper
from tests.reading import tags_of


class _Sample(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput)
    name = forms.CharField(widget=forms.TextInput(attrs={"autofocus": True}))
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    email = forms.EmailField()

    def clean(self):
        if self.cleaned_data.get("name") == "whole":
            raise ValidationError("Not as a whole.")
        return super().clean()


def _focused(data):
    form = _Sample(data)
    form.helper = helper()
    drawn = HttpResponse(render_crispy_form(form))
    return [one["name"] or one.name for one in tags_of(drawn) if "autofocus" in one]


_RIGHT = {"key": "k", "name": "Ada", "kind": "a", "email": "ada@example.org"}


@pytest.mark.parametrize(
    ("changed", "focused"),
    [
        (None, "name"),  # fresh: what the form itself asks for
        ({"key": "", "email": ""}, "email"),  # a hidden field cannot have it
        ({"name": "", "email": ""}, "name"),
        ({"kind": "", "email": ""}, "kind"),
        ({"name": "whole"}, "div"),  # the sentence above the form
        ({"name": "whole", "email": "x"}, "email"),
    ],
)
def test_the_focus_is_on_the_first_that_is_wrong(changed, focused):
    found = _focused(None if changed is None else {**_RIGHT, **changed})
    assert found[0] == focused
    assert set(found) == {focused}


def test_a_form_that_is_right_keeps_what_it_asks_for():
    assert _focused(_RIGHT) == ["name"]
