"""The units in `deploy/` and the command beside them: what they start is there and understood."""

import shlex
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class
from gunicorn.config import Config

from config import asgi_server
from tests.config.test_web_units import DEPLOY, ROOT, unit

SERVICES = sorted(path.name for path in DEPLOY.glob("*.service"))
# What each of them is held by.
SHARED = (
    *("User", "Group", "WorkingDirectory", "EnvironmentFile", "UMask", "NoNewPrivileges"),
    *("PrivateTmp", "ProtectSystem", "ProtectHome", "ReadWritePaths"),
)
VENV = "/srv/foyer/venv/bin/"


def started(name):
    return shlex.split(unit(name)["Service"]["ExecStart"])


def understood(words):
    """The options, read by the program itself; a wrong one ends the test with what it says."""
    if words[:1] == ["manage.py"]:
        name, *rest = words[1:]
        command = load_command_class(get_commands()[name], name)
        return command.create_parser("manage.py", name).parse_args(rest)
    if words[:2] == ["-m", "config.asgi_server"]:
        return asgi_server._read_options(words[2:])
    raise AssertionError(words)


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_unit_starts_is_there_and_takes_its_options(name):
    program, *words = started(name)
    assert program.startswith(VENV)
    program = program.removeprefix(VENV)
    assert (Path(sys.executable).parent / program).exists()
    if program == "gunicorn":
        told = Config().parser().parse_args(words)
        assert (ROOT / told.config).exists()
    else:
        assert understood(words)


@pytest.mark.parametrize("name", SERVICES)
def test_units_are_held_by_the_same(name):
    ours, first = unit(name)["Service"], unit(SERVICES[0])["Service"]
    assert {key: ours[key] for key in SHARED} == {key: first[key] for key in SHARED}


def test_every_queue_has_a_worker_and_every_worker_a_queue():
    workers = [words[2:] for words in map(started, SERVICES) if words[2:3] == ["db_worker"]]
    queues = [understood(["manage.py", *words]).queue_name for words in workers]
    assert sorted(queues) == sorted(settings.TASKS["default"]["QUEUES"])


def test_a_program_that_takes_all_memory_does_not_end_the_worker_that_started_it():
    service = unit("foyer-media.service")["Service"]
    assert (service["OOMPolicy"], service["Restart"]) == ("continue", "always")


def test_the_command_runs_as_the_services_do():
    service = unit("foyer-web.service")["Service"]
    words = shlex.split((DEPLOY / "foyer").read_text(), comments=True)
    options = dict(
        word.lstrip("-").split("=", 1) for word in words if word.startswith("--") if "=" in word
    )
    properties = [word for word in words if word.startswith("--property=")]
    assert options["uid"] == service["User"]
    assert options["gid"] == service["Group"]
    assert options["working-directory"] == service["WorkingDirectory"]
    assert properties == [
        f"--property={key}={service[key]}" for key in ("EnvironmentFile", "UMask")
    ]
    assert words[-3:] == [f"{VENV}python", "manage.py", "$@"]


def test_the_guide_copies_and_enables_what_there_is():
    guide = (ROOT / "docs" / "deployment.md").read_text()
    enabled = next(line for line in guide.splitlines() if "enable --now foyer-web.socket" in line)
    timed = {path.stem for path in DEPLOY.glob("*.timer")}
    there = {name.removesuffix(".service") for name in SERVICES} - timed
    there |= {path.name for path in DEPLOY.glob("*.socket")} | {f"{one}.timer" for one in timed}
    assert set(enabled.split()[3:]) == there
    for path in DEPLOY.iterdir():
        by_pattern = any(
            Path(path.name).match(f"foyer-*.{kind}") for kind in ("service", "socket", "timer")
        )
        assert by_pattern or f"deploy/{path.name}" in guide, path.name
