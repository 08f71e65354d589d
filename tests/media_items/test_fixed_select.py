"""A select that is drawn once for each choice."""

from __future__ import annotations

import pytest
from django import forms
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from media_items.fixed_select import FixedSelect

CHOICES = [("", _("All kinds")), ("a<", "A & b"), ("b", _("Status"))]


class Fixed(forms.Form):
    x = forms.ChoiceField(required=False, choices=CHOICES, widget=FixedSelect)


class Plain(forms.Form):
    x = forms.ChoiceField(required=False, choices=CHOICES)


@pytest.mark.parametrize("value", [None, "", "a<", "b", "other", "<b>", ["b"], 3])
@pytest.mark.parametrize("css", ["", "form-select"])
@pytest.mark.parametrize("language", ["en", "fr", "he"])
def test_it_is_what_django_draws_each_time(value, css, language):
    with translation.override(language):
        for given in ({"data": {"x": value}}, {}, {"initial": {"x": "b"}}):
            fixed, plain = Fixed(**given), Plain(**given)
            for form in (fixed, plain):
                form.fields["x"].widget.attrs["class"] = css
            for _again in range(2):
                assert str(fixed["x"]) == str(plain["x"])


def test_what_nobody_offers_is_not_kept():
    kept = Fixed.base_fields["x"].widget._drawn
    kept.clear()
    for number in range(10):
        str(Fixed({"x": f"other{number}"})["x"])
    assert not kept
    str(Fixed({"x": "b"})["x"])
    assert len(kept) == 1


def test_what_is_edited_is_seen_while_debugging(settings):
    settings.DEBUG = True
    kept = Fixed.base_fields["x"].widget._drawn
    kept.clear()
    str(Fixed({"x": "b"})["x"])
    assert not kept
