"""Making a list of people into invitations, in the background."""

from __future__ import annotations

from django.tasks import task

from access.invitations.services import batches


@task()
def make_batch(batch_id: int) -> None:
    """A chunk at a time, each committed with its mails. Run twice, or again, nothing is twice."""
    while batches.make_some(batch_id=batch_id):
        pass
