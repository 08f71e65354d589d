"""The files of translations: what is missing, half or broken is found before anybody reads it."""

from __future__ import annotations

import json
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
