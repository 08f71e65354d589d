"""A ZIP of QTI: its questions in their order, and the pictures beside them."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from functools import partial
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from media_items.quizzes.interchange.moodle import read_moodle
from media_items.quizzes.interchange.neutral import Bank, NotReadable
from media_items.quizzes.interchange.opening import MOST_ELEMENTS, Package, TooManyParts, xml_of
from media_items.quizzes.interchange.pictures import Pictures
from media_items.quizzes.interchange.qti1 import read_qti1
from media_items.quizzes.interchange.qti2 import ITEM_NAMES, read_qti2_item
from media_items.quizzes.interchange.xml_text import bare_name, without_namespaces

_CANVAS = "$IMS-CC-FILEBASE$"
_FOLDERS = ("", "web_resources/", "resources/")
_MOST_XML_BYTES = 20 * 1024 * 1024  # of all its XML files together
_TESTS = frozenset({"assessmentTest", "qti-assessment-test"})
_WORKBOOKS = frozenset({"xl/workbook.xml", "xl/workbook.bin", "content.xml"})  # Excel, LibreOffice
_WITH_QUESTIONS = ITEM_NAMES | {"quiz", "questestinterop"}
_KNOWN = _WITH_QUESTIONS | _TESTS | {"manifest"}
_QUESTIONS = ITEM_NAMES | {"question", "item"}


def read_package(data: bytes, bank: Bank | None = None) -> Bank:
    package, bank = Package(data), bank or Bank()
    if any(name in _WORKBOOKS for name in package.names):
        raise NotReadable(
            _("We don’t read this kind of spreadsheet. Save it as CSV and upload that.")
        )
    left, elements_left = _MOST_XML_BYTES, MOST_ELEMENTS
    roots: dict[str, Element] = {}
    for name in package.names:
        if not name.lower().endswith((".xml", ".qti")):
            continue
        xml = package.read(name) or b""
        if (left := left - len(xml)) < 0:
            raise NotReadable(_("Unpacked, this ZIP file would be too large."))
        try:
            root = without_namespaces(xml_of(xml, most_elements=elements_left))
        except TooManyParts:
            raise
        except NotReadable as why:
            bank.notes.add(f"{name}: {why}")
            continue
        elements_left -= sum(1 for _element in root.iter())
        if bare_name(root) in _KNOWN:
            roots[name] = root
    names = _in_order(roots)
    bank.expected = sum(_expected(roots[name]) for name in names)
    files = _Files(package)
    for name in names:
        read_root(roots[name], bank, Pictures(bank, files.beside(name)))
    return bank


def read_document(data: bytes, bank: Bank | None = None) -> Bank:
    """One XML file, of whichever format."""
    bank, root = bank or Bank(), without_namespaces(xml_of(data))
    bank.expected = _expected(root)
    if not read_root(root, bank, Pictures(bank, lambda _source: None)):
        raise NotReadable(
            _("This XML file is neither of Moodle nor QTI. These are the kinds that we read.")
        )
    return bank


def read_root(root: Element, bank: Bank, pictures: Pictures) -> bool:
    """Whether there are questions in it."""
    name = bare_name(root)
    if name == "quiz":
        read_moodle(root, bank)
    elif name == "questestinterop":
        read_qti1(root, bank, pictures)
    elif name in ITEM_NAMES:
        read_qti2_item(root, bank, pictures)
    else:
        return False
    return True


def _expected(root: Element) -> int:
    """Of how many questions its elements tell."""
    if bare_name(root) not in _WITH_QUESTIONS:
        return 0
    return sum(bare_name(one) in _QUESTIONS for one in root.iter())


def _in_order(roots: dict[str, Element]) -> list[str]:
    """As a test asks them where there is one, else as the manifest lists them."""
    found: dict[str, None] = {}
    for name, root in roots.items():
        if bare_name(root) in _TESTS:
            folder = posixpath.dirname(name)
            for one in root.iter():
                if bare_name(one) in {"assessmentItemRef", "qti-assessment-item-ref"}:
                    found[posixpath.normpath(posixpath.join(folder, one.get("href", "")))] = None
    manifest = next(
        (root for name, root in roots.items() if name.endswith("imsmanifest.xml")), None
    )
    if manifest is not None:
        for one in manifest.iter("file"):
            found[unquote(one.get("href", ""))] = None
    return [name for name in {**found, **dict.fromkeys(roots)} if name in roots]


class _Files:
    """What questions name, among the files of an archive; looked through once.

    SECURITY: addresses are looked up among its names and nowhere else.
    """

    def __init__(self, package: Package) -> None:
        self._package = package
        self._names = frozenset(package.names)
        self._by_last = {posixpath.basename(name): name for name in package.names}

    def beside(self, name: str) -> Callable[[str], bytes | None]:
        """As a file of this name speaks of them."""
        return partial(self._bytes_of, posixpath.dirname(name))

    def _bytes_of(self, folder: str, source: str) -> bytes | None:
        path = unquote(source.partition("?")[0]).strip()
        path = path.removeprefix(_CANVAS).removeprefix("%24IMS-CC-FILEBASE%24").lstrip("/")
        places = [posixpath.normpath(posixpath.join(folder, path))]
        places += [posixpath.normpath(start + path) for start in _FOLDERS]
        last = self._by_last.get(posixpath.basename(path))
        name = next((one for one in places if one in self._names), last)
        return self._package.read(name) if name else None
