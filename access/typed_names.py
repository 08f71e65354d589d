"""Names as they are typed beside an address, without what is nobody's name: numbers of a list,
bullets, labels, titles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import islice

from access.typed_signs import SAME

LONGEST_NAME = 100
_TELLING = 3  # letters that a name and a mailbox begin with


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What mail programs and people write in front of an address.
LABELS = _words(
    """
    to cc bcc from reply-to sender email e-mail mail address an von kopie à a de da para con copia
    courriel correo aan van kopi til till fra från od do komu kopia кому от копия אל מאת עותק ל
    إلى من نسخة 收件人 发件人 抄送 宛先 差出人 받는사람 보낸사람 mailto invited invite
    """
)
_TITLES = _words(
    """
    dr dr. prof prof. prof.dr. phd ph.d. ph.d md m.d. msc m.sc. bsc b.sc. ma m.a. ba b.a. jr jr.
    sr sr. ii iii iv mr mr. mrs mrs. ms ms. herr frau dipl.-ing. ing. mag. esq. esq
    """
)
# What stands behind a whole name: “Ada King, Countess of Lovelace”.
_HONOURS = _words(
    """
    count countess earl lord lady baron baroness duke duchess viscount viscountess marquess prince
    princess knight graf gräfin freiherr freifrau herzog herzogin fürst fürstin comte comtesse
    duc duchesse conde condesa conte contessa
    """
)
_OF = _words("of von zu de du des di del della")


def as_name(text: str) -> str:
    """The text without numbers of a list, bullets and labels; "" if no name is left of it."""
    if "@" in text.translate(SAME):
        return ""
    if text.count('"') == 1:  # opened or closed elsewhere
        text = text.strip().strip('"')
    words = text.split()
    start, end = 0, len(words)
    while start < end and (is_label(words[start]) or not _has_letter(words[start])):
        start += 1
    while start < end and not _has_letter(words[end - 1]) and not words[end - 1].startswith("("):
        end -= 1
    return " ".join(words[start:end]).strip(" :;,|-–—*•")


def split_name(full: str) -> tuple[str, str]:
    """First and last name: “Lovelace, Ada” as well as “Ada King Lovelace”."""
    parts = [part.strip() for part in full.split(",")]
    parts = [part for part in parts if part and not is_title(part)]
    if len(parts) == 2 and not _is_in_order(parts[0]) and not _is_honour(parts[1]):
        return as_name(parts[1]), as_name(parts[0])
    if len(parts) == 2:  # Dr. Ada King, Countess
        first, last = split_name(parts[0])
        behind = as_name(parts[1])
        return (first, f"{last}, {behind}") if last else (f"{first}, {behind}", "")
    words = as_name(" ".join(parts)).split()
    return (" ".join(words[:-1]), words[-1]) if len(words) > 1 else (" ".join(words), "")


def _is_in_order(name: str) -> bool:
    """Whether a title stands before more than one name: “Dr. Ada King”, and not “Dr. King, Ada”."""
    words = name.split()
    return len(words) > 2 and is_title(words[0])


def _is_honour(text: str) -> bool:
    """What stands behind a whole name and is none: “Countess of Lovelace”, and not “Lady Ada”."""
    words = text.casefold().split()
    return words[0] in _HONOURS and (len(words) == 1 or words[1] in _OF)


def names_among(cells: Iterable[str]) -> tuple[str, str]:
    """From the cells beside the address, without those that are no names."""
    names = (name for cell in cells if (name := as_name(cell)) and not is_title(name))
    named = list(islice(names, 2))
    if len(named) >= 2 and "," not in named[0]:
        return named[0], named[1]
    return split_name(named[0]) if named else ("", "")


def is_title(text: str) -> bool:
    words = text.casefold().split()
    return bool(words) and all(word in _TITLES for word in words)


def is_label(word: str) -> bool:
    return word.endswith(":") and word.rstrip(":").casefold() in LABELS


def is_part_of(word: str, mailbox: str) -> bool:
    """Whether somebody of this name would have this mailbox: `Ada` and `ada.lovelace`, `Robert` and
    `rob.stone`."""
    name, parts = _ascii(word), _parts(mailbox)
    start = name[:_TELLING]
    has_start = len(start) == _TELLING and any(part.startswith(start) for part in parts)
    return has_start or name in "".join(parts)


def may_be_name_of(word: str, mailbox: str) -> bool:
    """Whether somebody with this mailbox may have this name: nothing is known of a name in other
    letters than the mailbox, nor by one of digits or initials alone, `e1234567` and `a.l`."""
    is_telling = _ascii(word).isascii() and not any(sign.isdigit() for sign in mailbox)
    is_telling = is_telling and any(len(part) >= _TELLING for part in _parts(mailbox))
    return not is_telling or is_part_of(word, mailbox)


def _parts(mailbox: str) -> list[str]:
    return re.split(r"[._+-]", _ascii(mailbox))


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def _has_letter(word: str) -> bool:
    return any(sign.isalpha() for sign in word) and not re.fullmatch(r"[a-z]?\d+[.)]?", word)
