"""The process that reads what a page of a PDF is to draw, where PDFium found nothing on it.

Python on hostile input: it runs alone and confined, as `pdf_worker` does, by path with `python -I`.
Arguments: the file, how many pages PDFium found in it, and the numbers of those that are asked for.
Writes a JSON line for each: {"number": n, "draws": …}. A page draws when its content does, or is
damaged; not when that cannot be told.
"""

from __future__ import annotations

import json
import sys
import zlib

from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError
from pypdf.generic import ArrayObject, StreamObject

PAINTING = frozenset(b"S s f F f* B B* b b* sh Do".split()) | {b"INLINE IMAGE"}
SHOWING_TEXT = frozenset(b"Tj TJ ' \"".split())
# Of the content of one page: more than that is no blank.
MOST_BYTES = 1_000_000


def draws(page: PageObject) -> bool:
    streams = streams_of(page)
    if any(is_damaged(stream) for stream in streams):
        return True
    content = page.get_contents()
    if content is None:
        return False
    for operands, operator in content.operations:
        if operator in PAINTING or (operator in SHOWING_TEXT and any(map(has_letters, operands))):
            return True
    return False


def streams_of(page: PageObject) -> list[StreamObject]:
    contents = page.get("/Contents")
    found = contents.get_object() if contents is not None else None
    parts = [one.get_object() for one in found] if isinstance(found, ArrayObject) else [found]
    return [part for part in parts if isinstance(part, StreamObject)]


def is_damaged(stream: StreamObject) -> bool:
    """Told of Flate only, by which nearly every PDF is packed."""
    packing = stream.get("/Filter")
    if packing not in ("/FlateDecode", ["/FlateDecode"]):
        return False
    packed = stream._data
    unpacking = zlib.decompressobj()
    try:
        unpacking.decompress(packed, MOST_BYTES)
    except zlib.error:
        return True
    return bool(packed) and not unpacking.eof


def has_letters(operand: object) -> bool:
    if isinstance(operand, ArrayObject):
        return any(map(has_letters, operand))
    return isinstance(operand, str | bytes) and len(operand) > 0


def main(path: str, pages: int, *numbers: int) -> None:
    reader = PdfReader(path)
    if len(reader.pages) != pages:
        return  # it counts otherwise, so its second page may be another
    for number in numbers:
        try:
            found = draws(reader.pages[number - 1])
        except DependencyError:  # it is encrypted in a way that only others read
            found = False
        except (MemoryError, RecursionError):
            raise
        except Exception:  # noqa: BLE001 - pypdf raises anything at all for what is damaged
            found = True
        sys.stdout.write(json.dumps({"number": number, "draws": found}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
