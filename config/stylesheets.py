"""One stylesheet for each group of pages, joined from the files in `styles/`.

A page loads `css/core.css` and those of its group; the templates in `templates/site/` say which.
Within a group the order of the files is the order of the cascade.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage

# The media page, embedded too, and the entrance of a session.
_MEDIA = (
    "pages/media.css",
    "pages/entrance.css",
    "pages/player.css",
    "pages/media-player.css",
)

GROUPS: dict[str, tuple[str, ...]] = {
    # Every page.
    "core": (
        "layers.css",
        "tokens.css",
        "base.css",
        "components/button.css",
        "components/icon-button.css",
        "components/menu.css",
        "components/dialog.css",
        "components/tabs.css",
        "components/field.css",
        "components/switch.css",
        "components/badge.css",
        "components/avatar.css",
        "components/table.css",
        "components/empty.css",
        "components/toast.css",
        "components/progress.css",
        "components/copy-field.css",
        "components/qr.css",
        "components/countdown.css",
        "components/media-grid.css",
        "components/page-header.css",
        "components/pagination.css",
        "components/guest-bar.css",
        "utilities.css",
    ),
    # Joining, signing in, refusals, and error pages.
    "door": (
        "pages/door.css",
        "pages/invitation-door.css",
        "pages/guest-door.css",
        "pages/quiz-certificate.css",
    ),
    # Pages of people with an account, and the dialogs they open on other pages.
    "host": (
        "pages/share.css",
        "pages/guests.css",
        "pages/invite.css",
        "pages/register.css",
        "pages/uploads.css",
        "pages/quiz-presets.css",
    ),
    # Questions, settings, results and marks of a quiz.
    "quiz_host": (
        "pages/quiz-pages.css",
        "pages/quiz-writing.css",
        "pages/quiz-results.css",
        "pages/quiz-marking.css",
        "pages/quiz-import.css",
    ),
    # The report of a session.
    "report": ("pages/live-attendance.css",),
    # The administration, beside Django's own styles.
    "admin": ("tokens.css", "pages/admin.css"),
    "media": (*_MEDIA, "pages/quiz-pages.css", "pages/quiz-start.css"),
    # Inside a quiz, beside those of the media page: an attempt, its result, its preview.
    "quiz": ("pages/quiz-taking.css", "pages/quiz-film.css"),
    # Inside a session: all in one file, since its pages load most.
    "live": (
        *_MEDIA,
        "pages/live.css",
        "pages/live-participants.css",
        "pages/live-qna.css",
        "pages/live-chat.css",
        "pages/live-events.css",
        "pages/live-stage.css",
        "pages/live-broadcast.css",
    ),
}


def joined(group: str) -> str:
    """The text of a group's stylesheet. Raises KeyError and FileNotFoundError."""
    parts = [(settings.STYLES_DIR / name).read_text(encoding="utf-8") for name in GROUPS[group]]
    return "\n".join(parts)


class StylesheetFinder(BaseFinder):
    """Finds `css/<group>.css`, for `collectstatic` and for servers without it.

    Static files must be files, so the joined ones are written into a folder of this process, and
    again when a source has changed, so that a change of a style is seen at once.
    """

    @cached_property
    def _storage(self) -> FileSystemStorage:
        folder = tempfile.mkdtemp(prefix="foyer-styles-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        storage = FileSystemStorage(location=folder)
        storage.prefix = "css"  # type: ignore[attr-defined]
        return storage

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        return []

    def find(self, path: str, find_all: bool = False) -> str | list[str] | None:  # type: ignore[override]
        folder, _, name = path.rpartition("/")
        group = name.removesuffix(".css")
        if folder != "css" or name != f"{group}.css" or group not in GROUPS:
            return [] if find_all else None
        there = str(self._written(group))
        return [there] if find_all else there

    def list(
        self, ignore_patterns: Iterable[str] | None
    ) -> Iterator[tuple[str, FileSystemStorage]]:
        for group in GROUPS:
            yield self._written(group).name, self._storage

    def _written(self, group: str) -> Path:
        """The group's file, with the modification time of its newest source."""
        sources = [Path(__file__), *(settings.STYLES_DIR / name for name in GROUPS[group])]
        newest = max(source.stat().st_mtime_ns for source in sources)
        path = Path(self._storage.path(f"{group}.css"))
        if not path.exists() or path.stat().st_mtime_ns != newest:
            with tempfile.NamedTemporaryFile(
                "w", encoding="utf-8", dir=path.parent, delete=False
            ) as written:
                written.write(joined(group))
            os.utime(written.name, ns=(newest, newest))
            Path(written.name).chmod(0o644)
            Path(written.name).replace(path)  # atomically: another thread may be sending it
        return path
