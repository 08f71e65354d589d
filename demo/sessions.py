"""The demo's session that is over. Its rows are written directly, because it lies in the past."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from access.accounts.models import User
from access.guests.models import GuestAdmission
from access.guests.proofs import GuestProofs
from access.invitations.models import Invitation
from access.invitations.proofs import InvitationProofs
from access.memberships.proofs import AccountProofs
from demo.course import MINUTE, Attendee, Item, PastSession
from media_items.live.chat.models import ChatMessage
from media_items.live.interactions.models import Poll, PollAnswer
from media_items.live.qna.models import AudienceQuestion
from media_items.live.sessions.entering import person_digest
from media_items.live.sessions.models import EndReason, Level, LiveSession, Participant, Stay
from media_items.models import MediaItem

_LEVELS = {"owner": Level.HOST, "moderator": Level.MODERATOR, "speaker": Level.SPEAKER}


def add_session(item: Item, row: MediaItem, *, people: dict[str, User]) -> None:
    """The past session of `item`, which began when the item starts."""
    if item.past_session is None or row.starts_at is None:
        return
    opened_at = row.starts_at
    session = LiveSession.objects.create(
        item=row,
        made_at=opened_at - 10 * MINUTE,
        opened_at=opened_at,
        ended_at=opened_at + item.past_session.minutes * MINUTE,
        end_reason=EndReason.BY_HOST,
    )
    there = {
        one.who: _add_participant(one, session, opened_at, account=people.get(one.who))
        for one in item.past_session.people
    }
    _add_chat(item.past_session, session, opened_at, there)
    _add_questions(item.past_session, session, opened_at, there)
    _add_poll(item.past_session, session, opened_at, there)


def shift_dates(items: QuerySet[MediaItem], shift: timedelta) -> None:
    """Moves all times of the sessions of `items` by `shift`."""
    of = {
        LiveSession: ("item__in", ("made_at", "opened_at", "ended_at")),
        Participant: ("session__item__in", ("asked_at", "admitted_at")),
        Stay: ("participant__session__item__in", ("came_at", "seen_at", "left_at")),
        ChatMessage: ("session__item__in", ("sent_at",)),
        AudienceQuestion: (
            "session__item__in",
            ("asked_at", "taken_at", "published_at", "answered_at", "answered_live_at"),
        ),
        Poll: ("session__item__in", ("made_at", "started_at", "closed_at")),
    }
    for model, (where, names) in of.items():
        rows = model.objects.filter(**{where: items})  # type: ignore[attr-defined]
        rows.update(**{name: F(name) + shift for name in names})


def _add_participant(
    one: Attendee, session: LiveSession, opened_at: datetime, *, account: User | None
) -> Participant:
    """With their account, their invitation or their guest link."""
    item = session.item
    email = account.email if account else one.who
    invitation = Invitation.objects.filter(item=item, email=email).first()
    facts = {"role": "guest", "certainty": "typed"}
    if account:
        role = "owner" if item.owner_id == account.pk else "viewer"
        key, name = str(AccountProofs.key_of(account.pk)), account.get_full_name()
        facts = {"role": invitation.role if invitation else role, "certainty": "signed_in"}
    elif invitation:
        key, name = str(InvitationProofs.key_of(invitation.pk)), invitation.get_full_name()
        facts = {"role": invitation.role, "certainty": "confirmed"}
    else:
        admission = GuestAdmission.objects.get(guest__link__item=item, guest__email=email)
        key, name = str(GuestProofs.key_of(admission.pk)), admission.name
    came_at = opened_at + one.stays[0][0] * MINUTE
    row = Participant.objects.create(
        session=session,
        key=key,
        person=person_digest(email),
        name=name,
        level=_LEVELS.get(facts["role"], Level.AUDIENCE),
        asked_at=came_at,
        admitted_at=came_at,
        **facts,
    )
    for first, last in one.stays:
        left_at = opened_at + last * MINUTE
        Stay.objects.create(
            participant=row, came_at=opened_at + first * MINUTE, seen_at=left_at, left_at=left_at
        )
    return row


def _add_chat(
    past: PastSession, session: LiveSession, start: datetime, there: dict[str, Participant]
) -> None:
    for minute, who, text in past.chat:
        ChatMessage.objects.create(
            session=session, author=there[who], text=text, sent_at=start + minute * MINUTE
        )


def _add_questions(
    past: PastSession, session: LiveSession, start: datetime, there: dict[str, Participant]
) -> None:
    """An answer in writing, one given live (""), or none yet."""
    answering = next(one for one in there.values() if one.level >= Level.MODERATOR)
    for minute, who, text, answer in past.questions:
        asked_at = start + minute * MINUTE
        answered_at = None if answer is None else asked_at + 4 * MINUTE
        AudienceQuestion.objects.create(
            session=session,
            author=there[who],
            text=text,
            asked_at=asked_at,
            taken_at=answered_at,
            taken_by=answering if answered_at else None,
            answer=answer or "",
            answered_at=answered_at if answer else None,
            answered_by=answering if answer else None,
            answered_live_at=answered_at if answer == "" else None,
            published_at=asked_at + 2 * MINUTE,
        )


def _add_poll(
    past: PastSession, session: LiveSession, start: datetime, there: dict[str, Participant]
) -> None:
    if past.poll is None:
        return
    question, answers = past.poll
    started_at = start + 16 * MINUTE
    poll = Poll.objects.create(
        session=session,
        question=question,
        made_at=start,
        started_at=started_at,
        closed_at=started_at + 10 * MINUTE,
    )
    for number, (text, voters) in enumerate(answers.items(), start=1):
        option = poll.options.create(number=number, text=text)
        PollAnswer.objects.bulk_create(
            PollAnswer(poll=poll, option=option, voter=there[who]) for who in voters
        )
