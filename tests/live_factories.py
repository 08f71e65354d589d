"""Makes the rows of live sessions in the most restricted ordinary state, as `tests.factories` does.

A session is in its lobby; whoever comes has asked and waits; nothing is published or started.
"""

from __future__ import annotations

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from media_items.catalogue.models import Kind
from media_items.live.broadcast.models import Broadcast, BroadcastRun
from media_items.live.chat.models import BackchannelMessage, ChatMessage
from media_items.live.interactions.models import (
    Poll,
    PollAnswer,
    PollOption,
    Reaction,
    ReactionKind,
)
from media_items.live.qna.models import AudienceQuestion, AudienceQuestionVote
from media_items.live.sessions.entering import person_digest
from media_items.live.sessions.models import (
    EndReason,
    Level,
    LiveSession,
    LiveSettings,
    Participant,
    Stay,
)
from media_items.live.stage.models import Seat, SeatKind, StageInvitation
from tests.factories import MediaItemFactory


def _now():
    return factory.LazyFunction(timezone.now)


class LiveSettingsFactory(DjangoModelFactory):
    class Meta:
        model = LiveSettings

    item = factory.SubFactory(MediaItemFactory, kind=Kind.ROOM)


class LiveSessionFactory(DjangoModelFactory):
    """A room's session in its lobby: not opened, not locked, not ended."""

    class Meta:
        model = LiveSession

    class Params:
        live = factory.Trait(opened_at=_now())
        ended = factory.Trait(opened_at=_now(), ended_at=_now(), end_reason=EndReason.BY_HOST)

    item = factory.SubFactory(MediaItemFactory, kind=Kind.ROOM, title="Office hour")


class ParticipantFactory(DjangoModelFactory):
    """A guest at the door: asked, neither admitted nor declined, and there no longer.

    `email="…"` sets the digest of the address, as coming in does.
    """

    class Meta:
        model = Participant

    class Params:
        email = ""
        inside = factory.Trait(admitted_at=_now())
        declined = factory.Trait(declined_at=_now())
        removed = factory.Trait(admitted_at=_now(), removed_at=_now())
        erased = factory.Trait(name="", person="", erased_at=_now())

    session = factory.SubFactory(LiveSessionFactory)
    key = factory.Sequence(lambda n: f"guest:{900_000 + n}")
    person = factory.LazyAttribute(lambda row: person_digest(row.email))
    name = factory.Sequence(lambda n: f"Ada Lovelace {n}")
    role = "guest"
    certainty = "typed"
    level = Level.AUDIENCE


class StayFactory(DjangoModelFactory):
    """Somebody let in, who is there now."""

    class Meta:
        model = Stay

    participant = factory.SubFactory(ParticipantFactory, inside=True)


class ChatMessageFactory(DjangoModelFactory):
    """Neither pinned nor deleted."""

    class Meta:
        model = ChatMessage

    class Params:
        deleted = factory.Trait(deleted_at=_now())

    author = factory.SubFactory(ParticipantFactory, inside=True)
    session = factory.SelfAttribute("author.session")
    text = factory.Sequence(lambda n: f"Good morning, number {n}")


class BackchannelMessageFactory(DjangoModelFactory):
    class Meta:
        model = BackchannelMessage

    author = factory.SubFactory(
        ParticipantFactory, inside=True, role="speaker", level=Level.SPEAKER
    )
    session = factory.SelfAttribute("author.session")
    text = factory.Sequence(lambda n: f"Not for the audience, number {n}")


class AudienceQuestionFactory(DjangoModelFactory):
    """Asked with a name; neither taken, answered nor published."""

    class Meta:
        model = AudienceQuestion

    class Params:
        published = factory.Trait(published_at=_now())
        dismissed = factory.Trait(dismissed_at=_now())
        anonymous = factory.Trait(is_anonymous=True)

    author = factory.SubFactory(ParticipantFactory, inside=True)
    session = factory.SelfAttribute("author.session")
    text = factory.Sequence(lambda n: f"What is a cell, number {n}?")


class AudienceQuestionVoteFactory(DjangoModelFactory):
    """The row only; the question's `vote_count` is the services' business."""

    class Meta:
        model = AudienceQuestionVote

    question = factory.SubFactory(AudienceQuestionFactory)
    voter = factory.SubFactory(
        ParticipantFactory, inside=True, session=factory.SelfAttribute("..question.session")
    )


class ReactionFactory(DjangoModelFactory):
    class Meta:
        model = Reaction

    author = factory.SubFactory(ParticipantFactory, inside=True)
    session = factory.SelfAttribute("author.session")
    kind = ReactionKind.CLAP


class PollFactory(DjangoModelFactory):
    """Written and not started; its results are shown to those who moderate only.

    `options=("Yes", "No")` makes its options, numbered from one.
    """

    class Meta:
        model = Poll
        skip_postgeneration_save = True

    class Params:
        started = factory.Trait(started_at=_now())
        closed = factory.Trait(started_at=_now(), closed_at=_now())

    made_by = factory.SubFactory(ParticipantFactory, inside=True, level=Level.MODERATOR)
    session = factory.SelfAttribute("made_by.session")
    question = "Ready for the next chapter?"
    shows_results = False

    @factory.post_generation
    def options(poll, create, extracted, **kwargs):
        if create:
            for number, text in enumerate(extracted or ("Yes", "No"), start=1):
                PollOption.objects.create(poll=poll, number=number, text=text)


class PollAnswerFactory(DjangoModelFactory):
    """`PollAnswerFactory(option=poll.options.first())`."""

    class Meta:
        model = PollAnswer

    poll = factory.SelfAttribute("option.poll")
    voter = factory.SubFactory(
        ParticipantFactory, inside=True, session=factory.SelfAttribute("..option.poll.session")
    )


class StageInvitationFactory(DjangoModelFactory):
    class Meta:
        model = StageInvitation

    participant = factory.SubFactory(ParticipantFactory, inside=True)


class SeatFactory(DjangoModelFactory):
    """On stage now, with nothing switched on."""

    class Meta:
        model = Seat

    participant = factory.SubFactory(ParticipantFactory, inside=True)
    session = factory.SelfAttribute("participant.session")
    kind = SeatKind.STAGE


class BroadcastFactory(DjangoModelFactory):
    """Going on, without a run and without a recording."""

    class Meta:
        model = Broadcast

    session = factory.SubFactory(
        LiveSessionFactory, live=True, item__kind=Kind.LIVE_EVENT, item__title="Opening lecture"
    )


class BroadcastRunFactory(DjangoModelFactory):
    """Sending, with no chunk received."""

    class Meta:
        model = BroadcastRun

    broadcast = factory.SubFactory(BroadcastFactory)
    sender = factory.SubFactory(
        ParticipantFactory, inside=True, session=factory.SelfAttribute("..broadcast.session")
    )
    mime_type = "video/webm;codecs=vp8,opus"
