"""Creates the demo, by the services that people use on the pages.

Idempotent: what is there already (by address, name or title) stays as it is.
"""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from queue import SimpleQueue

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from access.accounts import services as accounts
from access.accounts.models import User
from access.guests.models import GuestLink
from access.models import GalleryMembership
from demo import days, drawing, guests, invitations, quizzes, sessions
from demo.accounts import PASSWORD, PEOPLE
from demo.course import DAY, GALLERIES, ITEMS, Cues, Item
from demo.films import FULL, Scale
from media_items.catalogue.models import Publication, State
from media_items.library.services import deleting, editing, publishing
from media_items.models import Gallery, MediaItem
from media_items.processing import services as processing
from media_items.processing import storage
from media_items.processing.leftovers import working_folder
from media_items.processing.tasks import prepare

Say = Callable[[str], object]
type Made = SimpleQueue[tuple[Item, Future[None]]]


def marker() -> Path:
    """A file that is written at the end; it holds the moment to which all times are relative."""
    return settings.DATA_DIR / "demo-course.json"


def is_there() -> bool:
    emails = [person.email for person in PEOPLE]
    return marker().exists() and User.objects.filter(email__in=emails).count() == len(emails)


def seed(*, say: Say, scale: Scale = FULL, items: list[Item] = ITEMS, workers: int = 2) -> None:
    """Creates what is missing. With `workers=0` media are made in this process, one by one."""
    now = timezone.now()
    say("Accounts and galleries …")
    people = _people()
    galleries = _galleries(people)
    missing = [item for item in items if not _is_made(item, people)]
    with _executor(workers) as executor, working_folder() as folder:
        say(f"Filming, recording and setting {sum(1 for i in missing if i.make)} files …")
        for number, (item, path) in enumerate(_as_made(missing, executor, folder, scale), start=1):
            _create_item(item, path=path, people=people, galleries=galleries, scale=scale, now=now)
            say(f"  {number:2} of {len(missing)}: {item.title}")
    quizzes.add_quizzes(items, people=people, scale=scale, now=now)
    marker().write_text(json.dumps({"counted_from": now.isoformat()}), encoding="utf-8")


def bring_up_to_date(*, say: Say) -> None:
    """On a later day, moves all dates of the demo, so that every phase is there again."""
    counted_from = datetime.fromisoformat(json.loads(marker().read_text())["counted_from"])
    now = timezone.now()
    shift = days.day_of(now) - days.day_of(counted_from)
    if shift < DAY:
        return
    ours = MediaItem.objects.filter(title__in=[item.title for item in ITEMS])
    ours = ours.filter(owner__email__in=[person.email for person in PEOPLE])
    with transaction.atomic():
        GuestLink.objects.filter(item__in=ours).update(expires_at=F("expires_at") + shift)
        invitations.shift_dates(ours, shift)
        sessions.shift_dates(ours, shift)
        quizzes.shift_dates(ours, shift)
        ours.update(
            starts_at=F("starts_at") + shift,
            ends_at=F("ends_at") + shift,
            available_from=F("available_from") + shift,
        )
    marker().write_text(json.dumps({"counted_from": now.isoformat()}), encoding="utf-8")
    say("Its dates were moved to today.")


def remove() -> None:
    """Deletes the demo's accounts with all they have made, its galleries, and the marker."""
    theirs = MediaItem.objects.filter(owner__email__in=[person.email for person in PEOPLE])
    for item in theirs:
        with transaction.atomic():
            storage.delete_files_of(item)
            item.delete()
    Gallery.objects.filter(name__in=[described.name for described in GALLERIES]).delete()
    User.objects.filter(email__in=[person.email for person in PEOPLE]).delete()
    marker().unlink(missing_ok=True)


# --- people and galleries ----------------------------------------------------------------------


def _people() -> dict[str, User]:
    people = {}
    # Once for all, as it takes long by design; everybody knows what is in it.
    hashed = make_password(PASSWORD)
    for person in PEOPLE:
        user = User.objects.filter(email=person.email).first()
        if user is None:
            is_admin = person.key == "admin"
            user = accounts.create_account(
                email=person.email,
                first_name=person.first_name,
                last_name=person.last_name,
                send_mail=False,
                is_staff=is_admin,
                is_superuser=is_admin,
            )
            User.objects.filter(pk=user.pk).update(password=hashed)
            accounts.confirm_address(user=user)
        people[person.key] = user
    return people


def _galleries(people: dict[str, User]) -> dict[str, Gallery]:
    galleries = {}
    for described in GALLERIES:
        gallery, _made = Gallery.objects.get_or_create(
            name=described.name,
            defaults={"kind": described.kind, "description": described.description},
        )
        for key, role in described.members.items():
            GalleryMembership.objects.get_or_create(
                gallery=gallery, user=people[key], defaults={"role": role}
            )
        galleries[described.key] = gallery
    return galleries


# --- media -------------------------------------------------------------------------------------


@contextmanager
def _executor(workers: int) -> Iterator[Executor]:
    """Runs the functions that make media: each in a process, because drawing takes a whole core."""
    if not workers:
        with ThreadPoolExecutor(1) as threads:
            yield threads
        return
    number = max(1, min(workers, os.cpu_count() or 1))
    with ProcessPoolExecutor(number, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool


def _put(made: Made, item: Item, future: Future[None]) -> None:
    made.put((item, future))


def _as_made(
    items: list[Item], executor: Executor, folder: Path, scale: Scale
) -> Iterator[tuple[Item, Path | None]]:
    """Each item with its file: those that have none first, the others as soon as they are made.

    The processes load only the modules that make media; these must import no Django models.
    """
    made: Made = SimpleQueue()
    for item in items:
        if item.make:
            future = executor.submit(item.make, folder / item.file_name, scale)
            future.add_done_callback(partial(_put, made, item))
    for item in items:
        if not item.make:
            yield item, None
    for _number in range(sum(1 for item in items if item.make)):
        item, future = made.get()
        future.result()
        yield item, folder / item.file_name


def _is_made(item: Item, people: dict[str, User]) -> bool:
    return MediaItem.objects.filter(owner=people[item.owner], title=item.title).exists()


def _create_item(
    item: Item,
    *,
    path: Path | None,
    people: dict[str, User],
    galleries: dict[str, Gallery],
    scale: Scale,
    now: datetime,
) -> None:
    def moment(planned: days.On | None) -> datetime | None:
        return planned.of(days.day_of(now)) if planned else None

    owner = people[item.owner]
    picture = None
    if item.card:
        motif, colour = item.card
        above = f"{item.kind.label} · {galleries[item.galleries[0]].name}"
        drawn = drawing.card(title=item.title, above=above, motif=motif, colour=colour)
        picture = ContentFile(drawn, name="card.jpg")
    row = editing.create_media_item(
        item=MediaItem(
            kind=item.kind,
            title=item.title,
            description=item.description,
            tags=item.tags,
            starts_at=moment(item.starts),
            ends_at=moment(item.ends),
            available_from=moment(item.available_from),
            time_zone=days.zone().key,
            room_of=galleries.get(item.room_of),
        ),
        owner=owner,
        room_among=Gallery.objects.filter(memberships__user=owner),
        upload=storage.MovableFile(path) if path else None,
        picture=picture,
    )
    for language, (label, lines) in item.captions.items():
        captions = ContentFile(webvtt(lines, scale).encode(), name=f"captions.{language}.vtt")
        processing.add_captions(item=row, upload=captions, language=language, label=label)
    if path:
        prepare(row.pk)
    _publish(item, row, owner=owner, galleries=galleries)
    for key in item.co_editors:
        row.co_editors.create(user=people[key])
    guests.add_guest_access(item, row, owner=owner, now=timezone.now())
    invitations.add_invitations(item, row, people=people, now=timezone.now())
    sessions.add_session(item, row, people=people)
    made_at = days.by_day(now - item.ago)
    MediaItem.objects.filter(pk=row.pk).update(created_at=made_at, updated_at=made_at + DAY / 24)
    Publication.objects.filter(item=row).update(published_at=made_at + DAY / 48)
    if item.in_bin:
        deleting.move_to_bin(item=row, by=owner)


def _publish(item: Item, row: MediaItem, *, owner: User, galleries: dict[str, Gallery]) -> None:
    if item.state == State.PRIVATE:
        return
    chosen = [galleries[key] for key in item.galleries]
    among = Gallery.objects.filter(pk__in=[gallery.pk for gallery in chosen])
    publishing.publish(item=row, state=item.state, galleries=chosen, among=among, by=owner)


def webvtt(lines: Cues, scale: Scale) -> str:
    def stamp(second: float) -> str:
        return f"{int(second // 60):02}:{second % 60:06.3f}"

    cues = [
        f"{stamp(scale.seconds(start))} --> {stamp(scale.seconds(end))}\n{text}\n"
        for start, end, text in lines
    ]
    return "WEBVTT\n\n" + "\n".join(cues)
