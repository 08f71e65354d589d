"""Numbers of any length, at every place of an address, a query and a form: never an error of ours.

Found by introspection, so that a new address, a new name and a new form are tried as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django import forms
from django.db import transaction
from django.urls import NoReverseMatch, reverse
from django.urls.converters import IntConverter

from access.links import guest_link_token, invitation_token
from media_items.numbers import LARGEST_ID, NumberConverter
from tests import undoing
from tests.test_access_table import ADDRESSES
from tests.test_live_access import LiveWorld, make_world

ROOT = Path(__file__).resolve().parent.parent
STANDS_FOR = "7012345"
LONG = ["9" * 25, "9" * 6_000]
SOURCES = {
    path.relative_to(ROOT): path.read_text(encoding="utf-8")
    for folder in ("access", "media_items")
    for path in sorted((ROOT / folder).rglob("*.py"))
}
# Wherever a view reads a name from a query or a form by hand.
BY_HAND = re.compile(
    r"""(?:GET|POST|query|params|data)(?:\.get(?:list)?\(\s*|\[)["'](\w+)["']|number_in\([^"]*"(\w+)\""""
)
NAMES = {
    path: {one or other for one, other in BY_HAND.findall(text)} for path, text in SOURCES.items()
}
OUR_FORMS = ("access.", "media_items.")


def every_form(of: type = forms.BaseForm) -> Iterator[type[forms.BaseForm]]:
    for one in of.__subclasses__():
        yield one
        yield from every_form(one)


def field_names() -> set[str]:
    found = set().union(*NAMES.values())
    for form in every_form():
        if form.__module__.startswith(OUR_FORMS):
            found |= set(getattr(form, "base_fields", {}))
    return found - {"csrfmiddlewaretoken"}


def names_read_by(address: str) -> set[str]:
    """By hand, in the room of its view or in what all rooms stand on: in all they would be so many
    that long numbers take their time."""
    room = Path(*ADDRESSES[address].callback.__module__.split(".")[:3])
    near = [path for path in NAMES if path.is_relative_to(room) or len(path.parts) == 2]
    return set().union(*(NAMES[path] for path in near))


def usual_words(world: LiveWorld, name: str) -> dict[str, object]:
    link = world.admissions["guest"].guest.link
    return {
        "public_id": world.item.public_id,
        "item_id": world.item.public_id,
        "form": "csv",
        "kind": "room",
        "uidb64": "MQ",
        "app_label": "media_items",
        "token": guest_link_token(link)
        if name.startswith(("access:join", "access:ask_host"))
        else invitation_token(world.proofs["viewer"].invitation),
    }


def paths_with(number: str, world: LiveWorld) -> Iterator[tuple[str, str]]:
    """Every address with `number` wherever it takes one, or a key that holds one."""
    for name, pattern in ADDRESSES.items():
        usual = usual_words(world, name)
        converters = {"public_id": None, **pattern.pattern.converters}
        for before in ("", "i", "g", "account:"):
            words: dict[str, object] = dict.fromkeys(converters, f"{before}{STANDS_FOR}")
            for word, converter in converters.items():
                if isinstance(converter, IntConverter | NumberConverter):
                    words[word] = STANDS_FOR
            words |= {word: usual[word] for word in converters if word in usual}
            found = _path(name, words)
            if found:
                yield name, found.replace(STANDS_FOR, number)


def _path(name: str, words: dict[str, object]) -> str:
    for one in (words, {word: words[word] for word in words if word != "public_id"}):
        try:
            return reverse(name, kwargs=one)
        except NoReverseMatch:
            continue
    return ""


@pytest.mark.long
@pytest.mark.parametrize("number", LONG, ids=["25 digits", "6,000 digits"])
def test_no_address_fails_at_a_number_of_any_length(db, number):
    world = make_world("room")
    browser = world.browser_of("owner")
    browser.raise_request_exception = False
    every_name = field_names()
    wrong = []
    for name, path in sorted(set(paths_with(number, world))):
        names = names_read_by(name) if len(number) > 1_000 else every_name
        typed = dict.fromkeys(names, number)
        for method in ("get", "post"):
            with undoing.stage():
                answer = getattr(browser, method)(path, typed)
                transaction.set_rollback(True)
            if answer.status_code >= 500:
                wrong.append((name, method, path[:80]))
    assert wrong == []


def test_every_address_of_ours_reads_its_numbers_by_the_one_reader():
    """Django's own `int` lets through what no database takes."""
    ours = {
        name: pattern.pattern.converters
        for name, pattern in ADDRESSES.items()
        if pattern.callback.__module__.startswith(OUR_FORMS)
    }
    by_django = [
        name
        for name, converters in ours.items()
        if any(isinstance(one, IntConverter) for one in converters.values())
    ]
    assert by_django == []


def test_every_number_of_a_form_has_a_most():
    """Those of a model's own fields are judged by the model."""
    unbounded = {
        f"{form.__module__}.{form.__qualname__}.{name}"
        for form in every_form()
        if form.__module__.startswith(OUR_FORMS)
        for name, field in getattr(form, "declared_fields", {}).items()
        if isinstance(field, forms.IntegerField)
        and (field.max_value is None or field.max_value > LARGEST_ID)
    }
    assert unbounded == set()
