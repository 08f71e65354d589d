"""Which letters stand in the bytes of an uploaded text: the possible readings, likeliest first.

Text of our time is UTF-8 or says by a mark what it is. Older 8-bit and East Asian text does not:
its letters can only be guessed. chardetng, which Firefox uses, guesses; chardet, which works in
another way, gives a second opinion, and only where both read the same words is the guess certain.
Whoever asks shows the other readings where it is not, and lets a person choose.

SECURITY: a stranger's file is read in every encoding in part only, and whole in the one chosen.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from functools import cached_property

import chardet
from chardetng_py import EncodingDetector
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_MOST_LOOKED_AT = 200_000  # bytes: both opinions stand long before
# With fewer foreign letters two opinions are easily wrong together.
_LETTERS_TO_BE_CERTAIN = 12
_TOO_FEW_TO_GUESS = 2

_LABELS = {
    "utf-8": gettext_lazy("Unicode (UTF-8)"),
    "utf-8-mixed": gettext_lazy("Unicode (UTF-8) mixed with Western European characters"),
    "utf-16-le": gettext_lazy("Unicode (UTF-16)"),
    "utf-16-be": gettext_lazy("Unicode (UTF-16, big-endian)"),
    "utf-32-le": gettext_lazy("Unicode (UTF-32)"),
    "utf-32-be": gettext_lazy("Unicode (UTF-32, big-endian)"),
    "cp1252": gettext_lazy("Western European (Windows-1252)"),
    "iso8859-15": gettext_lazy("Western European (ISO 8859-15)"),
    "mac-roman": gettext_lazy("Western European (Macintosh)"),
    "cp1250": gettext_lazy("Central European (Windows-1250)"),
    "iso8859-2": gettext_lazy("Central European (ISO 8859-2)"),
    "cp1251": gettext_lazy("Cyrillic (Windows-1251)"),
    "koi8-u": gettext_lazy("Cyrillic (KOI8-U)"),
    "iso8859-5": gettext_lazy("Cyrillic (ISO 8859-5)"),
    "cp866": gettext_lazy("Cyrillic (DOS 866)"),
    "cp1253": gettext_lazy("Greek (Windows-1253)"),
    "cp1254": gettext_lazy("Turkish (Windows-1254)"),
    "cp1255": gettext_lazy("Hebrew (Windows-1255)"),
    "cp1256": gettext_lazy("Arabic and Persian (Windows-1256)"),
    "cp1257": gettext_lazy("Baltic (Windows-1257)"),
    "cp1258": gettext_lazy("Vietnamese (Windows-1258)"),
    "cp874": gettext_lazy("Thai (Windows-874)"),
    "gb18030": gettext_lazy("Chinese, simplified (GB 18030)"),
    "big5hkscs": gettext_lazy("Chinese, traditional (Big5)"),
    "cp932": gettext_lazy("Japanese (Shift-JIS)"),
    "euc-jp": gettext_lazy("Japanese (EUC-JP)"),
    "iso2022-jp": gettext_lazy("Japanese (ISO 2022-JP)"),
    "cp949": gettext_lazy("Korean (EUC-KR)"),
}
_OFFERED = tuple(name for name in _LABELS if not name.startswith("utf"))
# What the two call an encoding: Python's codec of the same letters, with the larger repertoire.
_CODECS = {
    codecs.lookup(theirs).name: ours
    for theirs, ours in (
        ("ascii", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("latin-1", "cp1252"),
        ("iso8859-7", "cp1253"),
        ("iso8859-9", "cp1254"),
        ("iso8859-8", "cp1255"),
        ("iso8859-6", "cp1256"),
        ("iso8859-13", "cp1257"),
        ("iso8859-4", "cp1257"),
        ("koi8-r", "koi8-u"),
        ("tis-620", "cp874"),
        ("iso8859-11", "cp874"),
        ("gb2312", "gb18030"),
        ("gbk", "gb18030"),
        ("big5", "big5hkscs"),
        ("cp950", "big5hkscs"),
        ("shift_jis", "cp932"),
        ("euc-kr", "cp949"),
    )
}
_LATIN = ("cp1250", "cp1254", "cp1257", "cp1258", "iso8859-")
# Ctrl+Z ends old files of DOS, and an escape shifts between the sets of ISO 2022.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x19\x1c-\x1f\x7f-\x9f]")
_FOREIGN = re.compile(rb"[\x80-\xff\x1b]")
_SINGLE = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """`encoding` is a name that `reading_as` knows, `label` is for people. `certain` means that
    nobody needs to be asked. `sample` is the part by which a person chooses."""

    encoding: str
    label: str
    sample: str
    certain: bool
    data: bytes = field(repr=False)

    @cached_property
    def text(self) -> str:
        """The whole, read when it is asked for."""
        if self.encoding == "utf-8-mixed":
            return _mixed(self.data)
        return self.data.decode(self.encoding, "replace")


def readings(data: bytes) -> list[Reading]:
    """All different readings, the likeliest first; one alone when it is certain; none when these
    bytes are no text."""
    if (marked := _marked(data)) is not None:
        return [marked]
    if b"\x00" in data:
        return _wide(data)
    if b"\x1b" not in data and _strictly(data, "utf-8") is not None:
        return [_reading("utf-8", data, certain=True)]
    part = _part(data)
    first, second = _first_opinion(part), _second_opinion(part)
    if _is_mostly_utf8(part):
        # Bytes of another encoding in a text that is UTF-8 everywhere else: pasted by hand.
        found = [_reading("utf-8-mixed", data, _mixed(part))]
    elif _strictly(data, first) is None:
        found = []
    else:
        sample = _strictly(part, first) or ""
        certain = _is_certain(part, sample, second)
        found = [_reading(first, data, sample, certain=certain)]
        if certain:
            return found
    for name in dict.fromkeys((second, *_OFFERED)):
        if (text := _strictly(part, name)) is not None and not _has_controls(text):
            found.append(_reading(name, data, text))
    different = {reading.sample: reading for reading in reversed(found)}
    return [different.pop(one.sample) for one in found if one.sample in different] or [
        _reading("utf-8-mixed", data, _mixed(part))
    ]


def reading_as(data: bytes, encoding: str) -> Reading | None:
    """What a person chose among the readings; None when it is none of them."""
    return next((one for one in readings(data) if one.encoding == encoding), None)


def telling_lines(reading: Reading, *, most: int = 3, length: int = 80) -> list[str]:
    """Lines by which a person recognises a right reading: the first with other letters than
    those of every encoding."""
    lines = [line.strip() for line in reading.sample.splitlines()]
    telling = [line for line in lines if line and not line.isascii()] or [x for x in lines if x]
    return [x if len(x) <= length else x[: length - 1] + "…" for x in telling[:most]]


def label_of(encoding: str) -> str:
    return str(_LABELS.get(encoding) or _("Other (%(name)s)") % {"name": encoding.upper()})


def _reading(
    encoding: str, data: bytes, sample: str | None = None, *, certain: bool = False
) -> Reading:
    if sample is None:
        sample = _started(data[:_MOST_LOOKED_AT], encoding, "replace")
    label = label_of(encoding)
    return Reading(encoding=encoding, label=label, sample=sample, certain=certain, data=data)


def _marked(data: bytes) -> Reading | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            body = data[len(mark) :]
            text = _strictly(body, encoding)
            if text is None and encoding == "utf-8":
                return _reading("utf-8-mixed", body, _mixed(body[:_MOST_LOOKED_AT]))
            if text is None:  # cut off in the middle of a letter
                return _reading(encoding, body)
            return None if "\x00" in text else _reading(encoding, body, certain=True)
    return None


def _wide(data: bytes) -> list[Reading]:
    """UTF-16 without a mark: line ends, digits and Latin letters have a zero byte, all on the same
    side. Any other zero means that this is no text."""
    for encoding, start in (("utf-16-le", 1), ("utf-16-be", 0)):
        zeros, others = data[start::2].count(0), data[1 - start :: 2].count(0)
        text = _strictly(data, encoding)
        if zeros and not others and text is not None and not _has_controls(text):
            return [_reading(encoding, data, certain=True)]
    return []


def _part(data: bytes) -> bytes:
    """From the start, or from the line with the first letter in question where that is far; to the
    end of a line or word: half a letter misleads whoever guesses."""
    first = _FOREIGN.search(data)
    start = 0
    if first and first.start() > _MOST_LOOKED_AT // 2:
        near = first.start() - _MOST_LOOKED_AT // 2
        start = data.rfind(b"\n", near, first.start()) + 1 or first.start()
    part = data[start : start + _MOST_LOOKED_AT]
    if start + len(part) == len(data):
        return part
    # In no encoding is a new line or a space the second half of a letter.
    end = 1 + (part.rfind(b"\n") if b"\n" in part else part.rfind(b" "))
    return part[:end] if end and _FOREIGN.search(part, 0, end) else part


def _started(part: bytes, encoding: str, errors: str = "strict") -> str:
    """A letter may be cut off at the end of a part."""
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    return decoder.decode(part, final=len(part) < _MOST_LOOKED_AT)


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        if len(data) == _MOST_LOOKED_AT:
            return _started(data, encoding)
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _has_controls(text: str) -> bool:
    return _CONTROLS.search(text) is not None


def _first_opinion(part: bytes) -> str:
    detector = EncodingDetector()
    detector.feed(part, last=len(part) < _MOST_LOOKED_AT)
    guess = _codec(detector.guess(tld=None, allow_utf8=True))
    # One letter in a Latin text tells nothing, and most such texts are Western.
    if guess.startswith(_LATIN) and _foreign(part) <= _TOO_FEW_TO_GUESS:
        return "cp1252"
    return guess


def _foreign(part: bytes) -> int:
    return sum(byte > 0x7F for byte in part)


def _second_opinion(part: bytes) -> str:
    return _codec(chardet.detect(part)["encoding"] or "cp1252")


def _codec(theirs: str) -> str:
    try:
        name = codecs.lookup({"windows-874": "cp874"}.get(theirs.lower(), theirs)).name
    except LookupError:
        return "cp1252"
    return _CODECS.get(name, name)


def _is_certain(part: bytes, text: str, second: str) -> bool:
    if b"\x1b" in part:  # ISO 2022: the shifts say what it is
        return True
    return _foreign(part) >= _LETTERS_TO_BE_CERTAIN and _strictly(part, second) == text


def _is_mostly_utf8(part: bytes) -> bool:
    text = _started(part, "utf-8", "surrogateescape")
    broken = sum("\ud800" <= sign <= "\udfff" for sign in text)
    return sum(sign > "\x7f" for sign in text) - broken > 4 * broken


def _mixed(data: bytes) -> str:
    """UTF-8, and Windows-1252 for each byte that is not."""
    return data.decode("utf-8", "surrogateescape").translate(_SINGLE)
