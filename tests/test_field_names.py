"""Every field of every model has a name that people read: in the admin, in filters, in errors."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db.models import Field
from django.utils.functional import Promise
from django.utils.translation import override

# Words that are the same in both languages.
SAME = {
    "fr": {
        *(
            "action",
            "admission",
            "admissions",
            "code",
            "codes",
            "description",
            "invitation",
            "invitations",
        ),
        *("message", "option", "places", "publication", "publications", "question", "questions"),
        *("signal", "votes"),
        *("film", "options", "page", "points", "position", "quiz", "score", "version"),
    },
    "he": set(),
}


def _models() -> list:
    packages = ("access", "config", "demo", "media_items")
    return [one for one in apps.get_models() if one.__module__.split(".")[0] in packages]


def _fields() -> Iterator[tuple[str, Field]]:
    for model in _models():
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
            if not field.auto_created and field.model.__module__ == model.__module__:
                yield f"{model._meta.label}.{field.name}", field


def _unsaid(name: object, automatic: str, language: str) -> str:
    """The name as somebody reads it who does not read English, if it is English."""
    with override("en"):
        english = str(name)
    with override(language):
        said = str(name)
    is_english = said.lower() in {english.lower(), automatic.lower()}
    return said if is_english and said not in SAME[language] else ""


def test_there_are_models_and_fields_to_look_at():
    assert len(_models()) > 30
    assert len(list(_fields())) > 200


@pytest.mark.parametrize("language", ["fr", "he"])
def test_every_field_has_a_name_in_each_language(language):
    unsaid = {
        label: said
        for label, field in _fields()
        if (said := _unsaid(field.verbose_name, field.name.replace("_", " "), language))
    }
    assert unsaid == {}


@pytest.mark.parametrize("language", ["fr", "he"])
def test_every_model_has_a_name_in_each_language(language):
    unsaid = {
        model._meta.label: said
        for model in _models()
        for name in (model._meta.verbose_name, model._meta.verbose_name_plural)
        if (said := _unsaid(name, model.__name__, language))
    }
    assert unsaid == {}


def test_every_field_is_named_by_hand():
    """A name that Django made of the attribute is no text that anybody could translate."""
    assert [
        label for label, field in _fields() if not isinstance(field.verbose_name, Promise)
    ] == []
