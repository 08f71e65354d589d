"""Several processes and threads count one limit together."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import RequestFactory

from media_items.rate_limits import Limit, TooManyTries, TriesLeft, count_tries
from tests.races import at_once

ROOT = Path(__file__).resolve().parents[2]
PROCESSES, EACH, MOST = 2, 40, 50
# Prints how many of its tries were let through, one a line, so that the two run side by side.
COUNTING = f"""
import sys, django
django.setup()
from django.test import RequestFactory
from media_items.rate_limits import TooManyTries, count_try
print("ready", flush=True)
sys.stdin.readline()
let_through = 0
for _try in range({EACH}):
    try:
        count_try(RequestFactory().post("/"), "codes", of="7", rate="{MOST}/d")
        let_through += 1
    except TooManyTries:
        pass
print(let_through, flush=True)
"""


@pytest.mark.django_db(transaction=True)
def test_two_processes_count_together(tmp_path):
    environment = {**os.environ, "DATABASE_URL": _database(tmp_path), "ENV_FILE": ""}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", COUNTING],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _process in range(PROCESSES)
    ]
    for one in running:
        assert one.stdout.readline() == "ready\n"
    for one in running:
        one.stdin.write("\n")
        one.stdin.flush()
    assert sum(int(one.communicate(timeout=60)[0]) for one in running) == MOST


def _database(folder: Path) -> str:
    """The suite's own, or a file with the one table: the suite's SQLite may be in its memory."""
    if connection.vendor == "postgresql":
        server = urlsplit(os.environ["DATABASE_URL"])
        return server._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    path = folder / "counting.sqlite3"
    making = "import django; django.setup()\n"
    making += "from django.db import connection; from media_items.rate_limits import TriesLeft\n"
    making += "with connection.schema_editor() as editor: editor.create_model(TriesLeft)"
    url = f"sqlite:///{path}"
    environment = {**os.environ, "DATABASE_URL": url, "ENV_FILE": ""}
    subprocess.run([sys.executable, "-c", making], cwd=ROOT, env=environment, check=True)
    return url


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_at_the_same_moment_as_many_get_through_as_the_narrowest_limit_says():
    """And the wide limit has counted those and no others; nobody waits for ever."""
    request = RequestFactory().post("/")

    def ask(of: str):
        narrow = [Limit("invitation", of, "3/h"), Limit("day", of, "100/d")]
        return lambda: count_tries(request, [*narrow, Limit("network", "", "100/h")])

    results = at_once([ask(of) for of in ("5", "6", "7", "8") for _time in range(8)])
    assert results.count(None) == 12
    assert sum(isinstance(one, TooManyTries) for one in results) == 20
    wide = Limit("network", "", "100/h").of_request(request)
    assert TriesLeft.objects.get(pk=wide.key).left == 100 - 12
