"""A list says why a line is no email address."""

import pytest

from access.email_faults import why_no_address


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("ada@example.org", ""),
        ("Ada Lovelace", "An email address needs an @."),
        ("ada@@example.org", "There is more than one @."),
        ("@example.org", "There is nothing before the @."),
        ("ada@", "There is nothing after the @."),
        ("ada@example", "“example” has no ending such as .org."),
        ("ada@exa mple.org", "There is a space in “exa mple.org”."),
        ("ada@example..org", "There is a dot too many in “example..org”."),
        ("ada@exa!mple.org", "“exa!mple.org” can’t be a domain."),
        ("ada@-example.org", "“-example.org” can’t be a domain."),
        ("ada lovelace@example.org", "There is a space in “ada lovelace”."),
        (".ada@example.org", "There is a dot too many in “.ada”."),
        ('"ada b"@example.org', "Quotation marks aren’t accepted."),
        ("adà@example.org", "“adà” has a character that isn’t accepted before the @."),
        ("a" * 250 + "@example.org", "The email address is too long."),
    ],
)
def test_the_first_fault_is_named(typed, why):
    assert why_no_address(typed) == why
