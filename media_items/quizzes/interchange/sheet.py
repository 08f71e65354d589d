"""Questions in a spreadsheet (CSV): one to a line. The columns are described on the page of the
import; the file to download there has one question of each kind.

    kind, question            needed
    points, rule, hint, explanation, required, negative, case, accents, unit, moment
    right                     numbers of the right options (“1 3”), or true / false
    option 1, option 2, …     options, accepted answers, prompts, things in their right order
    match 1, …                partners; one without a prompt fits none
    credit 1, feedback 1, at end 1, tolerance 1, margin 1, …
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from media_items.quizzes.content import Choice, Option, Question
from media_items.quizzes.interchange.columns import NUMBERED, PLAIN
from media_items.quizzes.interchange.neutral import (
    ALL,
    LONGEST_NUMBER,
    Bank,
    CannotBeTaken,
    Notes,
    NotReadable,
    option,
    shortened,
    true_or_false,
)
from media_items.quizzes.kinds import (
    CHOICE_KINDS,
    RULES_OF,
    TYPED_KINDS,
    QuestionKind,
    Rule,
    Tolerance,
)
from media_items.quizzes.models.questions import MOST_OPTIONS
from media_items.quizzes.scoring.normalising import number_in

_COLUMN = re.compile(rf"({'|'.join(NUMBERED)})\s+(\d{{1,3}})")
_MOST_COLUMNS = 10 + len(NUMBERED) * MOST_OPTIONS
# What `sheet_writing` has put a quote before.
_MARKED = re.compile(r"''*\s*[=+\-@\t\r＝＋－＠]")
_YES = frozenset({"yes", "true", "1", "x", "y"})
_NO = frozenset({"", "no", "false", "0", "n"})


def read_sheet(text: str, bank: Bank | None = None) -> Bank:
    bank = bank or Bank()
    bank.expected = text.count("\n")
    rows = _rows(text)
    first = next(rows, [])
    if len(first) > _MOST_COLUMNS:
        raise NotReadable(_("This spreadsheet has too many columns."))
    heading = [_column(one) for one in first]
    if "kind" not in heading or "question" not in heading:
        raise NotReadable(
            _("The first line of a spreadsheet must have the columns “kind” and “question”.")
        )
    unknown = [x for x in heading if x and x not in PLAIN and not _COLUMN.fullmatch(x)]
    if unknown:
        bank.notes.add(_("Columns that are not known were left out: %s") % ", ".join(unknown)[:200])
    repeated = [x for x, count in Counter(heading).items() if x and count > 1]
    if repeated:
        bank.notes.add(
            _("Of columns that are there more than once the last was read: %s")
            % ", ".join(repeated)[:200]
        )
    for number, row in enumerate(rows, 2):
        bank.count(sum(map(len, row)))
        cells = dict(zip(heading, map(_undone, row), strict=False))
        if any(cell.strip() for cell in cells.values()):
            _take(bank, _("Line %(number)d") % {"number": number}, _Line(cells, Notes()))
    return bank


def _column(cell: str) -> str:
    """“Option  01” is “option 1”."""
    name = " ".join(cell.split()).casefold()
    match = _COLUMN.fullmatch(name)
    return f"{match[1]} {int(match[2])}" if match else name


def _rows(text: str) -> Iterator[list[str]]:
    first = text.lstrip("\ufeff").partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise NotReadable(_("This spreadsheet is damaged: it could not be read.")) from error
        yield row


def _undone(cell: str) -> str:
    return cell[1:] if _MARKED.match(cell) else cell


@dataclass
class _Line:
    cells: Mapping[str, str]
    notes: Notes

    def text(self, name: str) -> str:
        return self.cells.get(name, "").strip()

    def yes(self, name: str) -> bool:
        text = self.text(name)
        if text.casefold() not in _YES | _NO:
            self.say_unknown(name, text)
        return text.casefold() in _YES

    def say_unknown(self, name: str, text: str) -> None:
        self.notes.add(
            _("“%(text)s” in the column “%(name)s” is not known here.")
            % {"text": shortened(text, 40), "name": name}
        )

    def number(self, name: str, usual: Decimal) -> Decimal:
        """Decimal comma or point."""
        if not (text := self.text(name)):
            return usual
        number = None if len(text) > LONGEST_NUMBER else number_in(text.removesuffix("%"))
        if number is None:
            raise CannotBeTaken(
                _("“%(text)s” in the column “%(name)s” is not a number.")
                % {"text": shortened(text, 40), "name": name}
            )
        return number

    def one_of[T: (QuestionKind, Rule, Tolerance)](self, name: str, every: type[T], usual: T) -> T:
        text = self.text(name).casefold()
        for one in every:
            if text in {one.value, one.value.replace("_", " "), str(one.label).casefold()}:
                return one
        if text:
            self.say_unknown(name, text)
        return usual


def _take(bank: Bank, name: str, line: _Line) -> None:
    try:
        question = _question(line)
    except CannotBeTaken as why:
        bank.refuse(name, str(why))
    else:
        bank.take(f"{name}: {question.text}", question, line.notes)


def _question(line: _Line) -> Question:
    if not line.text("kind"):
        raise CannotBeTaken(_("The kind of question is missing."))
    kind = line.one_of("kind", QuestionKind, QuestionKind.REFLECTION)
    if line.notes.all():
        raise CannotBeTaken(line.notes.all()[0])
    rule = line.one_of("rule", Rule, RULES_OF[kind][0])
    if rule not in RULES_OF[kind]:
        line.notes.add(_("Questions of its kind do not have its rule; they have another one now."))
        rule = RULES_OF[kind][0]
    choices: dict[str, Choice] = {}
    return Question(
        id="",
        kind=kind,
        text=line.cells.get("question", ""),
        points=line.number("points", Decimal(1)),
        rule=rule,
        options=tuple(_options(kind, line, choices)),
        choices=tuple(choices.values()),
        hint=line.cells.get("hint", ""),
        explanation=line.cells.get("explanation", ""),
        is_required=line.yes("required"),
        may_be_negative=line.yes("negative"),
        case_matters=line.yes("case"),
        accents_matter=line.yes("accents") or not line.text("accents"),
        unit=line.text("unit"),
        at_ms=_moment(line),
    )


def _options(kind: QuestionKind, line: _Line, choices: dict[str, Choice]) -> Iterable[Option]:
    right = set(_numbers(line.text("right")))
    if kind == QuestionKind.TRUE_FALSE:
        said = line.text("feedback 1"), line.text("feedback 2")
        return true_or_false(is_true=line.yes("right"), feedback=said)
    numbers = {
        int(match[2])
        for name, cell in line.cells.items()
        if cell.strip() and (match := _COLUMN.fullmatch(name)) and match[1] in {"option", "match"}
    }
    if len(numbers) > MOST_OPTIONS:
        raise CannotBeTaken(
            _("There are more than %(most)d options or answers.") % {"most": MOST_OPTIONS}
        )
    made = []
    for number in sorted(numbers):
        text, partner = line.cells.get(f"option {number}", ""), line.text(f"match {number}")
        if kind == QuestionKind.MATCHING and partner:
            choice = choices.setdefault(partner, Choice(option().id, partner))
            if text.strip():
                made.append(option(text, match=choice.id))
        elif text.strip():
            made.append(_option(kind, line, number, text, is_right=str(number) in right))
    if kind in CHOICE_KINDS and not _names_options(line):
        line.say_unknown("right", line.text("right"))
    return made


def _names_options(line: _Line) -> bool:
    """Whether `right` has nothing in it but the numbers of options that there are."""
    text = line.text("right")
    has_more = re.search(r"[^\d\s,;]", text)
    return not has_more and all(line.text(f"option {one}") for one in _numbers(text))


def _numbers(text: str) -> list[str]:
    """As the names of columns have them."""
    return [one.lstrip("0") or "0" for one in re.findall(r"\d+", text)]


def _option(kind: QuestionKind, line: _Line, number: int, text: str, *, is_right: bool) -> Option:
    is_right = is_right or kind in TYPED_KINDS
    credit = line.number(f"credit {number}", ALL if is_right else Decimal(0))
    more: dict[str, object] = {}
    if kind == QuestionKind.NUMBER:
        more["tolerance"] = line.one_of(f"tolerance {number}", Tolerance, Tolerance.EXACT)
        more["margin"] = line.text(f"margin {number}")
    if kind in CHOICE_KINDS:
        more["at_end"] = line.yes(f"at end {number}")
    feedback = line.cells.get(f"feedback {number}", "")
    return option(text, credit, feedback=feedback, **more)


def _moment(line: _Line) -> int | None:
    """1:02:03.5, 62:03 or seconds."""
    if not (text := line.text("moment")):
        return None
    match = re.fullmatch(r"(?:(?:(\d{1,2}):)?(\d{1,3}):)?(\d{1,6}(?:[.,]\d{1,3})?)", text)
    if not match:
        line.notes.add(_("The moment in the film could not be read."))
        return None
    hours, minutes = int(match[1] or 0), int(match[2] or 0)
    seconds = Decimal(match[3].replace(",", "."))
    return int((hours * 3600 + minutes * 60 + seconds) * 1000)
