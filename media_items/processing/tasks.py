"""The background task that prepares uploads: whose turn it is, and who is at it."""

from __future__ import annotations

import logging

from django.db import transaction
from django.db.models import F, Max, OuterRef, Subquery
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext as _

from media_items.catalogue.models import MediaItem
from media_items.processing.confinement import beating
from media_items.processing.errors import PreparationError
from media_items.processing.leftovers import in_doubt, working_folder
from media_items.processing.making import make
from media_items.processing.models import MediaFile, Preparation, Purpose
from media_items.processing.runs import OvertakenError, Run
from media_items.queued import queued
from media_items.workers import MOST_STARTS, TOLD_TO_STOP

logger = logging.getLogger(__name__)


@task(queue_name="media")
def prepare_media_item(item_id: int) -> None:
    """Prepares what is next, which need not be `item_id`: each waiting upload has one task, and the
    order of the tasks would let one owner's forty films go before everybody else's one.

    Idempotent: nothing is done for an item that is ready or that a living worker is preparing.
    """
    for candidate in (*_next_in_turn(), item_id):
        if prepare(candidate):
            return


def prepare(item_id: int) -> bool:
    """Whether it was this caller's to prepare: not ready yet, and in nobody's living hands."""
    run = _claim(item_id)
    if run is None:
        return False
    try:
        with in_doubt(), beating(run.beat), working_folder() as folder:
            make(run, folder)
            run.finish()
    except OvertakenError:
        run.put_back()
        logger.info("Preparation of item %s is not wanted any more.", item_id)
    except TOLD_TO_STOP:
        # Not the file's doing: the next worker begins at once, and as the first.
        run.put_back()
        raise
    except PreparationError as error:
        logger.warning("Item %s could not be prepared: %s", item_id, error)
        run.fail(error.problem)
    except Exception:
        # Written first, so that the owner sees it whatever happens to the task.
        run.fail(_("Something went wrong on our side. Try again, or tell your administrator."))
        raise
    return True


def take_up() -> int:
    """Queues what nobody would prepare: a worker died at it, or its task is lost. What too many
    have died at has failed. Returns how many tasks were queued; called every few seconds by each
    worker."""
    found = list(Preparation.objects.for_the_taking().values_list("item_id", "starts"))
    taking = [item_id for item_id, starts in found if starts < MOST_STARTS]
    if len(taking) < len(found):
        Preparation.objects.give_up({item_id for item_id, _starts in found} - set(taking))
    # A task that is about to begin or an upload just arriving is not lost, and one too many would
    # find nothing to do.
    missing = taking[: max(0, len(taking) - len(queued(prepare_media_item)))]
    for item_id in missing:
        prepare_media_item.enqueue(item_id)
    return len(missing)


def _next_in_turn() -> list[int]:
    """Items to prepare: first the one whose owner's turn was longest ago."""
    turns = Preparation.objects.filter(item__owner=OuterRef("item__owner")).order_by()
    last_turn = turns.values("item__owner").annotate(last=Max("started_at")).values("last")
    waiting = Preparation.objects.for_the_taking().annotate(last_turn=Subquery(last_turn))
    in_turn = waiting.order_by(F("last_turn").asc(nulls_first=True), "queued_at", "pk")
    # More than one, as another worker may take the first meanwhile.
    return list(in_turn.values_list("item_id", flat=True)[:5])


def _claim(item_id: int) -> Run | None:
    """Start a run, or return None when the preparation is done, a living worker is at it, or too
    many have died at it."""
    with transaction.atomic():
        preparation = (
            Preparation.objects.select_for_update(of=("self",))
            .for_the_taking()
            .filter(item_id=item_id)
            .first()
        )
        if preparation is None:
            return None
        if preparation.starts >= MOST_STARTS:
            Preparation.objects.give_up([item_id])
            return None
        original = MediaFile.objects.filter(item_id=item_id, purpose=Purpose.ORIGINAL).first()
        if original is None:
            return None
        now = timezone.now()
        Preparation.objects.filter(pk=preparation.pk).update(
            started_at=now, heartbeat_at=now, starts=F("starts") + 1, percent=0
        )
    item = MediaItem.objects.get(pk=item_id)
    return Run(item=item, original=original, preparation_id=preparation.pk, started_at=now)
