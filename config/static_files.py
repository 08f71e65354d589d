"""Static files: those that npm brings, and how a public site stores and serves all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

# package → (its folder of ready-made files, the names wanted)
PARTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "hls.js": ("dist", ("hls.light.min.js", "hls.light.min.js.map")),
    "media-chrome": ("dist/iife", ("index.js", "index.js.map")),
}


class NpmFinder(BaseFinder):
    """Finds `npm/<package>/<name>` where npm has put it; nothing where npm has not been run.

    Only what a page loads is found, with its source map, which the manifest of static files needs.
    """

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


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Compressed files, named by a hash of their content; scripts import each other by these names.

    Django finds `import … from "./x.js"`, `export … from`, `import "./x.js"` and `import("./x.js")`
    with a literal path that begins with a dot (`HashedFilesMixin`). Each pass carries a changed
    hash one module further up, so as many are allowed as imports may be deep; a circle of imports
    never ends and is refused: "Max post-process passes exceeded".
    """

    support_js_module_import_aggregation = True
    max_post_process_passes = 10
