"""Domains of email addresses as admins and hosts name them: one per line, and what they cover.

On its own because guest links and the site policy know domains alike.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.core.validators import DomainNameValidator
from django.utils.translation import gettext as _

from access.email_addresses import domain_of, normal_domain, shown_domain


def read_domains(typed: str) -> str:
    """One per line, in the form of addresses, without @. Raises `ValidationError`, which names what
    is no domain."""
    wanted = [
        normal_domain(part.removeprefix("@").strip("."))
        for part in re.split(r"[\s,;]+", typed)
        if part
    ]
    for domain in wanted:
        try:
            DomainNameValidator(accept_idna=False)(domain)
        except ValidationError:
            raise ValidationError(
                _("“%(domain)s” is not a domain such as example.edu."),
                params={"domain": domain},
            ) from None
    return "\n".join(dict.fromkeys(wanted))


def shown_domains(stored: str) -> str:
    """As people read them, one per line."""
    return "\n".join(map(shown_domain, stored.split()))


def covers(domains: Collection[str], address: str) -> bool:
    """Whether the address is at one of these domains, or at a subdomain of one."""
    domain = domain_of(address)
    return any(domain == one or domain.endswith(f".{one}") for one in domains)
