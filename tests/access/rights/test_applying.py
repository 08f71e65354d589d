"""What follows from a change of rights happens at once, and happens for certain."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from access import session_proofs
from access.accounts import services as accounts
from access.audit.models import AccessEvent
from access.guests.services import links
from access.invitations.people import Inviter
from access.invitations.services import managing
from access.rights import tasks
from access.rights.models import OVERDUE_AFTER, RightsChange
from access.rights.services import retry_overdue_changes, rights_changed
from access.rights.tasks import CHECK_AFTER, apply_rights_change
from access.rights.whose import EVERYBODY
from access.roles import Role
from config.management.commands.db_worker import SECONDS_BETWEEN_LOOKS, TAKE_UP
from media_items.catalogue.models import Gallery, MediaItem
from media_items.library.services import deleting, publishing
from media_items.live.sessions import upkeep
from media_items.live.sessions.models import Level, Participant, Stay
from tests import factories
from tests.access.blocks.conftest import is_inside
from tests.tasks import run_tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def broken(monkeypatch):
    """`broken()`: nothing can be applied; `broken(False)`: it can again."""
    right = tasks.apply

    def fail(change_id):
        raise OperationalError("the database is away")

    def set_broken(is_broken=True):
        monkeypatch.setattr(tasks, "apply", fail if is_broken else right)

    return set_broken


def is_there(row):
    return Stay.objects.filter(participant=row, left_at=None).exists()


def later(seconds):
    """As if that much time had gone by since the changes."""
    RightsChange.objects.update(due_at=timezone.now() - timedelta(seconds=seconds))
    DBTaskResult.objects.update(run_after=timezone.now() - timedelta(seconds=1))


def made_private(it):
    publishing.publish(
        item=it.room, state="private", galleries=[], among=Gallery.objects.all(), by=it.owner
    )


def test_what_cannot_be_applied_undoes_nothing_and_is_tried_again(people, announced, broken):
    it = people("guest")
    broken()
    announced(lambda: links.delete_link(link=it.link, by=it.owner))
    assert not is_inside(it.person.browser, it.room)
    assert is_there(it.person.row)
    change = RightsChange.objects.get()
    assert change.attempts == 1
    assert change.due_at > timezone.now()
    broken(False)
    later(0)
    run_tasks()
    assert not RightsChange.objects.exists()
    assert not is_there(it.person.row)


def test_a_process_that_dies_right_after_the_commit_takes_nothing_with_it(people):
    it = people("guest")
    links.delete_link(link=it.link, by=it.owner)  # what waits for the commit never runs
    assert is_there(it.person.row)
    [watch] = DBTaskResult.objects.filter(task_path__endswith="apply_rights_change")
    assert watch.run_after - timezone.now() < CHECK_AFTER + timedelta(seconds=1)
    later(0)
    run_tasks()
    assert not is_there(it.person.row)
    assert not RightsChange.objects.exists()


def test_what_even_the_tasks_have_lost_is_taken_up_within_a_minute(people):
    assert retry_overdue_changes in TAKE_UP
    assert OVERDUE_AFTER + timedelta(seconds=SECONDS_BETWEEN_LOOKS) < timedelta(minutes=1)
    it = people("guest")
    links.delete_link(link=it.link, by=it.owner)
    DBTaskResult.objects.all().delete()
    assert retry_overdue_changes() == 0  # somebody may have it in hand
    later(OVERDUE_AFTER.total_seconds() + 1)
    assert retry_overdue_changes() == 1
    assert retry_overdue_changes() == 0  # one task is enough
    run_tasks()
    assert not is_there(it.person.row)


def test_any_task_takes_up_what_was_overdue(people):
    it = people("guest")
    links.delete_link(link=it.link, by=it.owner)
    later(OVERDUE_AFTER.total_seconds() + 1)
    apply_rights_change.func(0)
    assert not is_there(it.person.row)


def test_applied_twice_is_applied_once(people, announced):
    it = people("guest")
    announced(lambda: links.delete_link(link=it.link, by=it.owner))
    ended = Participant.objects.get(pk=it.person.row.pk).right_ended_at
    later(0)
    run_tasks()
    assert Participant.objects.get(pk=it.person.row.pk).right_ended_at == ended


def test_what_is_rolled_back_has_changed_nobodys_rights(people, announced):
    it = people("guest")

    def undone():
        with transaction.atomic():
            links.delete_link(link=it.link, by=it.owner)
            transaction.set_rollback(True)

    assert announced(undone) == []
    assert not RightsChange.objects.exists()
    assert not AccessEvent.objects.filter(act="link_deleted").exists()
    assert is_there(it.person.row)


def test_nothing_is_owed_where_the_session_ended_meanwhile(people, broken, announced, session):
    it = people("guest")
    links.delete_link(link=it.link, by=it.owner)
    session.ended_at, session.end_reason = timezone.now(), "by_host"
    session.save()
    apply_rights_change.func(RightsChange.objects.get().pk)
    assert not RightsChange.objects.exists()
    assert Participant.objects.get(pk=it.person.row.pk).right_ended_at is None


def test_everybody_is_nobody_without_a_place():
    event = AccessEvent.objects.create(act="account_deleted")
    with pytest.raises(ValueError, match="name the item or the gallery"):
        rights_changed(event, whose=EVERYBODY)


# --- what they are now is asked of all the rules --------------------------------------------------


def test_a_role_counts_for_nothing_outside_the_window(people, announced):
    """A role alone would make them moderators; the window says that they are not there."""
    it = people("invitee")
    MediaItem.objects.update(available_until=timezone.now() - timedelta(minutes=1))
    by = Inviter(roles={Role.OWNER}, account=it.owner)
    announced(lambda: managing.change_role(invitation=it.invitation, role="moderator", by=by))
    row = Participant.objects.get(pk=it.person.row.pk)
    assert row.right_ended_at
    assert row.level < Level.MODERATOR


def test_a_role_is_what_it_is_on_this_kind_of_item(people, announced):
    it = people("invitee")
    by = Inviter(roles={Role.OWNER}, account=it.owner)
    announced(lambda: managing.change_role(invitation=it.invitation, role="moderator", by=by))
    assert Participant.objects.get(pk=it.person.row.pk).level == Level.MODERATOR


def test_an_owner_who_tries_their_own_invitation_stays_host(
    announced, client_of, owner, come, room
):
    proof = factories.InvitationProofFactory(
        invitation__item=room, invitation__email="me@example.org"
    )
    browser = client_of(owner)
    session = browser.session
    session_proofs.invitation_proofs.remember(session, proof.pk)
    session.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    me = come(browser)
    assert (me.row.level, me.row.key) == (Level.HOST, f"invitation:{proof.invitation_id}")
    announced(
        lambda: publishing.publish(
            item=room,
            state="unlisted",
            galleries=[],
            among=Gallery.objects.all(),
            by=owner,
        )
    )
    me.row.refresh_from_db()
    assert (me.row.level, me.row.right_ended_at) == (Level.HOST, None)
    assert is_inside(browser, room)


def test_published_in_place_of_unlisted_members_stay_and_passers_by_do_not(
    people, announced, come, client_of, gallery
):
    it = people("passer_by")
    member = come(client_of(factories.GalleryMembershipFactory(gallery=gallery).user))
    member.row.admitted_at = timezone.now()
    member.row.save()
    announced(
        lambda: publishing.publish(
            item=it.room,
            state="published",
            galleries=[gallery],
            among=Gallery.objects.all(),
            by=it.owner,
        )
    )
    assert is_inside(member.browser, it.room)
    assert not is_there(it.person.row)


# --- after a restart ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "act"),
    [
        ("guest", lambda it: links.delete_link(link=it.link, by=it.owner)),
        ("invitee", lambda it: managing.revoke(invitation=it.invitation, by=it.owner)),
        ("invited_account", lambda it: managing.revoke(invitation=it.invitation, by=it.owner)),
        ("reader", made_private),
        ("invitee", lambda it: deleting.move_to_bin(item=it.room, by=it.owner)),
        (
            "co_editor",
            lambda it: accounts.switch_account(user=it.user, on=False, by=it.admin),
        ),
    ],
)
def test_after_a_restart_an_old_ticket_opens_nothing_whatever_the_reason(
    people, announced, who, act
):
    it = people(who)
    before = time.time()
    announced(lambda: act(it))
    assert upkeep.recent_cuts(since=before - 1)[it.person.row.pk] >= before


# --- a full room ----------------------------------------------------------------------------------


def test_a_full_room_costs_as_many_queries_as_one_guest(people, come, guest_of):
    it = people("guest")

    def applied():
        made_private(it)
        MediaItem.objects.update(available_until=timezone.now())
        change = RightsChange.objects.latest("pk")
        with CaptureQueriesContext(connection) as captured:
            tasks.apply(change.pk)
        return len(captured)

    MediaItem.objects.update(state="unlisted")
    with_one = applied()
    for number in range(10):
        MediaItem.objects.update(available_until=None, state="unlisted")
        come(guest_of(f"guest{number}@example.org"))
    assert applied() == with_one
    assert not Participant.objects.filter(right_ended_at=None).exists()
