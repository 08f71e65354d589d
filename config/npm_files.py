"""Front-end parts from npm as static files, straight from where npm puts them.

Only what a page loads is found, with its source map, which the manifest of static files asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage

# package → (its folder of ready-made files, the names wanted)
PARTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "hls.js": ("dist", ("hls.light.min.js", "hls.light.min.js.map")),
    "media-chrome": ("dist/iife", ("index.js", "index.js.map")),
}


class NpmFinder(BaseFinder):
    """`npm/<package>/<name>`; nothing where npm has not been."""

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return []

    def find(self, path: str, find_all: bool = False) -> str | list[str] | None:  # type: ignore[override]
        for package, (folder, names) in PARTS.items():
            for name in names:
                there = settings.NPM_DIR / package / folder / name
                if path == f"npm/{package}/{name}" and there.is_file():
                    return [str(there)] if find_all else str(there)
        return [] if find_all else None

    def list(
        self, ignore_patterns: Iterable[str] | None
    ) -> Iterator[tuple[str, FileSystemStorage]]:
        for package, (folder, names) in PARTS.items():
            storage = FileSystemStorage(location=settings.NPM_DIR / package / folder)
            storage.prefix = f"npm/{package}"  # type: ignore[attr-defined]
            for name in names:
                if storage.exists(name):
                    yield name, storage
