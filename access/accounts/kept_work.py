"""What somebody had typed when their sign-in ended, carried over the sign-in that follows.

Nothing is stored: it travels, signed, in the sign-in form of the browser that sent it. Why, and
what it does not carry: docs/adr/0026.

SECURITY: no password and no file is carried. Only the browser of an account that signed in here
before carries anything, and only that account is shown it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Self
from urllib.parse import urlsplit

from django.core import signing
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import SkipFile, StopUpload
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.utils.crypto import constant_time_compare

from access.accounts.known_browsers import carried_mark, mark_of
from access.accounts.models import User
from media_items.library.uploads import MOST_BYTES_OF_A_FORM, ThrowFilesAway

FIELD = "kept_work"
MOST_CHARACTERS = 500_000
KEPT_FOR = timedelta(hours=12)
_SALT = "access.accounts.kept_work"
_NEVER = frozenset({"csrfmiddlewaretoken", "username", "code", FIELD})
_NOT_TYPED = frozenset({"next", "seen_at"})


@dataclass(frozen=True)
class KeptWork:
    """A form as it was sent: where to, its fields in their order, the names of its files, and the
    page it stood on."""

    address: str
    account: str
    fields: list[list[str]]
    files: list[list[str]]
    page: str = ""

    @classmethod
    def of_request(cls, request: HttpRequest) -> Self | None:
        """None where nothing was typed, it is too long, or no account has signed in here."""
        account = carried_mark(request)
        if request.method != "POST" or not account:
            return None
        files = _FileNames(request)
        if not hasattr(request, "_files"):  # else the protection against forgery has read it
            request.upload_handlers = [files]
        try:
            sent = request.POST
        except (SuspiciousOperation, MultiPartParserError, OSError):
            return None
        fields = [
            [name, str(value)]
            for name, values in sent.lists()
            if name not in _NEVER and "password" not in name.lower()
            for value in values
        ]
        is_typed = any(name not in _NOT_TYPED and value.strip() for name, value in fields)
        if (
            not (is_typed or files.found)
            or sum(len(value) for _name, value in fields) > MOST_CHARACTERS
        ):
            return None
        return cls(request.get_full_path(), account, fields, files.found, _page_of(request))

    @classmethod
    def read(cls, packed: str) -> Self | None:
        try:
            found = signing.loads(packed, salt=_SALT, max_age=KEPT_FOR)
        except signing.BadSignature:
            return None
        return cls(**found)

    def packed(self) -> str:
        return signing.dumps(asdict(self), salt=_SALT, compress=True)

    def is_of(self, user: User) -> bool:
        return constant_time_compare(self.account, mark_of(user.pk))

    def shown(self) -> list[dict[str, Any]]:
        """The words among the fields, for reading."""
        return [
            {"name": name.replace("_", " ").capitalize(), "value": value}
            for name, value in self.fields
            if name not in _NOT_TYPED and value.strip()
        ]


def _page_of(request: HttpRequest) -> str:
    """ "" where the browser does not say, or it is no page of ours."""
    try:
        said = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return ""
    is_ours = said.netloc == request.get_host()
    return said._replace(scheme="", netloc="", fragment="").geturl() if is_ours else ""


class _FileNames(ThrowFilesAway):
    """Notes what the files were called. Of a large form nothing is read after the first file."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.found: list[list[str]] = []
        self._is_large = False

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any) -> None:  # noqa: N803 (Django's name)
        self._is_large = content_length > MOST_BYTES_OF_A_FORM

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        self.found.append([field_name, file_name])
        if self._is_large:
            raise StopUpload(connection_reset=True)
        raise SkipFile
