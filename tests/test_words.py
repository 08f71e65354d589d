"""The words of pages, emails and the admin: no text says what the glossary never says, and every
text is marked for translation.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("access", "config", "demo", "media_items")
MARKS = {
    name + ending
    for name in ("gettext", "ngettext", "pgettext", "npgettext")
    for ending in ("", "_lazy", "_noop")
} | {"_"}
IN_TEMPLATE = re.compile(
    r"""{%-?\s*translate\s+"(?P<a>[^"]*)"|{%-?\s*translate\s+'(?P<b>[^']*)'"""
    r"""|\b_\("(?P<c>[^"]*)"\)|\b_\('(?P<d>[^']*)'\)"""
    r"""|{%\s*blocktranslate\b.*?%}(?P<e>.*?){%\s*endblocktranslate""",
    re.DOTALL,
)
VARIABLE = re.compile(r"{{.*?}}|{[a-z_]*}|%\([a-z_]+\)[sd]|<[^>]+>")

# Each is what a text may not match, and the word that is said instead (docs/glossary.md).
NEVER = {
    r"(?<!-)\bmail(s|ed|ing)?\b(?! server)": "email",
    r"\be-mail": "email",
    r"(?<!email )(?<!network )\baddress(es)?\b(?! bar)": "email, email address or link",
    r"\b(take|takes|taken|taking|took) (it |them |this |these )?back\b": "withdraw",
    r"\b(take|takes|taken|taking|took|put|puts) (it |them |him |her )?out\b": "remove",
    r"\b(come|comes|came|coming) in\b": "join, continue, has access",
    r"\bgo on\b(?! stage| air)": "continue, apply",
    r"\b(is|are|was) over\b": "expired, ended",
    r"\bprov(e|es|en|ed)\b": "verified",
    r"\bwho came\b": "attendees, who joined",
    r"\bsaid no\b|\bsay no\b|\bsays no\b|\bno thanks\b": "decline",
    r"\bpick(s|ed)?\b": "select, choose",
    r"\bcalled off\b|\bcalls? off\b": "cancel",
    r"\bceilings?\b": "limit",
    r"\banew\b": "again",
    r"\bgood until\b": "expires",
    r"\btrail\b": "activity",
    r"\bnot yet$": "cancel",
    r"\bsomeone\b|\beveryone\b": "somebody, everybody",
    r"\bworks together with\b": "works only for",
    r"\bhow sure\b": "verification",
    r"\bat most at once\b|\bat once at most\b": "peak attendance",
    r"\binvalid\b": "say what is wrong",
    r"\bban(s|ned)?\b|\bkept out\b|\bkeep (them|somebody) out\b": "block",
    r"\bby (yourself|themselves|himself|herself)\b": "automatically",
    r"\b(put|puts) (it |them |this |that |one )?up\b": "upload",
    r"\bof yours\b": "your",
    r"\b(site's|its) admins?\b|\bpeople who run this site\b": "your administrator",
    r"\bmade ready\b|\bits turn\b": "processing, in the queue",
    r"\bletters?\b": "email, text, characters",
    r"\bwhat was done\b|\bwhat happened\b": "activity",
    r"\bcomes? as\b": "role",
    r"\blook(s|ed|ing)? (into|through)\b": "check, review",
    r"\bstands? in\b": "is in, is included in",
    r"^more: ": "more options",
    r"\bfor good\b": "permanently, delete",
    r"\bwho can open it\b|\beverybody with access\b": "who has access",
    r"\b(take|takes|taken) (\S+ )?off\b": "remove from the stage",
    r"\bat the door\b": "waiting to be let in",
    r"\b(have|has) come\b": "joined",
}


def in_code():
    """(where, text) of everything marked for translation in Python."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                called = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if called not in MARKS:
                    continue
                for given in node.args:
                    if isinstance(given, ast.Constant) and isinstance(given.value, str):
                        yield f"{path.relative_to(ROOT)}:{given.lineno}", given.value


def in_templates():
    """(where, text) of everything marked for translation in templates."""
    for path in sorted((ROOT / "templates").rglob("*")):
        if not path.is_file():
            continue
        source = path.read_text("utf-8")
        for found in IN_TEMPLATE.finditer(source):
            line = source.count("\n", 0, found.start()) + 1
            yield f"{path.relative_to(ROOT)}:{line}", next(filter(None, found.groups()), "")


@cache
def texts():
    """Every text that people read, with the variables and the markup taken out."""
    return [
        (where, " ".join(VARIABLE.sub(" … ", text).split()))
        for where, text in (*in_code(), *in_templates())
    ]


def test_texts_are_found_in_code_and_in_templates():
    found = [text for _where, text in texts()]
    assert len(found) > 2500
    assert "Invite users" in found
    assert "Create new link" in found


@pytest.mark.parametrize("unwanted", sorted(NEVER), ids=lambda one: NEVER[one])
def test_no_text_says(unwanted):
    pattern = re.compile(unwanted, re.IGNORECASE)
    wrong = [f"{where}  {text}" for where, text in texts() if pattern.search(text)]
    assert wrong == [], f"say: {NEVER[unwanted]}"


# --- unmarked: what no translator would see ---------------------------------------------------

# Taken out of a template before its text is looked at: comments, marked texts, scripts, keys of a
# keyboard, classes of the body, attributes that a block adds to a tag.
SILENT = tuple(
    re.compile(one, re.DOTALL)
    for one in (
        r"{#.*?#}",
        r"{%\s*comment\b.*?endcomment\s*%}",
        r"<!--.*?-->",
        r"{%\s*blocktranslate\b.*?{%\s*endblocktranslate\s*%}",
        r"<(script|style|kbd)\b.*?</\1>",
        r"{%\s*block (body_?class|html_attributes)\s*%}.*?{%\s*endblock.*?%}",
    )
)
TAGS = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
SPOKEN = re.compile(r'\b(aria-label|alt|placeholder|title)="([^"]*)"')
MARKUP = re.compile(r"<[^>]*>|[\w-]+=\"[^\"]*\"", re.DOTALL)
LETTERS = re.compile(r"[^\W\d_]+")
NAMES = {"Foyer"}
# Words that only machines read.
MACHINES = {
    "media_items/live/stage/mesh/forms.py": "what the mesh's scripts sent, said to them",
}
SAID_BY = {"help_text", "label", "verbose_name", "verbose_name_plural", "empty_label"}
TONES = {"error", "info", "success", "warning"}
SAYING = {"ValidationError", "Refusal", "NotAcceptedFile", "PreparationError"}


def _blanked(found):
    return " " + "\n" * found[0].count("\n")


def unmarked_in(source):
    """(line, text) of what stands in a template as it is."""
    for one in SILENT:
        source = one.sub(_blanked, source)
    source = TAGS.sub(_blanked, source)
    for found in SPOKEN.finditer(source):
        if set(LETTERS.findall(found[2])) - NAMES:
            yield source.count("\n", 0, found.start()) + 1, found[2]
    for number, line in enumerate(MARKUP.sub(_blanked, source).split("\n"), 1):
        if set(LETTERS.findall(line)) - NAMES:
            yield number, " ".join(line.split())


def _plain(node):
    """The strings of an expression that stand there as they are."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if LETTERS.search(node.value):
            yield node
    elif isinstance(node, ast.JoinedStr | ast.Dict):
        for part in node.values:
            yield from _plain(part)
    elif isinstance(node, ast.BinOp | ast.IfExp | ast.BoolOp):
        for part in ast.iter_child_nodes(node):
            yield from _plain(part)


def _is_a_choice(node):
    return isinstance(node, ast.ClassDef) and any(
        getattr(base, "attr", getattr(base, "id", "")) in {"TextChoices", "IntegerChoices"}
        for base in node.bases
    )


def unmarked_code(tree):
    """Where Python speaks in a plain string: fields, choices, messages, refusals."""
    for node in ast.walk(tree):
        said = []
        if isinstance(node, ast.Call):
            said = [one.value for one in node.keywords if one.arg in SAID_BY]
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            owner = getattr(getattr(node.func, "value", None), "id", "")
            if (owner == "messages" and called in TONES) or called in SAYING:
                said += node.args
        elif isinstance(node, ast.Assign):
            if {getattr(one, "id", "") for one in node.targets} & SAID_BY:
                said = [node.value]
        elif _is_a_choice(node):
            rows = [one.value for one in node.body if isinstance(one, ast.Assign)]
            said = [row.elts[-1] if isinstance(row, ast.Tuple) else row for row in rows]
        for one in said:
            for plain in _plain(one):
                yield plain.lineno, plain.value


def test_templates_say_nothing_that_is_not_marked_for_translation():
    wrong = [
        f"{path.relative_to(ROOT)}:{line}  {text}"
        for path in sorted((ROOT / "templates").rglob("*"))
        if path.is_file()
        for line, text in unmarked_in(path.read_text("utf-8"))
    ]
    assert wrong == []


def test_code_says_nothing_that_is_not_marked_for_translation():
    wrong = [
        f"{path.relative_to(ROOT)}:{line}  {text}"
        for package in ("access", "config", "media_items")  # the demo's words are a course's own
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations" not in path.parts and str(path.relative_to(ROOT)) not in MACHINES
        for line, text in unmarked_code(ast.parse(path.read_text("utf-8")))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Hello</p>",
        '<p aria-label="Hello"></p>',
        '{% if x %}{% translate "Yes" %}{% else %}No{% endif %}',
        "{% block title %}Hello{% endblock %}",
    ],
)
def test_a_text_that_is_not_marked_is_found_in_a_template(source):
    assert list(unmarked_in(source))


def test_markup_and_marked_texts_are_no_unmarked_text():
    source = (
        '<p class="a {% if b %}c{% endif %}" data-x="y">{% translate "Hello" %} {{ name }} · 3</p>'
    )
    assert list(unmarked_in(source)) == []


@pytest.mark.parametrize(
    "source",
    [
        'forms.CharField(label="Name")',
        'messages.success(request, f"Saved {title}.")',
        'raise Refusal("No.")',
        'class Kind(models.TextChoices):\n    VIDEO = "video", "Video"',
        'class Kind(models.TextChoices):\n    VIDEO = "video"',
        'class Meta:\n    verbose_name = "link"',
    ],
)
def test_a_text_that_is_not_marked_is_found_in_code(source):
    assert list(unmarked_code(ast.parse(source)))


# --- the list of the glossary -----------------------------------------------------------------

SPOKEN_ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def never_in_the_glossary():
    text = (ROOT / "docs/glossary.md").read_text("utf-8").partition("## Words on pages")[2]
    rows = [row for row in SPOKEN_ROW.findall(text) if row[0] not in {"Thing", "---"}]
    return {phrase.strip() for _thing, _say, never in rows for phrase in never.split(",")} - {""}


def test_what_the_glossary_never_says_is_looked_for():
    assert len(never_in_the_glossary()) > 20
    assert {
        phrase
        for phrase in never_in_the_glossary()
        if not any(re.search(one, phrase, re.IGNORECASE) for one in NEVER)
    } == set()


def test_what_is_looked_for_stands_in_the_glossary():
    assert {
        one
        for one in NEVER
        if not any(re.search(one, phrase, re.IGNORECASE) for phrase in never_in_the_glossary())
    } == set()


def test_apostrophes_are_of_one_form():
    assert [
        f"{where}  {text}" for where, text in texts() if re.search(r"[a-z]'[a-z]|s' ", text)
    ] == []
