"""The web server's units: what they say agrees, and a restart refuses nobody."""

import configparser
import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
import time

from tests.config.own_site import ROOT, Site
from tests.waiting import PATIENCE_SECONDS, until

DEPLOY = ROOT / "deploy"
SLOW_POST = (
    b"POST /accounts/sign-in/ HTTP/1.1\r\nHost: localhost\r\nCookie: foyer_csrf=%s\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\nx"
) % (b"x" * 32)
# Becomes gunicorn with a socket that somebody else listens on, as systemd starts it.
HANDED_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py"])
"""


def unit(name):
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str
    read.read(DEPLOY / name)
    return read


def test_units_gunicorn_and_nginx_agree():
    gunicorn = runpy.run_path(str(ROOT / "config" / "gunicorn.py"))
    service, door = unit("foyer-web.service"), unit("foyer-web.socket")
    nginx = (DEPLOY / "nginx.conf").read_text()
    assert door["Socket"]["ListenStream"] == gunicorn["bind"]
    assert f"server {gunicorn['bind']};" in nginx
    assert int(door["Socket"]["Backlog"]) == gunicorn["backlog"]
    assert service["Unit"]["Requires"] == "foyer-web.socket"
    # A restart answers nobody meanwhile, a reload everybody.
    assert int(service["Service"]["TimeoutStopSec"]) <= 10 < gunicorn["graceful_timeout"]


def test_whoever_asks_while_the_web_server_is_restarted_waits_and_is_answered(tmp_path):
    """A slow body is under way; systemd, played by this test, kills what does not stop in time. The
    page asked for needs no database."""
    site, seconds_to_stop = Site(tmp_path), 1
    with socket.create_server(("127.0.0.1", site.port), backlog=512) as door:
        os.set_inheritable(door.fileno(), True)

        def start():
            return subprocess.Popen(
                [sys.executable, "-c", HANDED_OVER, str(door.fileno())],
                cwd=ROOT,
                env=site.environment,
                pass_fds=[door.fileno()],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

        process = start()
        try:
            until(lambda: site.answers("/media/") == 302)
            slow = socket.create_connection(("127.0.0.1", site.port))
            slow.sendall(SLOW_POST)
            stopped, answers = threading.Event(), []

            def ask():
                while not stopped.is_set():
                    answers.append(site.answers("/media/"))
                    time.sleep(0.1)

            asking = threading.Thread(target=ask)
            asking.start()
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(seconds_to_stop)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            before = len(answers)
            process = start()
            until(lambda: len(answers) > before + 3)
            stopped.set()
            asking.join(PATIENCE_SECONDS)
            slow.close()
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    # One request may have been in the hands of the process that was killed.
    assert answers.count(302) >= len(answers) - 1
    assert answers[-1] == 302
