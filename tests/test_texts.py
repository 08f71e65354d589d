"""The files of translations: what is missing, half or broken is found before anybody reads it."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import texts


@pytest.fixture
def found(tmp_path, monkeypatch):
    """A project of four texts, and a folder of its own for its translations."""
    monkeypatch.setattr(texts, "ROOT", tmp_path)
    (tmp_path / "templates").mkdir()
    (tmp_path / "access").mkdir()
    (tmp_path / "access" / "words.py").write_text(
        "from django.utils.translation import gettext as _, ngettext\n"
        '_("Share")\n'
        'ngettext("%(count)d guest", "%(count)d guests", 3)\n'
    )
    (tmp_path / "templates" / "page.html").write_text(
        '{% load i18n %}\n  <p title="{% translate "Share" %}">\n'
        "    {% blocktranslate %}{{ name }} has <strong>joined</strong>.{% endblocktranslate %}"
        "{% translate 'From' context 'a time' %}</p>\n"
    )
    return texts.template


def take(tmp_path, *filled):
    file = tmp_path / "filled.json"
    file.write_text(json.dumps([{"text": text, "say": say, **more} for text, say, more in filled]))
    return texts.take("he", json.loads(file.read_text()))


WHOLE = (
    ("Share", "שיתוף", {}),
    ("%(name)s has <strong>joined</strong>.", "<strong>הצטרפות</strong>: %(name)s.", {}),
    (["%(count)d guest", "%(count)d guests"], ["אורח", "שני אורחים", "%(count)d אורחים"], {}),
    ("From", "מ־", {"context": "a time"}),
)


def test_code_and_templates_are_read(found):
    read = {(one.id, one.context) for one in found() if one.id}
    assert read == {
        ("Share", None),
        ("%(name)s has <strong>joined</strong>.", None),
        (("%(count)d guest", "%(count)d guests"), None),
        ("From", "a time"),
    }


def test_what_is_translated_is_whole(found, tmp_path):
    assert take(tmp_path, *WHOLE) == []
    assert texts.faults("he", found()) == []
    assert texts.missing("he") == []


def test_what_is_missing_is_found(found, tmp_path):
    assert take(tmp_path, *WHOLE[:3]) == []
    assert [one["text"] for one in texts.missing("he")] == ["From"]
    assert any("not translated: 'From'" in fault for fault in texts.faults("he", found()))


@pytest.mark.parametrize(
    ("text", "say", "wrong"),
    [
        ("%(name)s has <strong>joined</strong>.", "<strong>הצטרפות</strong>.", "variables differ"),
        ("%(name)s has <strong>joined</strong>.", "%(name)s: הצטרפות", "markup differs"),
        ("Share", " שיתוף", "spaces at its ends differ"),
        ("Share", "l'accès", "a straight apostrophe"),
        (["%(count)d guest", "%(count)d guests"], ["אורח", "אורחים", "אורחים"], "variables differ"),
        (["%(count)d guest", "%(count)d guests"], ["אורח", "", "%(count)d"], "not translated"),
        ("Nobody says so", "אין", "nothing says"),
    ],
)
def test_what_is_wrong_is_not_taken(found, tmp_path, text, say, wrong):
    [said] = take(tmp_path, (text, say, {}))
    assert wrong in said
    assert len(texts.missing("he")) == 4


def test_a_text_that_changed_is_a_new_one(found, tmp_path):
    take(tmp_path, *WHOLE)
    words = tmp_path / "access" / "words.py"
    words.write_text(words.read_text().replace("d guests", "d visitors"))
    assert [one["text"][1] for one in texts.missing("he")] == ["%(count)d visitors"]


def test_what_is_compiled_is_what_is_written(found, tmp_path):
    take(tmp_path, *WHOLE)
    path = texts.folder("he") / "django.mo"
    path.write_bytes(path.read_bytes()[:-1])
    [said] = texts.faults("he", found())
    assert "run make texts" in said


# --- the English, as its translators need it --------------------------------------------------

# Names, never a second number; `shown`, `number` and `numbers` say which, not how many.
NAMES = {
    "columns", "host", "masked_address", "name", "names", "number", "numbers", "shown", "title",
    "titles", "why",
}  # fmt: skip
# Never one, so no text of its own for one.
ALWAYS_MANY = {
    "fewest", "fewest_for_discrimination", "limit_value", "most", "most_counted", "number",
    "show_value", "seconds",
}  # fmt: skip
HOW_MANY = re.compile(
    r"(?:%\(|\{)([a-z_]+)(?:\)[sd]|\}) (?:more )?"
    r"(?:characters|guests|invitations|items|links|members|people|places|roles|seconds)\b"
)


@pytest.fixture(scope="module")
def english():
    found = [one for one in texts.template() if one.id]
    assert len(found) > 2500
    return found


def test_a_plural_has_one_number(english):
    for one in (one for one in english if one.pluralizable):
        numbers = set(re.findall(r"%\((\w+)\)", one.id[1])) - NAMES
        assert len(numbers) <= 1, one.id


def test_a_text_with_the_same_plural_says_of_what_it_is(english):
    """A language whose numbers have a gender needs the noun that English leaves out."""
    alike = [one for one in english if one.pluralizable and one.id[0] == one.id[1]]
    assert [one.id[0] for one in alike if not one.context] == []


def test_a_number_before_a_noun_has_a_plural(english):
    plain = [one.id for one in english if not one.pluralizable]
    wrong = [text for text in plain for name in HOW_MANY.findall(text) if name not in ALWAYS_MANY]
    assert wrong == []


def test_no_text_begins_with_it(english):
    """*It* has a gender elsewhere, and stands behind a sentence that may be about several."""
    for one in english:
        for text in texts._sources_of(one):
            assert not re.match(r"(It|Its)\b(?!’s too late|’s not your)", text), text
