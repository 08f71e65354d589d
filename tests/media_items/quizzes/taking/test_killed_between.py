"""The web server is killed between save and answer: what was said to be saved is saved."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import threading
from contextlib import closing
from urllib.parse import urlencode

import pytest
from django.conf import settings

from media_items.quizzes.models import Answer
from tests.conftest import client_with_admissions
from tests.factories import GuestAdmissionFactory
from tests.live_site import DeployedSite
from tests.quiz_factories import published_quiz
from tests.waiting import until

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


class Browser:
    """Speaks to the server over a real line, and remembers what it was told is saved."""

    def __init__(self, port: int, session: str) -> None:
        self.port = port
        self.cookies = {settings.SESSION_COOKIE_NAME: session}
        self.token = ""
        self.told: list[int] = []

    def ask(self, method: str, path: str, sent: dict[str, str] | None = None):
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json" if self.token else "text/html",
        }
        with closing(http.client.HTTPConnection("localhost", self.port, timeout=30)) as line:
            line.request(method, path, urlencode((sent or {}) | self._proof()), headers)
            with closing(line.getresponse()) as answer:
                text = answer.read().decode()
        for name, value in answer.getheaders():
            if name == "Set-Cookie":
                key, _is, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer, text

    def _proof(self) -> dict[str, str]:
        return {"csrfmiddlewaretoken": self.token} if self.token else {}

    def come(self, page: str) -> str:
        _answer, text = self.ask("GET", page)
        self.token = TOKEN.findall(text)[0]
        answer, _text = self.ask("POST", f"{page}quiz/start/")
        return answer.getheader("Location")

    def go_on_saving(self, attempt: str, first: int) -> None:
        """Until nobody answers."""
        for count in range(first, first + 10_000):
            sent = {"open": f"Draft {count}", "page": "one", "count": str(count)}
            try:
                answer, text = self.ask("POST", f"{attempt}answers/open/", sent)
            except (OSError, http.client.HTTPException):
                return
            if answer.status != 200:
                return
            assert json.loads(text)["response"] == {"text": f"Draft {count}"}
            self.told.append(count)


def kill(site: DeployedSite) -> None:
    """Master and workers at once."""
    for process in site._processes:
        if process.poll() is not None:
            continue
        found = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, check=False)
        for pid in [process.pid, *map(int, found.stdout.split())]:
            os.kill(pid, signal.SIGKILL)
        process.wait(timeout=30)


def test_what_was_said_to_be_saved_outlives_the_server(tmp_path):
    quiz = published_quiz()
    admission = GuestAdmissionFactory(guest__link__item=quiz.item)
    session = client_with_admissions(admission).cookies[settings.SESSION_COOKIE_NAME].value
    page, attempt, told = quiz.item.get_absolute_url(), "", 0
    for _round in range(2):
        site = DeployedSite(tmp_path)
        site.start()
        browser = Browser(site.port, session)
        attempt = browser.come(page)
        saving = threading.Thread(target=browser.go_on_saving, args=(attempt, told + 1))
        saving.start()
        until(lambda b=browser: len(b.told) >= 5)
        kill(site)
        saving.join(timeout=60)
        told = browser.told[-1]
        stored = Answer.objects.get(question="open")
        # One more may have been saved whose answer nobody heard.
        assert stored.response["text"] in {f"Draft {told}", f"Draft {told + 1}"}
    assert quiz.attempts.count() == 1
