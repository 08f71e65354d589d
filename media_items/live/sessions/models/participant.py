"""People in a session: who they are, whether they are let in, whether they are there.

    asked ──► admitted ──► (here, gone, here …) ──► removed by somebody
      └─────► declined                    └───────► the right ended ──► (a right again) admitted

Those who need not wait are admitted at the moment of asking. A `Stay` is one stretch of being
there.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media_items.abilities import Ability
from media_items.live.sessions.models.session import LiveSession
from media_items.moments import written
from media_items.visitors import Certainty


class Level(models.IntegerChoices):
    """What somebody is in a session, from their abilities (`level_of`); the lowest first.

    Moderators and hosts act on those of a lower level, and on nobody else (`may_act_on`).
    """

    AUDIENCE = 0, _("Audience")
    SPEAKER = 1, _("Speaker")
    MODERATOR = 2, _("Moderator")
    HOST = 3, _("Host")


def level_of(abilities: Collection[Ability]) -> Level:
    """From what they may do on the item."""
    if Ability.EDIT in abilities:
        return Level.HOST
    if Ability.MODERATE in abilities:
        return Level.MODERATOR
    if Ability.BACKCHANNEL in abilities:
        return Level.SPEAKER
    return Level.AUDIENCE


def may_act_on(actor: int, target: int) -> bool:
    """Whether somebody who moderates, of level `actor`, may act on somebody of level `target`."""
    return target < actor


_PROVEN = (Certainty.SIGNED_IN.value, Certainty.CONFIRMED.value)

# Neither removed by somebody nor there by a right that has ended; and the opposite.
NOT_OUT = Q(removed_at=None, right_ended_at=None)
OUT = Q(removed_at__isnull=False) | Q(right_ended_at__isnull=False)
# Their address was typed, and anybody can type it.
ARE_TYPED = Q(certainty=Certainty.TYPED.value)


def is_typed(participant: Participant) -> bool:
    """`ARE_TYPED` for one."""
    return participant.certainty == Certainty.TYPED.value


class ParticipantQuerySet(models.QuerySet["Participant"]):
    def out(self) -> ParticipantQuerySet:
        return self.filter(OUT)

    def inside(self) -> ParticipantQuerySet:
        """Let in, and not out; whether they are there now is another question."""
        return self.filter(NOT_OUT, admitted_at__isnull=False)

    def here(self) -> ParticipantQuerySet:
        """Inside, and there now."""
        open_stay = Stay.objects.filter(participant=OuterRef("pk"), left_at=None)
        return self.inside().filter(Exists(open_stay))

    def waiting(self) -> ParticipantQuerySet:
        """At the door, asking to be admitted, and still there."""
        open_stay = Stay.objects.filter(participant=OuterRef("pk"), left_at=None)
        return self.filter(NOT_OUT, Exists(open_stay), admitted_at=None, declined_at=None)


class Participant(models.Model):
    """One identity in one session. Name, role and level are as the visitor's identity and
    abilities last said; rights are never read from here, they are asked at each request.

    `person` is a keyed digest of the address: the same for every proof of one address, and useless
    to a reader of the table.

    `removed_at`: somebody has removed them. `right_ended_at`: what they came in by is worth nothing
    any more, which is nobody's fault; empty again once they come in by a right.
    """

    session = models.ForeignKey(
        LiveSession,
        verbose_name=_("session"),
        on_delete=models.CASCADE,
        related_name="participants",
    )
    key = models.CharField(_("key"), max_length=40)
    person = models.CharField(_("person"), max_length=64, blank=True)
    name = models.CharField(_("name"), max_length=210, blank=True)
    role = models.CharField(_("role"), max_length=16, blank=True)
    certainty = models.CharField(_("verification"), max_length=16, blank=True)
    level = models.PositiveSmallIntegerField(_("level"), choices=Level, default=Level.AUDIENCE)
    asked_at = models.DateTimeField(_("asked to join"), default=timezone.now)
    admitted_at = models.DateTimeField(_("admitted"), null=True, blank=True)
    admitted_by = models.ForeignKey(
        "self",
        verbose_name=_("let in by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    declined_at = models.DateTimeField(_("declined"), null=True, blank=True)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True)
    removed_by = models.ForeignKey(
        "self",
        verbose_name=_("removed by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    right_ended_at = models.DateTimeField(_("access ended"), null=True, blank=True)
    hand_raised_at = models.DateTimeField(_("hand raised"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    objects: ClassVar = ParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints = [
            models.UniqueConstraint(fields=["session", "key"], name="participant_once_per_session"),
        ]
        indexes = [
            models.Index(fields=["session", "name", "id"], name="participant_by_name"),
            models.Index(fields=["session", "person"], name="participant_person"),
            models.Index(fields=["key"], name="participant_key"),
            models.Index(
                fields=["session", "asked_at"],
                name="participant_waiting",
                condition=Q(
                    admitted_at=None, declined_at=None, removed_at=None, right_ended_at=None
                ),
            ),
            models.Index(
                fields=["session", "hand_raised_at"],
                name="participant_hand",
                condition=Q(hand_raised_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(_("Erased guest"))

    @property
    def is_out(self) -> bool:
        return bool(self.removed_at or self.right_ended_at)

    @property
    def is_inside(self) -> bool:
        return self.admitted_at is not None and not self.is_out

    @property
    def is_waiting(self) -> bool:
        return not (self.admitted_at or self.declined_at or self.is_out)


def is_by(me: Participant, who: str) -> Q:
    """What `me` did in their session, or the same person by another proof: `who` is the column that
    points to the participant.

    One person is known by one address, where both of them have proven it: an account in one browser
    and a code in another. An address that was only typed makes nobody the same.
    """
    mine = Q(**{who: me})
    if not me.person or me.certainty not in _PROVEN:
        return mine
    return mine | Q(
        **{
            f"{who}__session": me.session_id,
            f"{who}__person": me.person,
            f"{who}__certainty__in": _PROVEN,
        }
    )


class Stay(models.Model):
    """One stretch of being there; open while `left_at` is empty. `seen_at` is the last sign of
    life, from the open stream or a poll."""

    participant = models.ForeignKey(
        Participant, verbose_name=_("participant"), on_delete=models.CASCADE, related_name="stays"
    )
    came_at = models.DateTimeField(_("joined"), default=timezone.now)
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)

    class Meta:
        verbose_name = _("stay")
        verbose_name_plural = _("stays")
        constraints = [
            models.UniqueConstraint(
                fields=["participant"], condition=Q(left_at=None), name="stay_one_open"
            ),
        ]
        indexes = [
            models.Index(fields=["participant", "came_at"], name="stay_in_order"),
            models.Index(fields=["seen_at"], name="stay_open_seen", condition=Q(left_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.participant} {written(self.came_at, with_zone=True)}"
