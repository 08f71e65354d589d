"""A page as its view has made it, with what somebody had typed in the fields of one of its forms.

The page is read and written as text: its views and forms know nothing of it. Only the tags of the
form's own fields are changed.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.utils.html import escape

_PRESSED = frozenset({"submit", "button", "image", "reset"})
_NEVER = frozenset({"csrfmiddlewaretoken"})
type Attributes = dict[str, str | None]


@dataclass
class _Tag:
    """A start tag, and where it stands in the page; of a textarea also where its words end."""

    name: str
    attributes: Attributes
    start: int
    end: int
    words_end: int = 0
    options: list[_Tag] = field(default_factory=list)
    folded: list[_Tag] = field(default_factory=list)  # the <details> around it

    def __getitem__(self, attribute: str) -> str:
        return self.attributes.get(attribute) or ""

    @property
    def kind(self) -> str:
        if self.name == "input":
            return self["type"].lower() or "text"
        return "submit" if self.name == "button" else self.name

    def written(self, **changed: str | bool | None) -> str:
        """With other attributes: False leaves one out, None writes it without a value."""
        named = self.attributes | {name.replace("_", "-"): value for name, value in changed.items()}
        parts = [
            name if value is None else f'{name}="{escape(value)}"'
            for name, value in named.items()
            if value is not False
        ]
        return f"<{' '.join([self.name, *parts])}>"


@dataclass
class _Form:
    tag: _Tag
    fields: list[_Tag] = field(default_factory=list)


class _Reader(HTMLParser):
    """The forms of a page, with their fields; its first tags; its links without a path."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self._lines = [0]
        for line in page.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self.forms: list[_Form] = []
        self.frame: dict[str, _Tag] = {}
        self.relative: list[_Tag] = []
        self._form: _Form | None = None
        self._select: _Tag | None = None
        self._textarea: _Tag | None = None
        self._details: list[_Tag] = []
        self._elsewhere: list[tuple[str, _Tag]] = []
        self.feed(page)
        self.close()
        named = {one.tag["id"]: one for one in self.forms if one.tag["id"]}
        for name, tag in self._elsewhere:
            if name in named:
                named[name].fields.append(tag)

    def _here(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        here = self._here()
        found = _Tag(tag, dict(attrs), here, here + len(self.get_starttag_text() or ""))
        if tag in {"html", "main"}:
            self.frame.setdefault(tag, found)
        elif tag == "form":
            self._form = _Form(found)
            self.forms.append(self._form)
        elif tag == "details":
            self._details.append(found)
        elif tag == "a" and found["href"].startswith("?"):
            self.relative.append(found)
        elif tag == "option" and self._select:
            self._select.options.append(found)
        elif tag in {"input", "select", "textarea", "button"}:
            self._take(found)

    def _take(self, found: _Tag) -> None:
        found.folded = list(self._details)
        if found.name == "select":
            self._select = found
        elif found.name == "textarea":
            self._textarea = found
        if found["form"]:
            self._elsewhere.append((found["form"], found))
        elif self._form:
            self._form.fields.append(found)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "details" and self._details:
            self._details.pop()
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._textarea:
            self._textarea.words_end = self._here()
            self._textarea = None


type _Edit = tuple[int, int, str]


def filled_in(
    page: str, *, at: str, sent_to: str, fields: Iterable[Sequence[str]], note: str
) -> str | None:
    """The page that stands at `at`, its form to `sent_to` filled in with `fields`, `note` above it.

    None where it has no such form, or the form has no place for something that was typed.
    """
    read = _Reader(page)
    for form in read.forms:
        to = urljoin(at, form.tag["action"] or at)
        if form.tag["method"].lower() != "post" or urlsplit(to).path != urlsplit(sent_to).path:
            continue
        edits = _filling(page, form, fields)
        if edits is None or not read.frame.keys() >= {"html", "main"}:
            continue
        html, main = read.frame["html"], read.frame["main"]
        edits += [
            (html.start, html.end, html.written(data_page=at)),
            (main.end, main.end, note),
            (form.tag.start, form.tag.end, form.tag.written(action=to)),
            *(
                (one.start, one.end, one.written(href=urljoin(at, one["href"])))
                for one in read.relative
            ),
        ]
        return _edited(page, edits)
    return None


def _edited(page: str, edits: list[_Edit]) -> str:
    for start, end, text in sorted(edits, reverse=True):
        page = page[:start] + text + page[end:]
    return page


def _filling(page: str, form: _Form, fields: Iterable[Sequence[str]]) -> list[_Edit] | None:
    left: dict[str, list[str]] = defaultdict(list)
    for name, value in fields:
        left[name].append(value)
    edits: list[_Edit] = []
    unfolded: dict[int, _Tag] = {}
    for one in form.fields:
        if one.kind in _PRESSED:
            left.pop(one["name"], None)  # pressed anew
        elif one["name"] and one["name"] not in _NEVER and "disabled" not in one.attributes:
            own = list(_filled(page, one, left[one["name"]]))
            edits += own
            if own and one.kind != "hidden":
                unfolded |= {each.start: each for each in one.folded}
    edits += [(one.start, one.end, one.written(open=None)) for one in unfolded.values()]
    is_whole = not any(value.strip() for values in left.values() for value in values)
    return edits if is_whole else None


def _filled(page: str, one: _Tag, values: list[str]) -> Iterator[_Edit]:
    """Takes of `values` what stands in the field now. `data-given` keeps what the site knows
    (static/js/shared/typed.js)."""
    if one.kind in {"file", "password"}:
        return
    if one.kind in {"checkbox", "radio"}:
        own = one["value"] if "value" in one.attributes else "on"
        is_picked, was_picked = _take(values, own), "checked" in one.attributes
        if is_picked != was_picked:
            given = str(was_picked).lower()
            yield (
                one.start,
                one.end,
                one.written(checked=None if is_picked else False, data_given=given),
            )
    elif one.kind == "select":
        yield from _chosen(one, values)
    elif values and one.kind == "textarea":
        value = values.pop(0).replace("\r\n", "\n")
        given = unescape(page[one.end : one.words_end]).removeprefix("\n")
        if value != given:
            text = f"{one.written(data_given=given)}\n{escape(value)}"
            yield one.start, one.words_end, text
    elif values:
        value = values.pop(0)
        if value == one["value"]:
            return
        if one.kind == "hidden":
            yield one.start, one.end, one.written(value=value)
        else:
            yield one.start, one.end, one.written(value=value, data_given=one["value"])


def _take(values: list[str], value: str) -> bool:
    if is_there := value in values:
        values.remove(value)
    return is_there


def _chosen(select: _Tag, values: list[str]) -> Iterator[_Edit]:
    was = [one for one in select.options if "selected" in one.attributes]
    if not was and "multiple" not in select.attributes:
        was = select.options[:1]
    now = [one for one in select.options if _take(values, one["value"])]
    if now == was:
        return
    given = json.dumps([one["value"] for one in was], separators=(",", ":"), ensure_ascii=False)
    yield select.start, select.end, select.written(data_given=given)
    for one in select.options:
        yield one.start, one.end, one.written(selected=None if one in now else False)
