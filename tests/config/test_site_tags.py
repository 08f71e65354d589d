"""What the frame of every page says about the site."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import translation


@pytest.mark.parametrize(("language", "way"), [("en", "ltr"), ("fr", "ltr"), ("he", "rtl")])
def test_a_page_says_its_language_and_its_direction(language, way):
    drawn = Template("{% load site %}<html {% language_attributes %}>")
    with translation.override(language):
        assert drawn.render(Context()) == f'<html lang="{language}" dir="{way}">'


def test_there_is_a_button_for_each_language_and_the_own_one_is_marked():
    drawn = Template("{% load site %}{% language_buttons %}").render(Context())
    assert drawn.count("<button ") == len(settings.LANGUAGES) == 3
    assert '<button name="language" value="en" lang="en" aria-current="true"><bdi>English' in drawn
    assert '<button name="language" value="he" lang="he"><bdi>עברית' in drawn


def test_where_another_form_saves_what_is_typed_it_takes_the_language():
    drawn = Template("{% load site %}{% language_buttons form=one %}").render(Context({"one": "q"}))
    wanted = '<button form="q" name="act" value="language:fr" lang="fr" formnovalidate>'
    assert wanted in drawn


def test_the_site_has_its_name_without_a_request(settings):
    settings.SITE_NAME = "A & B"
    assert Template("{% load site %}{% site_name %}").render(Context()) == "A &amp; B"
