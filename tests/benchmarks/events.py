"""`python -m tests.benchmarks.events`: many listeners on one event process, a message each second.

Beside it, in the same way, an ASGI loop that does nothing else (tests/benchmarks/bare_stream.py).
Then once more while the pages' processes answer the listeners' heartbeats. On a PostgreSQL of its
own, with LIVE_BUS=postgres; prints a table in Markdown. `--listeners 2000 --seconds 20`.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.listeners import listen, memory_kb

ROOT = Path(__file__).resolve().parents[2]
INSIDE = "FOYER_BENCHMARK_EVENTS"
PEOPLE_WITH_HEARTBEATS = 40


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.events", description=__doc__)
    parser.add_argument("--listeners", type=int, default=2_000)
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    if os.environ.get(INSIDE):
        sys.stdout.write(measure(options.listeners, options.seconds) + "\n")
        return 0
    sys.stdout.write(run(options.listeners, options.seconds) + "\n")
    return 0


def run(listeners: int, seconds: float) -> str:
    """A process of its own, with settings of its own, on a PostgreSQL of its own."""
    folder = Path(tempfile.mkdtemp(prefix="foyer-bench-events-"))
    environment = {
        **{name: value for name, value in os.environ.items() if name != "REDIS_URL"},
        INSIDE: "yes",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ENV_FILE": str(folder / "no.env"),
        "DATA_DIR": str(folder / "data"),
        "STATIC_ROOT": str(folder / "static"),
        "SECRET_KEY": "for-measuring_Zq8vN2rXk5Lw9TbJ4mYc7HsGd1PfUe3KaQo6WiVx",
        "SITE_URL": "http://localhost:1",
        "LIVE_BUS": "postgres",
        "LOG_LEVEL": "WARNING",
    }
    command = [
        *(sys.executable, "scripts/with_postgres.py", "--"),
        *(sys.executable, "-m", "tests.benchmarks.events"),
        *("--listeners", str(listeners), "--seconds", str(seconds)),
    ]
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return done.stdout.strip()


def measure(listeners: int, seconds: float) -> str:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    import django

    os.environ["DATABASE_POOL_SIZE"] = "8"  # as it is shipped
    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    stage = Stage(listeners)
    load = os.getloadavg()[0]
    found = []
    with serving("-m", "uvicorn", "tests.benchmarks.bare_stream:application",
                 "--log-level", "warning") as (port, process):  # fmt: skip
        empty_kb = memory_kb(process.pid)
        found.append(listen("bare ASGI loop", port, process, empty_kb, stage, seconds, bare=True))
    with serving("-m", "config.asgi_server", "--events-only") as (port, process):
        empty_kb = memory_kb(process.pid)
        found.append(listen("event process", port, process, empty_kb, stage, seconds))
        stage.count_connections_from_now()
        gunicorn = (
            "-m",
            "gunicorn",
            "-c",
            "config/gunicorn.py",
            "--workers",
            "2",
            "--threads",
            "16",
        )
        with serving(*gunicorn, option="--bind", value="127.0.0.1:{port}") as (pages, _):
            _wait_for_an_answer(pages)
            found.append(
                listen("with heartbeats", port, process, empty_kb, stage, seconds, pages=pages)
            )
    beats = found[-1].heartbeats
    introduction = (
        f"{listeners:,} listeners, a message each second for {seconds:g} s, LIVE_BUS=postgres, "
        f"load before the start {load:.1f}. The client shares the machine."
    )
    head = (
        "| | listeners | p50 ms | p99 ms | CPU of one core | memory each | threads | "
        "database connections |"
    )
    ending = (
        f"Heartbeats: {len(beats) / seconds:.0f} a second through gunicorn (two processes of "
        f"sixteen threads), median {statistics.median(beats) * 1000:.0f} ms."
    )
    rows = [one.row() for one in found]
    line = "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    return "\n".join([introduction, "", head, line, *rows, "", ending])


class Stage:
    """One session with everybody in it, and their tickets."""

    def __init__(self, listeners: int) -> None:
        from django.utils import timezone

        from media_items.catalogue.models import Kind
        from media_items.live.sessions.models import LiveSession, Participant, Stay
        from tests.factories import GuestAdmissionFactory, GuestLinkFactory, MediaItemFactory

        now = timezone.now()
        self.item = MediaItemFactory(kind=Kind.LIVE_EVENT, title="Open lecture")
        self.session = LiveSession.objects.create(item=self.item, opened_at=now)
        link = GuestLinkFactory(item=self.item, access_on=True)
        self.admissions = [
            GuestAdmissionFactory(guest__link=link) for _ in range(PEOPLE_WITH_HEARTBEATS)
        ]
        keys = [f"guest:{one.pk}" for one in self.admissions]
        keys += [f"other:{number}" for number in range(listeners - len(keys))]
        self.people = Participant.objects.bulk_create(
            Participant(session=self.session, key=key, admitted_at=now) for key in keys
        )
        Stay.objects.bulk_create(Stay(participant=person) for person in self.people)
        self.most_connections = 0

    def requests(self) -> Iterator[bytes]:
        """One for each listener, with a ticket written now."""
        from django.http import HttpResponse

        from media_items.live.events.tickets import COOKIE_NAME, give_ticket, stream_path

        for person in self.people:
            response = HttpResponse()
            give_ticket(
                response, session=self.session.public_id, participant_id=person.pk, inside=True
            )
            head = [
                f"GET {stream_path(self.session.public_id)} HTTP/1.1",
                "Host: localhost",
                "Accept: text/event-stream",
                f"Cookie: {COOKIE_NAME}={response.cookies[COOKIE_NAME].value}",
            ]
            yield "\r\n".join([*head, "", ""]).encode()

    def publish(self) -> None:
        from media_items.live.events.bus import current_bus
        from media_items.live.events.facts import EVERYBODY, Fact

        fact = Fact(self.session.public_id, EVERYBODY, "chat", {"t": time.time()})
        current_bus().publish(fact)

    def count_connections_from_now(self) -> None:
        self.most_connections = 0

    def count_connections(self) -> None:
        """Of the database, all of them, those of this program too."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            )
            self.most_connections = max(self.most_connections, cursor.fetchone()[0])

    def browsers(self) -> list[dict[str, str]]:
        """The headers of those who send heartbeats."""
        from django.conf import settings

        from tests.conftest import client_with_admissions

        found = []
        for admission in self.admissions:
            client = client_with_admissions(admission)
            secret = "a" * 32
            name, csrf = settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME
            found.append({
                "Cookie": f"{name}={client.cookies[name].value}; {csrf}={secret}",
                "X-CSRFToken": secret,
            })  # fmt: skip
        return found


@contextlib.contextmanager
def serving(*command: str, option: str = "--port", value: str = "{port}"):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, *command, option, value.format(port=port)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        else:
            raise SystemExit(f"{command} did not open.")
        yield port, process
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for_an_answer(port: int) -> None:
    """gunicorn opens its port before its processes are ready; each is asked."""
    from tests.benchmarks import load

    answered = 0
    for _ in range(30):
        with contextlib.suppress(TimeoutError):
            load.send(port, load.request_bytes("GET", "/accounts/sign-in/", port=port))
            answered += 1
        if answered == 8:
            return
    raise SystemExit("The pages did not answer.")


if __name__ == "__main__":
    sys.exit(main())
