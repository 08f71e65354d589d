"""How fields are drawn, and where the focus is in a form that comes back."""

from __future__ import annotations

import re

import pytest
from crispy_forms.utils import render_crispy_form
from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from access.accounts.forms import ResetPasswordForm, SignInForm, helper
from access.code_forms import CodeForm
from access.guests.door_forms import JoinForm
from access.invitations.door_forms import AddressForm
from config.form_fields import FormRenderer
from config.templatetags import plain_fields
from config.templatetags.plain_fields import small_form
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


class _Typed(forms.Form):
    name = forms.CharField(label="Your <name>", widget=forms.TextInput(attrs={"class": "wide"}))
    email = forms.EmailField(help_text="Only <b>here</b>.")
    word = forms.CharField(widget=forms.PasswordInput(attrs={"data-x": True, "data-y": False}))
    said = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def clean(self):
        raise ValidationError(["Not as a whole.", "<Nor> in parts."])


def _in_one_form(drawn):
    """Attributes in one order, no white space between tags."""

    def in_order(tag):
        parts = re.findall(r'[\w-]+(?:="[^"]*")?', tag[2])
        return f"<{tag[1]} {' '.join(sorted(parts))}>"

    drawn = re.sub(r"<(\w+)([^>]*)>", in_order, drawn)
    return re.sub(r"\s*([<>])\s*", r"\1", re.sub(r"\s+", " ", drawn)).strip()


@pytest.mark.parametrize(
    "data", [None, {}, {"name": 'a"b<', "email": "x", "word": "y", "said": "</textarea>"}]
)
def test_a_small_form_is_drawn_as_crispy_draws_it(data):
    by_crispy, plain = _Typed(data, initial={"said": "x"}), _Typed(data, initial={"said": "x"})
    by_crispy.helper = helper()
    drawn = render_to_string("forms/_fields.html", {"form": plain})
    assert _in_one_form(drawn) == _in_one_form(render_crispy_form(by_crispy))


def test_the_trap_of_a_door_is_out_of_the_way():
    drawn = _in_one_form(render_to_string("forms/_fields.html", {"form": JoinForm()}))
    assert '<div aria-hidden="true" class="trap"><div class="mb-3" id="div_id_website">' in drawn


@pytest.mark.parametrize("value", [None, "", 'a"<b', SafeString("a&amp;b"), 12, gettext_lazy("On")])
@pytest.mark.parametrize(
    "widget",
    [
        forms.TextInput,
        forms.PasswordInput(render_value=True),
        forms.HiddenInput,
        forms.NumberInput,
        forms.EmailInput,
        forms.URLInput,
        forms.DateInput,
    ],
)
def test_an_input_is_drawn_as_django_draws_it(widget, value):
    widget = widget() if isinstance(widget, type) else widget
    attrs = {"required": True, "autofocus": False, "min": 3, "title": value, 'x"y': "<"}
    own, djangos = (
        widget.render("na<me", value, attrs, renderer=renderer())
        for renderer in (FormRenderer, TemplatesSetting)
    )
    assert own == djangos
    assert isinstance(own, SafeString)


FRESH = [
    (JoinForm, {}, {"initial": {"name": "Ada", "email": "ada@example.org"}}),
    (SignInForm, {"request": None}, {"initial": {"username": "ada@example.org"}}),
    (ResetPasswordForm, {}, {"data": {}}),
    (CodeForm, {}, {"data": {"code": "123 456"}}),
    (AddressForm, {}, {"data": {"email": "ada"}}),
]


@pytest.mark.parametrize(("form", "made_with", "of_somebody"), FRESH)
def test_a_fresh_form_is_the_same_for_all_and_one_with_a_persons_words_is_theirs(
    form, made_with, of_somebody
):
    anew = {}
    for language in ("en", "he", "en", "he"):
        with translation.override(language):
            theirs = small_form(form(**of_somebody))
            anew[language] = render_to_string("forms/_fields.html", {"form": form()})
            assert small_form(form(**made_with)) == small_form(form()) == anew[language]
            assert theirs != anew[language]
    assert anew["en"] != anew["he"]


@pytest.mark.parametrize("form", [form for form, *_ in FRESH])
def test_what_a_view_wrote_into_a_fresh_form_is_shown_to_nobody_else(form, monkeypatch):
    """SECURITY: whoever comes first is the one whose form is drawn for all."""
    monkeypatch.setattr(plain_fields, "_fresh", {})
    theirs = form()
    for field in theirs.fields.values():
        field.initial = field.help_text = "ada@example.org"
        field.widget.attrs["data-x"] = "ada@example.org"
    small_form(theirs)
    assert "ada@example.org" not in small_form(form())


def test_every_form_that_is_the_same_for_all_is_tested():
    def all_of(parent):
        return {one for sub in parent.__subclasses__() for one in [sub, *all_of(sub)]}

    said = {one for one in all_of(forms.BaseForm) if getattr(one, "is_same_for_all", False)}
    assert said == {form for form, *_ in FRESH}
