"""`{% load addresses %}`: email addresses as people read them."""

from __future__ import annotations

from django import template

from access import email_addresses

register = template.Library()


@register.filter
def shown_email(address: str) -> str:
    """The domain in its own letters; see `access.email_addresses`."""
    return email_addresses.shown_email(address or "")
