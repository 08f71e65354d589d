"""What goes with an account that is deleted, and what does not."""

from __future__ import annotations

import pytest
from django.utils import timezone

from access.accounts.services import delete_account
from access.invitations.models import Invitation
from access.people_lists.models import Batch
from access.people_lists.parsing import read_people
from access.people_lists.services import correcting, inviting
from media_items.quizzes.models import Taker
from tests import factories
from tests.conftest import client_with_proofs
from tests.quiz_factories import published_quiz
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


@pytest.mark.parametrize("is_proven", [False, True])
def test_only_who_has_proven_the_address_takes_along_what_came_under_it(owner, is_proven):
    quiz = published_quiz(item__owner=owner)
    invitation = factories.InvitationFactory(
        item=quiz.item, email="ada@example.org", role="viewer", accepted=True
    )
    ada = client_with_proofs(
        factories.InvitationProofFactory(invitation=invitation, how="confirmed")
    )
    page = quiz.item.get_absolute_url()
    attempt = ada.post(f"{page}quiz/start/")["Location"]
    ada.post(f"{attempt}hand-in/", {"question": ["open"], "open": "An essay", "anyway": "1"})
    account = factories.UserFactory(
        email="ada@example.org", email_verified_at=timezone.now() if is_proven else None
    )
    delete_account(user=account, by=account)
    assert Taker.objects.filter(erased_at=None).exists() is not is_proven
    assert ada.get(f"{attempt}result/").status_code == (404 if is_proven else 200)
