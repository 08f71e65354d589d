"""Why something typed is no email address, in a sentence for whoever typed it."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from access.email_addresses import LONGEST, is_good_email

_LONGEST_SHOWN = 60
_LOCAL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+", re.ASCII)
_DOMAIN = re.compile(r"[\w.-]+")


def why_no_address(typed: str) -> str:
    """ "" where it is one. The first fault that a reader would see, from the left."""
    typed = typed.strip()
    if is_good_email(typed):
        return ""
    local, at, domain = typed.rpartition("@")
    if not at:
        return _("An email address needs an @.")
    if len(typed) > LONGEST:
        return _("The email address is too long.")
    if '"' in typed:
        return _("Quotation marks aren’t accepted.")
    if "@" in local:
        return _("There is more than one @.")
    if not local:
        return _("There is nothing before the @.")
    if not domain:
        return _("There is nothing after the @.")
    return _why_no_domain(domain) or _why_no_name(local)


def _why_no_domain(domain: str) -> str:
    shown = {"domain": domain[:_LONGEST_SHOWN]}
    if re.search(r"\s", domain):
        return _("There is a space in “%(domain)s”.") % shown
    if "." not in domain:
        return _("“%(domain)s” has no ending such as .org.") % shown
    if ".." in domain or domain.startswith(".") or domain.endswith("."):
        return _("There is a dot too many in “%(domain)s”.") % shown
    if not _DOMAIN.fullmatch(domain) or not is_good_email(f"a@{domain}"):
        return _("“%(domain)s” can’t be a domain.") % shown
    return ""


def _why_no_name(local: str) -> str:
    shown = {"name": local[:_LONGEST_SHOWN]}
    if re.search(r"\s", local):
        return _("There is a space in “%(name)s”.") % shown
    if ".." in local or local.startswith(".") or local.endswith("."):
        return _("There is a dot too many in “%(name)s”.") % shown
    if not _LOCAL.fullmatch(local):
        return _("“%(name)s” has a character that isn’t accepted before the @.") % shown
    return _("This can’t be used as an email address.")
