"""The texts of Foyer in other languages: `locale/<language>/LC_MESSAGES/django.po` and `.mo`.

    scripts/texts.py update                    make texts: reads code and templates, makes the files
    scripts/texts.py missing LANGUAGE          what is not translated yet, as JSON, to be filled in
    scripts/texts.py take LANGUAGE FILE…       takes such files, filled in
    scripts/texts.py check                     make check: whole, of the same form, and compiled

Django's own `makemessages` and `compilemessages` need programs of gettext that a machine may not
have; Babel reads and writes the same files. The compiled ones stand in the repository, so that a
clone speaks every language without a step that somebody could forget.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("access", "config", "demo", "media_items")
# Each with its rule of plurals, as CLDR has it for whole numbers below a million.
LANGUAGES = {
    "fr": "nplurals=2; plural=(n > 1);",
    "he": "nplurals=3; plural=(n == 1 ? 0 : n == 2 ? 1 : 2);",
}
_FUNCTIONS: dict[str, Any] = {
    name + ending: shape
    for name, shape in {
        "gettext": None,
        "ngettext": (1, 2),
        "pgettext": ((1, "c"), 2),
        "npgettext": ((1, "c"), 2, 3),
    }.items()
    for ending in ("", "_lazy", "_noop")
} | {"_": None}
_PLACE = re.compile(r"%\([a-z_]+\)[a-z]|%%|\{[a-z_]*\}")
_TAG = re.compile(r"</?[a-z][^>]*>")

type Filled = list[dict[str, Any]]


def folder(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES"


# --- read -------------------------------------------------------------------------------------


def _found_in(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None, list[str]]]:
    source = path.read_text("utf-8")
    if path.suffix != ".py":
        # Calls between words that mean nothing; their indents would mean something to Python.
        source = "\n".join(line.strip() for line in templatize(source).split("\n"))
    stream = BytesIO(source.encode())
    for _line, message, comments, context in extract(
        "python", stream, _FUNCTIONS, ["Translators:"], {"encoding": "utf-8"}
    ):
        if message and message != ("",):
            yield message, context, comments


def _sources() -> Iterator[Path]:
    for package in PACKAGES:
        paths = sorted((ROOT / package).rglob("*.py"))
        yield from (path for path in paths if "migrations" not in path.parts)
    yield from sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())


def template() -> Catalog:
    """Everything that is marked for translation, without a translation."""
    made = Catalog()
    for path in _sources():
        where = path.relative_to(ROOT).as_posix()
        for message, context, comments in _found_in(path):
            made.add(message, None, [(where, 0)], auto_comments=comments, context=context)
    return made


def read(language: str) -> Catalog:
    path = folder(language) / "django.po"
    source = path.read_bytes() if path.exists() else _head(language).encode()
    return read_po(BytesIO(source), locale=language)


# --- write ------------------------------------------------------------------------------------


def _head(language: str) -> str:
    lines = (
        "Project-Id-Version: Foyer",
        f"Language: {language}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        f"Plural-Forms: {LANGUAGES[language]}",
    )
    return 'msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in lines)


def updated(language: str, found: Catalog) -> Catalog:
    """What is translated already, of what is found; a changed text is a new one, never a guess."""
    old = read(language)
    made = read_po(BytesIO(_head(language).encode()), locale=language)
    for one in _texts(found):
        before = old.get(one.id, context=one.context)
        same = before is not None and before.id == one.id and not before.fuzzy
        kept = before.string if same else None
        where = sorted({(path, 0) for path, _line in one.locations})
        made.add(one.id, kept, where, auto_comments=one.auto_comments, context=one.context)
    return made


def as_po(catalog: Catalog, language: str) -> bytes:
    stream = BytesIO()
    options = {"omit_header": True, "include_lineno": False, "sort_output": True}
    write_po(stream, catalog, width=100, **options)
    return f"{_head(language)}\n".encode() + stream.getvalue()


def write(language: str, catalog: Catalog) -> None:
    folder(language).mkdir(parents=True, exist_ok=True)
    (folder(language) / "django.po").write_bytes(as_po(catalog, language))
    # Its head holds the hour and Babel's version: the same texts do not make another file.
    if not is_compiled(language, catalog):
        with (folder(language) / "django.mo").open("wb") as stream:
            write_mo(stream, catalog)


def is_compiled(language: str, catalog: Catalog) -> bool:
    path = folder(language) / "django.mo"
    if not path.exists():
        return False
    try:
        compiled = read_mo(BytesIO(path.read_bytes()))
    except OSError:  # half a file
        return False
    return _as_compiled(compiled) == _as_compiled(catalog)


def _as_compiled(catalog: Catalog) -> dict[Any, list[str]]:
    rule = {"": [catalog.plural_forms]}
    return rule | {
        (*_sources_of(one), one.context): _forms(one) for one in _texts(catalog) if _forms(one)
    }


# --- translate --------------------------------------------------------------------------------


def _texts(catalog: Catalog) -> Iterator[Message]:
    return (one for one in catalog if one.id)


def _sources_of(one: Message) -> tuple[str, ...]:
    """The English: one text, or its singular and plural."""
    return (one.id,) if isinstance(one.id, str) else tuple(one.id)


def _forms(one: Message) -> list[str]:
    """Its translations: one, or one for each form of the plural; none where there is none."""
    forms = one.string if isinstance(one.string, list | tuple) else (one.string,)
    return [form for form in forms if form]


def _is_whole(one: Message, catalog: Catalog) -> bool:
    return len(_forms(one)) == (catalog.num_plurals if one.pluralizable else 1)


def missing(language: str) -> Filled:
    catalog = updated(language, template())
    return [
        {
            "text": one.id,
            "where": [path for path, _line in one.locations][:3],
            **({"context": one.context} if one.context else {}),
            **({"note": one.auto_comments} if one.auto_comments else {}),
            "say": [""] * catalog.num_plurals if one.pluralizable else "",
        }
        for one in _texts(catalog)
        if not _is_whole(one, catalog)
    ]


def take(language: str, filled: Filled) -> list[str]:
    """Writes what fits, and returns what is wrong with the rest."""
    catalog, wrong = updated(language, template()), []
    for given in filled:
        key = tuple(given["text"]) if isinstance(given["text"], list) else given["text"]
        one = catalog.get(key, context=given.get("context"))
        say = tuple(given["say"]) if isinstance(given["say"], list) else given["say"]
        if not (any(say) if isinstance(say, tuple) else say):
            continue
        if one is None or one.id != key:
            wrong.append(f"{language}: nothing says {key!r}")
            continue
        before, one.string = one.string, say
        if faults := list(_faults_of(one, catalog)):
            one.string = before
            wrong += [f"{language}: {fault}: {key!r} → {say!r}" for fault in faults]
    write(language, catalog)
    return wrong


# --- check ------------------------------------------------------------------------------------


def _signs(text: str, pattern: re.Pattern[str]) -> Counter[str]:
    return Counter(pattern.findall(text))


def _faults_of(one: Message, catalog: Catalog) -> Iterator[str]:
    """A variable may be left out of a singular, as English does; none may be made up."""
    if not _is_whole(one, catalog):
        yield "not translated"
        return
    if one.fuzzy:
        yield "fuzzy"
    last = _sources_of(one)[-1]
    for number, form in enumerate(_forms(one)):
        places, wanted = _signs(form, _PLACE), _signs(last, _PLACE)
        is_last = number == len(_forms(one)) - 1
        if set(places) - set(wanted) or (is_last and set(places) != set(wanted)):
            yield "variables differ"
        if _signs(form, _TAG) != _signs(last, _TAG):
            yield "markup differs"
        if form[:1].isspace() != last[:1].isspace() or form[-1:].isspace() != last[-1:].isspace():
            yield "spaces at its ends differ"
        if "'" in _TAG.sub("", form) and "'" not in last:
            yield "a straight apostrophe"


def faults(language: str, found: Catalog) -> list[str]:
    catalog = updated(language, found)
    wrong = [
        f"{one.locations[0][0]}: {fault}: {one.id!r}"
        for one in _texts(catalog)
        for fault in _faults_of(one, catalog)
    ]
    path = folder(language) / "django.po"
    is_written = path.exists() and path.read_bytes() == as_po(catalog, language)
    if not is_written or not is_compiled(language, catalog):
        wrong.append("its files are not as the texts are now; run make texts")
    return [f"{language}: {one}" for one in wrong]


def main(command: str, arguments: Iterable[str]) -> int:
    match command, list(arguments):
        case "update", []:
            found = template()
            for language in LANGUAGES:
                write(language, updated(language, found))
            return 0
        case "missing", [language]:
            print(json.dumps(missing(language), ensure_ascii=False, indent=1))
            return 0
        case "take", [language, *paths]:
            given = [one for path in paths for one in json.loads(Path(path).read_text("utf-8"))]
            wrong = take(language, given)
        case "check", []:
            found = template()
            wrong = [fault for language in LANGUAGES for fault in faults(language, found)]
        case _:
            raise SystemExit(__doc__)
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    # Babel reads the templates by Django's lexer, which asks only for this.
    settings.configure(USE_I18N=True)
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "", sys.argv[2:]))
