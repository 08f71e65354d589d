import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from media_items.processing.confinement import Limits, beating, confined
from tests.waiting import PATIENCE_SECONDS, at_rest, until

TIGHT = Limits(cpu_seconds=1, file_mebibytes=1, memory_mebibytes=256)


def run(code, *, limits=TIGHT, timeout_seconds=PATIENCE_SECONDS):
    with confined(
        [sys.executable, "-I", "-c", code], limits=limits, timeout_seconds=timeout_seconds
    ) as child:
        said = child.out.read()
        return child.process.wait(), said


def test_a_child_sees_nothing_of_our_environment():
    _status, said = run("import os; print(os.environ)")
    assert b"SECRET_KEY" not in said
    assert b"PATH" in said


def test_a_child_gives_way_to_others():
    _status, said = run("import os; print(os.nice(0))")
    assert int(said) >= 10


def test_a_child_cannot_take_more_memory_than_allowed():
    status, _said = run("bytearray(512 * 1024 * 1024)")
    assert status != 0


def test_a_child_cannot_write_larger_files_than_allowed(tmp_path):
    target = tmp_path / "large"
    status, _said = run(f"open({str(target)!r}, 'wb').write(b'x' * 3_000_000)")
    assert status != 0
    assert target.stat().st_size <= 1024 * 1024


def test_a_child_cannot_compute_longer_than_allowed():
    status, _said = run("while True: pass")
    assert status < 0


def test_a_child_that_waits_for_ever_is_killed():
    status, _said = run("import time; time.sleep(60)", timeout_seconds=0.3)
    assert status < 0


def test_a_child_is_gone_when_its_reader_gives_up():
    with confined(
        [sys.executable, "-I", "-c", "import time; time.sleep(60)"],
        limits=TIGHT,
        timeout_seconds=30,
    ) as child:
        process = child.process
    assert process.returncode is not None


class Unwanted(Exception):
    pass


def test_work_stops_when_nobody_wants_it_any_more():
    """Also while the child says nothing, as a PDF page that takes its time."""
    beats = []

    def beat():
        beats.append(time.monotonic())
        if len(beats) > 2:
            raise Unwanted

    with pytest.raises(Unwanted), beating(beat):
        run("import time; time.sleep(60)")
    assert len(beats) == 3


def test_what_a_child_says_is_read_in_lines_and_by_number():
    code = "import sys; sys.stdout.write('one\\n' + 'x' * 200_000 + '\\nrest'); sys.stdout.flush()"
    with confined([sys.executable, "-I", "-c", code], limits=TIGHT, timeout_seconds=60) as child:
        assert child.out.readline() == b"one\n"
        assert child.out.readline(10) == b"x" * 10
        assert child.out.read(199_990) == b"x" * 199_990
        assert list(child.out) == [b"\n", b"rest"]


@pytest.mark.skipif(
    not shutil.which("setpriv"),
    reason="a Mac has no setpriv: there the limits alone end such a child",
)
def test_a_child_does_not_outlive_a_killed_parent(tmp_path):
    beat = tmp_path / "beat"
    child = f"import time\nwhile True: open({str(beat)!r}, 'a').write('.'); time.sleep(0.02)"
    parent = (
        "import sys, time\n"
        "from media_items.processing.confinement import Limits, confined\n"
        f"with confined([sys.executable, '-I', '-c', {child!r}],"
        " limits=Limits(cpu_seconds=5), timeout_seconds=60):\n"
        "    time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", parent], cwd=Path(__file__).parents[3])
    until(beat.exists)
    process.kill()
    process.wait()
    at_rest(lambda: beat.stat().st_size)
