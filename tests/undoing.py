"""A stretch of a test whose rows are undone, as those of a whole test are."""

from __future__ import annotations

from django.db import transaction


def stage() -> transaction.Atomic:
    """A transaction in which, as in a test's own, a server seems to run: what is to be committed at
    once (`atomic(durable=True)`) is not refused."""
    made = transaction.atomic()
    made._from_testcase = True
    return made
