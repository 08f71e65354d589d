"""The shape of a text, drawn once: each mail says its own values, and only what it has."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from django.template import engines
from django.utils.html import escape

from access.mail import text_shapes
from access.mail.texts import Texts, write
from media_items.outlines import NotAnOutline
from tests import factories

BODY = "{host} asks {name} to {title}.\n{note}\n\n{link}\n\nIt is at {link} & {when}"
LINK = "https://x.example/i/1-2-3/"
VALUES = dict.fromkeys(("host", "name", "title", "note", "when"), "said") | {"link": LINK}
NASTY = ["{title}", "<b>&\"'</b>", "the subject[link]", "\\1 %s {0}", "יוסי <a@b>", "one\ntwo"]


@pytest.mark.parametrize("value", NASTY)
@pytest.mark.parametrize("name", ["host", "name", "title", "note", "when"])
def test_what_somebody_typed_is_no_place_and_no_markup(name, value):
    said = write(kind="invite", subject="{title}!", body=BODY, values=VALUES | {name: value})
    shown = "<br>".join(escape(line) for line in value.split("\n"))
    assert f'<bdi dir="auto">{shown}</bdi>' in said.html
    assert value in said.text
    if name == "title":
        assert f"<title>{escape(' '.join(said.subject.split()))}</title>" in said.html
        assert "\n" not in said.subject


@pytest.mark.django_db
def test_a_text_is_drawn_once_for_all_that_leave_the_same_out():
    factories.MailTextFactory(language="en", subject="{title}", body=BODY)
    texts, drawn = Texts("en"), text_shapes.render_to_string
    with patch.object(text_shapes, "render_to_string", wraps=drawn) as drawing:
        for number in range(3):
            for note in ("", f"note {number}"):
                values = VALUES | {"name": f"person {number}", "note": note}
                said = texts.write("invite", values)
                assert said == write(kind="invite", subject="{title}", body=BODY, values=values)
                assert f"asks person {number} to" in said.text
                assert ("note" in said.text) == ("note" in said.html) == bool(note)
    assert drawing.call_count == 2 * (6 + 2)


@pytest.mark.parametrize(
    "does_more",
    [
        "{{ block.link|urlencode }}",
        "{{ block.link|upper }}",
        "{{ block.link|lower }}",
        "{{ block.link|truncatechars:20 }}",
        "{{ block.link|slice:':900' }}",
        "{{ block.link }}{% if subject|length > 60 %}…{% endif %}",
    ],
)
def test_a_template_that_changes_a_value_or_looks_at_it_is_refused(monkeypatch, does_more):
    text = f"{{% for block in blocks %}}{{{{ block.words }}}}{does_more}{{% endfor %}}"
    template = engines["django"].from_string(text)
    monkeypatch.setattr(
        text_shapes, "render_to_string", lambda _name, context: template.render(context)
    )
    with pytest.raises(NotAnOutline):
        write(kind="invite", subject="{title}", body="{link}\n\nHello {name}", values=VALUES)
