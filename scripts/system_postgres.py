"""A PostgreSQL server from a folder of programs, for `with_postgres.py --programs FOLDER`.

Debian keeps one of each version under /usr/lib/postgresql. A version that Foyer is not for is
refused by its own answer to `--version`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Django's oldest, and the wheel's; tests/config/test_found_programs.py holds them to that.
OLDEST, WHEELS = 15, 18
DEBIANS = Path("/usr/lib/postgresql")
USER = "postgres"  # as whom root starts it: PostgreSQL refuses root


class NoPostgres(Exception):
    """There is none here, or one that is too old."""


def debians_oldest() -> Path | None:
    """The programs of the oldest version that is installed here and new enough; None where that is
    the wheel's, with which the tests run anyway."""
    found = [folder for folder in DEBIANS.glob("*/bin") if (folder / "initdb").exists()]
    versions = {float(folder.parent.name): folder for folder in found}
    oldest = next((versions[one] for one in sorted(versions) if one >= OLDEST), None)
    return oldest if oldest and version(oldest) != WHEELS else None


def version(programs: Path) -> int:
    """The first of its numbers; raises `NoPostgres` when it does not run."""
    said = says_of_itself(programs)
    number = re.search(r"\(PostgreSQL\) (\d+)", said)
    if number is None:
        raise NoPostgres(f"{programs} says “{said}” of itself.")
    return int(number[1])


def says_of_itself(programs: Path) -> str:
    try:
        asked = subprocess.run(
            [programs / "postgres", "--version"], check=True, capture_output=True, text=True
        )
    except (OSError, subprocess.CalledProcessError) as reason:
        raise NoPostgres(f"{programs} holds no PostgreSQL that runs.") from reason
    return asked.stdout.strip()


def check(programs: Path) -> None:
    """Raises `NoPostgres`."""
    if version(programs) < OLDEST:
        said = says_of_itself(programs)
        raise NoPostgres(f"{said} in {programs} is too old: Foyer needs PostgreSQL {OLDEST}.")


@contextmanager
def running(programs: Path, folder: Path, settings: str) -> Iterator[str]:
    """The address of a server with its data in `folder`, on a Unix socket there."""
    check(programs)
    data = folder / "data"
    data.mkdir(mode=0o700)
    user = USER if os.geteuid() == 0 else None
    if user:
        for path in (folder, data):
            shutil.chown(path, user)

    def run(program: str, *words: str) -> None:
        subprocess.run(
            [programs / program, f"--pgdata={data}", *words],
            check=True,
            user=user,
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )

    run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
    with (data / "postgresql.conf").open("a") as configuration:
        configuration.write(f"{settings}\nlisten_addresses = ''\n")
        configuration.write(f"unix_socket_directories = '{folder}'\n")
    run("pg_ctl", "--wait", "--silent", f"--log={folder}/log", "start")
    try:
        yield f"postgresql://postgres:@/postgres?host={folder}"
    finally:
        run("pg_ctl", "--wait", "--silent", "--mode=fast", "stop")
