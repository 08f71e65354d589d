"""What a process that was killed leaves on the disk goes; what somebody is writing stays."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import OperationalError, transaction

from media_items import file_locks
from media_items.file_locks import MARK, OLD_SECONDS, SPARED_SECONDS
from media_items.processing import leftovers, storage
from media_items.processing.leftovers import clear, in_doubt, note
from media_items.processing.models import MediaFile, Purpose
from tests import factories

pytestmark = pytest.mark.django_db

# A process that writes, as Foyer's do, and says so.
WRITER = """
import sys
sys.path.insert(0, {root!r})
import os
from pathlib import Path
import fcntl
path = Path(sys.argv[1])
if sys.argv[2] == "folder":
    path.mkdir()
    (path / "half.mp4").write_bytes(b"half")
    held = os.open(path, os.O_RDONLY)
else:
    path.write_text(sys.argv[2])
    held = os.open(path, os.O_RDONLY)
fcntl.flock(held, fcntl.LOCK_EX)
print("writing", flush=True)
sys.stdin.readline()
"""


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "uploads"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    return settings.FILE_UPLOAD_TEMP_DIR


def is_old(path, seconds=SPARED_SECONDS + 5):
    then = time.time() - seconds
    os.utime(path, (then, then))


def lists(uploads):
    return list(uploads.glob("*.names*"))


def clear_lists(uploads):
    """One look finds them, the next, later, reads them."""
    for _ in range(2):
        for path in lists(uploads):
            is_old(path)
        cleared = clear()
    return cleared


class Writer:
    def __init__(self, path, what="half an upload"):
        self.path = path
        self.process = subprocess.Popen(
            [sys.executable, "-c", WRITER.format(root=str(Path.cwd())), str(path), what],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self.process.stdout.readline() == b"writing\n"
        is_old(path)

    def kill(self):
        self.process.kill()
        self.process.communicate()


@pytest.mark.parametrize(
    ("name", "what"),
    [(f"tmp1.upload{MARK}", "half an upload"), (f"prepare-1{MARK}", "folder")],
    ids=["file", "folder"],
)
def test_what_is_written_stays_however_old_until_its_writer_is_killed(uploads, name, what):
    writer = Writer(uploads / name, what)
    try:
        assert clear() == 0
        assert writer.path.exists()
    finally:
        writer.kill()
    assert clear() == 1
    assert not writer.path.exists()


def test_what_was_made_just_now_may_not_be_held_yet(uploads):
    (uploads / f"tmp1.upload{MARK}").touch()
    assert clear() == 0
    is_old(uploads / f"tmp1.upload{MARK}")
    assert clear() == 1


def test_what_another_machine_wrote_is_old_before_it_goes(uploads):
    """Its locks are not seen here."""
    theirs = [uploads / "tmp1.upload.0badcafe", uploads / "prepare-1.0badcafe"]
    theirs[0].touch()
    theirs[1].mkdir()
    for path in theirs:
        is_old(path)
    assert clear() == 0
    for path in theirs:
        is_old(path, OLD_SECONDS + 5)
    assert clear() == 2


def test_a_disk_that_knows_no_locks_has_age_alone(uploads, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOLCK, "No locks")

    monkeypatch.setattr(file_locks.fcntl, "flock", refuse)
    path = uploads / f"tmp1.upload{MARK}"
    with path.open("wb") as file:
        file_locks.hold(file.fileno())
    is_old(path)
    assert clear() == 0
    is_old(path, OLD_SECONDS + 5)
    assert clear() == 1


def test_what_was_made_just_now_is_not_locked_by_who_looks(uploads):
    """Its writer could not lock it, and would be taken for dead."""
    path = uploads / f"tmp1.upload{MARK}"
    with path.open("wb") as file:
        with file_locks.taken(path) as is_nobodys:
            assert not is_nobodys
            file_locks.hold(file.fileno())
        is_old(path)
        assert clear() == 0
    assert clear() == 1


def test_nothing_else_is_touched(uploads, tmp_path):
    (uploads / "theirs").mkdir()
    (tmp_path / "elsewhere").touch()
    (uploads / "link").symlink_to(tmp_path / "elsewhere")
    for path in (uploads / "theirs", tmp_path / "elsewhere"):
        is_old(path)
    assert clear() == 0
    assert len(list(uploads.iterdir())) == 2


# --- stored files ---------------------------------------------------------------------------------


def stored(item, *, saved):
    row = MediaFile(item=item, purpose=Purpose.ORIGINAL, size=4, content_type="video/mp4")
    path = Path(storage.leftovers.settings.FILE_UPLOAD_TEMP_DIR) / "source"
    path.write_bytes(b"film")
    with in_doubt():
        storage.store_file(row, path, extension="mp4")
        if saved:
            row.save()
    return row


def test_of_a_dead_process_the_files_that_no_row_names_go(uploads, item):
    named = stored(item, saved=True)
    forgotten = Path(named.file.path).with_name("forgotten.mp4")
    forgotten.write_bytes(b"film")
    unnamed = f"{item.public_id}/original/forgotten.mp4"
    writer = Writer(
        uploads / f"1.names{MARK}", f"{named.file.name}\n{unnamed}\n{item.public_id}/\n"
    )
    assert clear() == 0
    assert forgotten.exists()
    writer.kill()
    assert clear() == 0
    assert forgotten.exists()  # the database may be at the commit of its row still
    assert clear() == 0
    [found] = uploads.glob("1.names*")
    is_old(found)
    assert clear() == 1
    assert not forgotten.exists()
    assert Path(named.file.path).exists()
    assert not list(uploads.glob("1.names*"))


def test_of_an_item_that_is_gone_the_whole_folder_goes(uploads, tmp_path):
    gone = tmp_path / "media" / "goneitem" / "broadcast" / "7"
    gone.mkdir(parents=True)
    (gone / "0.chunk").touch()
    Writer(uploads / f"1.names{MARK}", "goneitem/\n").kill()
    clear_lists(uploads)
    assert not gone.parents[1].exists()


@pytest.mark.parametrize(
    "words",
    [
        *("", "\n", "/", "/etc/", "media", "\n/\n\nabc", "..", "../", "abc/../../beside", "abc/.."),
        *("abc/original/x\0.mp4", "\udcff", "abc/original"),
    ],
)
def test_a_list_that_was_cut_short_deletes_nothing_else(uploads, item, tmp_path, words):
    kept = stored(item, saved=True)
    (tmp_path / "beside").touch()
    path = uploads / f"1.names{MARK}"
    path.write_bytes(words.encode(errors="surrogateescape"))
    clear_lists(uploads)
    assert not list(uploads.glob("1.names*"))
    assert Path(kept.file.path).exists()
    assert (tmp_path / "beside").exists()


@pytest.mark.django_db(transaction=True)
def test_a_name_stands_on_the_list_before_there_are_bytes(uploads, item, monkeypatch):
    seen = []
    save = leftovers.default_storage.save

    def look(name, content, **options):
        seen.extend(path.read_text() for path in lists(uploads))
        return save(name, content, **options)

    monkeypatch.setattr(MediaFile._meta.get_field("file").storage, "save", look, raising=False)
    row = MediaFile(item=item, purpose=Purpose.POSTER, content_type="image/png")
    (uploads / "picture").touch()

    def store():
        with in_doubt():
            storage.store_file(row, uploads / "picture", extension="png")
            assert seen == [f"{row.file.name}\n"]
            assert Path(row.file.path).exists()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store()
    assert not Path(row.file.path).exists()


@pytest.mark.django_db(transaction=True)
def test_files_of_a_transaction_that_is_rolled_back_go_and_no_list_is_left(uploads, item):
    with transaction.atomic():
        row = stored(item, saved=True)
        transaction.set_rollback(True)
    assert not MediaFile.objects.exists()
    clear_lists(uploads)
    assert not Path(row.file.path).exists()
    assert not lists(uploads)


@pytest.mark.django_db(transaction=True)
def test_what_was_deleted_in_a_transaction_that_fails_is_all_there(uploads, item):
    row = stored(item, saved=True)

    def delete_and_fail():
        with transaction.atomic(), in_doubt():
            storage.delete_rows_and_files([row])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        delete_and_fail()
    assert MediaFile.objects.get() == row
    clear_lists(uploads)
    assert Path(row.file.path).exists()
    assert not lists(uploads)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [OperationalError, SystemExit])
def test_a_commit_that_may_be_under_way_is_waited_for(uploads, item, error):
    """The line to the database broke, or the process was told to stop, before the answer came."""
    row = MediaFile(item=item, purpose=Purpose.ORIGINAL, size=4, content_type="video/mp4")
    (uploads / "source").write_bytes(b"film")

    def store_and_fail():
        with in_doubt():
            storage.store_file(row, uploads / "source", extension="mp4")
            raise error

    with pytest.raises(error):
        store_and_fail()
    assert Path(row.file.path).exists()
    row.save()
    clear_lists(uploads)
    assert Path(row.file.path).exists()
    assert not lists(uploads)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_afterwards_makes_no_failure_of_what_was_done(
    uploads, item, monkeypatch
):
    row = stored(item, saved=True)

    def is_away(names):
        raise OperationalError

    with monkeypatch.context() as patched:
        patched.setattr(leftovers, "_delete_unnamed", is_away)
        storage.delete_rows_and_files([row])
    assert Path(row.file.path).exists()
    clear_lists(uploads)
    assert not Path(row.file.path).exists()


@pytest.mark.django_db(transaction=True)
def test_until_the_commit_a_file_that_is_deleted_is_there(uploads, item):
    row = stored(item, saved=True)
    with transaction.atomic():
        storage.delete_rows_and_files([row])
        assert Path(row.file.path).exists()
        [names] = lists(uploads)
        assert names.read_text() == f"{row.file.name}\n"
    assert not Path(row.file.path).exists()
    assert not lists(uploads)


def test_files_are_stored_nowhere_else():
    with pytest.raises(LookupError):
        note("a/b")


def test_a_thumbnail_that_an_item_has_is_named(item, tmp_path):
    item.thumbnail = f"{item.public_id}/thumbnail/x.jpg"
    item.save()
    path = tmp_path / "media" / item.thumbnail.name
    path.parent.mkdir(parents=True)
    path.touch()
    other = factories.MediaItemFactory()
    with in_doubt():
        note(item.thumbnail.name, f"{other.public_id}/")
    assert path.exists()
