"""What all mails have in common: sender, headers, a plain part and an HTML part.

SECURITY: one recipient per mail, whatever was typed as a name; see `access.typed_text`.
"""

from __future__ import annotations

from collections.abc import Callable
from email.charset import BASE64, Charset
from email.header import Header
from email.headerregistry import HeaderRegistry
from email.policy import EmailPolicy, default
from email.utils import parseaddr
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from access.mail.header_names import ascii_address, header_name, header_text, named_address

if TYPE_CHECKING:
    from access.mail.models import OutgoingMail

# With these headers a mail gets no automatic reply.
_AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


class _Message(EmailMultiAlternatives):
    def message(self, *, policy: Any = default) -> Any:
        if not isinstance(policy, WholeWords):
            policy = WholeWords(**{name: getattr(policy, name) for name in _KEPT})
        return super().message(policy=cast("Any", policy))


_KEPT = ("linesep", "cte_type", "max_line_length", "utf8", "raise_on_defect")
_BASE64 = Charset("utf-8")
_BASE64.header_encoding = BASE64
# Of each mail another; all else may be the same in many.
_ITS_OWN = frozenset({"to", "date", "message-id"})


MANY = 200  # different headers


class _Registry(HeaderRegistry):
    """Makes the class of each header once; `email` makes one for every header of every mail."""

    def __init__(self) -> None:
        super().__init__()
        self._classes: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        key = name.lower()
        if key not in self._classes:
            self._classes[key] = super().__getitem__(name)
        return self._classes[key]


_REGISTRY = _Registry()


class WholeWords(EmailPolicy):
    """With a subject in whole encoded words: folded by the policies of `email`, a subject in other
    letters has a space more or less (seen in Python 3.13).

    One instance serves many mails: a header that stands in all of them is read and folded once.
    """

    _parse_once: Callable[[str, str], tuple[str, str]]
    _fold_once: Callable[[str, str], bytes]

    def __init__(self, **options: Any) -> None:
        super().__init__(header_factory=_REGISTRY, **options)
        self._forget()

    def clone(self, **options: Any) -> WholeWords:
        """With other lengths of lines, say, it folds otherwise."""
        made = super().clone(**options)
        made._forget()
        return made

    def _forget(self) -> None:
        # A policy lets nothing of its own be set.
        object.__setattr__(self, "_parse_once", lru_cache(MANY)(super().header_store_parse))
        object.__setattr__(self, "_fold_once", lru_cache(MANY)(self._folded))

    def header_store_parse(self, name: str, value: Any) -> tuple[str, str]:
        if type(value) is str and name.lower() not in _ITS_OWN:
            return self._parse_once(name, value)
        return super().header_store_parse(name, value)

    def fold(self, name: str, value: str) -> str:
        return self._subject(value) if self._is_other(name, value) else super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        known = name.lower() not in _ITS_OWN
        return self._fold_once(name, value) if known else self._folded(name, value)

    def _folded(self, name: str, value: str) -> bytes:
        if self._is_other(name, value):
            return self._subject(value).encode("ascii")
        return super().fold_binary(name, value)

    def _is_other(self, name: str, value: str) -> bool:
        return name.lower() == "subject" and not str(value).isascii()

    def _subject(self, value: str) -> str:
        words = Header(str(value), _BASE64, header_name="Subject").encode(linesep=self.linesep)
        return f"Subject: {words}{self.linesep}"


def compose(
    *, subject: str, text: str, html: str = "", to: str, sender: str = "", reply_to: str = ""
) -> EmailMultiAlternatives:
    """From the site's own address; with a `sender`, in that person's name.

    Every mail is made here: what was typed reaches a header by `access.mail.header_names` only.
    """
    message = _Message(
        subject=header_text(subject),
        body=text,
        from_email=_from(sender),
        to=[ascii_address(to)],
        reply_to=[ascii_address(reply_to)] if reply_to else [],
        headers=dict(_AUTOMATIC),
    )
    if html:
        message.attach_alternative(html, "text/html")
    return message


def compose_from(
    template: str, context: dict[str, Any], *, subject: str, to: str, **options: str
) -> EmailMultiAlternatives:
    """From the templates `<template>.txt` and `<template>.html`."""
    return compose(
        subject=subject,
        text=render_to_string(f"{template}.txt", context),
        html=render_to_string(f"{template}.html", context),
        to=to,
        **options,
    )


def message_id(mail: OutgoingMail) -> str:
    """Always the same for one row of the outbox; it does not tell how many rows there are.

    By its time as well: after a restore ids are given again, and a mail with the name of one that
    was delivered before is dropped as the same one.
    """
    row = f"{mail.pk}:{mail.asked_at.timestamp()}"
    digest = salted_hmac("access.outgoing-mail", row, algorithm="sha256").hexdigest()[:32]
    return f"<{digest}@{urlsplit(settings.SITE_URL).hostname}>"


def _from(sender: str) -> str:
    own_name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    if name := header_name(sender):
        own_name = _("%(name)s via %(site)s") % {
            "name": name,
            "site": header_name(settings.SITE_NAME),
        }
    return named_address(own_name, address)
