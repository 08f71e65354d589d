"""What goes with an account that is deleted, and what does not."""

from __future__ import annotations

import pytest

from access.accounts.services import delete_account
from access.invitations.models import Invitation
from access.people_lists.services import correcting, inviting
from access.people_lists.models import Batch
from access.people_lists.parsing import read_people
from tests.tasks import run_tasks

pytestmark = pytest.mark.django_db


def test_people_invited_from_a_list_stay_invited_when_its_maker_is_deleted(
    item, co_editor, owner, django_capture_on_commit_callbacks
):
    """The list itself is read by nobody but its maker, so it goes with the account, addresses of
    people who are not invited included."""
    people = read_people("ada@example.org\ngrace@example.org")
    batch = correcting.create_batch(item=item, people=people, role="viewer", by=co_editor)
    with django_capture_on_commit_callbacks(execute=True):
        inviting.start(batch=batch)
    run_tasks()
    delete_account(user=co_editor, by=owner)
    assert not Batch.objects.exists()
    invited = Invitation.objects.filter(item=item)
    assert {one.email for one in invited} == {"ada@example.org", "grace@example.org"}
    assert {one.invited_by for one in invited} == {None}
