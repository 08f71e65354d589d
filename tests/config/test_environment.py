"""Nonsense in a variable is refused by the variable's name, and says what would be right."""

import secrets
import string
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import Environment

ROOT = Path(__file__).resolve().parents[2]
RANDOM = "kW3x9-Tq_0vLr7Zb2YpNfE5uHsJdCgAiMoRt8B4wXeQzSyKl1P6"


@pytest.fixture
def env(monkeypatch):
    """`env(NAME="value")`: an environment in which only these are set by the test."""

    def make(**values: str) -> Environment:
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        return Environment()

    return make


@pytest.mark.parametrize("value", ["true", "TRUE", "1", "yes", "on", " true "])
def test_a_switch_is_on_by_any_usual_word(env, value):
    assert env(A_SWITCH=value).switch("A_SWITCH", default=False) is True


@pytest.mark.parametrize("value", ["false", "0", "no", "OFF"])
def test_a_switch_is_off_by_any_usual_word(env, value):
    assert env(A_SWITCH=value).switch("A_SWITCH", default=True) is False


LETTERS = {"a": "Alpha", "b": "Beta", "c": "Gamma"}


@pytest.mark.parametrize(
    ("value", "some"), [("", "abc"), ("b", "b"), ("c, a", "ca"), ("a,,a", "a"), (" , ", "abc")]
)
def test_some_of_what_there_is_in_the_order_of_the_variable(env, value, some):
    found = env(LETTERS=value).some_of("LETTERS", LETTERS)
    assert found == [(one, LETTERS[one]) for one in some]


def test_what_there_is_not_is_refused_with_what_there_is(env):
    with pytest.raises(ImproperlyConfigured, match="LETTERS names “x”; choose from a, b, c"):
        env(LETTERS="a,x").some_of("LETTERS", LETTERS)
    with pytest.raises(ImproperlyConfigured, match="LETTER names “x”; choose from a, b, c"):
        env(LETTER="x").one_of("LETTER", LETTERS, default="a")
    assert env(LETTER="b").one_of("LETTER", LETTERS, default="a") == "b"
    assert env(LETTER="").one_of("LETTER", LETTERS, default="a") == "a"


def test_an_empty_variable_takes_the_default(env):
    made = env(A_SWITCH="", A_NUMBER="", A_RATE="")
    assert made.switch("A_SWITCH", default=True) is True
    assert made.whole("A_NUMBER", default=7) == 7
    assert made.optional_whole("A_NUMBER") is None
    assert made.rate("A_RATE", default="3/h") == "3/h"


REFUSED = [
    ("switch", "maybe", {"default": False}, "true or false"),
    ("whole", "ten", {"default": 1}, "whole number"),
    ("whole", "1.5", {"default": 1}, "whole number"),
    ("whole", "-1", {"default": 1}, "at least 0"),
    ("whole", "6", {"default": 1, "at_most": 5}, "at most 5"),
    ("optional_whole", "0", {"at_least": 1}, "at least 1"),
    ("rate", "30", {"default": "1/h"}, "such as 30/h"),
    ("rate", "30/year", {"default": "1/h"}, "such as 30/h"),
    ("rate", "many/h", {"default": "1/h"}, "such as 30/h"),
    ("site_url", "media.example.edu", {"default": ""}, "such as https://media.example.edu"),
    ("site_url", "ftp://media.example.edu", {"default": ""}, "such as https://"),
    ("site_url", "https://media.example.edu/foyer", {"default": ""}, "such as https://"),
    ("site_url", "https://media.example.edu:port", {"default": ""}, "such as https://"),
    ("secret", "", {"at_least": 50}, "missing"),
    ("secret", "short", {"at_least": 50}, "at least 50 random"),
    ("secret", "x" * 80, {"at_least": 50}, "too easy to guess"),
    ("secret", "changeme" * 8, {"at_least": 50}, "too easy to guess"),
    ("secret", "abcdefghij" * 6, {"at_least": 50}, "too easy to guess"),
    ("secret", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMN", {"at_least": 50}, "too easy"),
    ("secret", "01" * 20 + "0110100110010110", {"at_least": 50}, "too easy to guess"),
    ("secret", "the quick brown fox jumps over the lazy dog by the sea", {"at_least": 50}, "easy"),
    ("secret", f"django-insecure-{RANDOM}", {"at_least": 50}, "too easy to guess"),
    ("database", "mysql://a:b@localhost/foyer", {"default": ""}, "postgres:// or sqlite:///"),
    ("database", "foyer", {"default": ""}, "postgres://"),
    ("database", "postgres://a:b@localhost:port/foyer", {"default": ""}, "database address"),
]


@pytest.mark.parametrize(("reader", "value", "options", "says"), REFUSED)
def test_a_wrong_value_is_refused_by_name_with_what_would_be_right(
    env, reader, value, options, says
):
    with pytest.raises(ImproperlyConfigured) as refusal:
        getattr(env(THE_VARIABLE=value), reader)("THE_VARIABLE", **options)
    assert "THE_VARIABLE" in str(refusal.value)
    assert says in str(refusal.value)


def test_a_refused_secret_is_not_repeated(env):
    with pytest.raises(ImproperlyConfigured) as refusal:
        env(THE_KEY="hunter2hunter2").secret("THE_KEY", at_least=50)
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize("scheme", ["mysql", "postgress"])
def test_a_refused_database_address_does_not_show_its_password(env, scheme):
    made = env(THE_DATABASE=f"{scheme}://foyer:hunter2@localhost/foyer")
    with pytest.raises(ImproperlyConfigured) as refusal:
        made.database("THE_DATABASE", default="")
    assert "hunter2" not in str(refusal.value)


def test_right_values_are_taken(env):
    made = env(
        A_NUMBER="8_192",
        A_RATE="5/10m",
        A_SITE="https://media.example.edu/",
        A_KEY=RANDOM,
        A_DATABASE="postgres://foyer:pw@db:5432/foyer",
    )
    assert made.whole("A_NUMBER", default=1) == 8192
    assert made.rate("A_RATE", default="1/h") == "5/10m"
    assert made.site_url("A_SITE", default="") == "https://media.example.edu"
    assert made.secret("A_KEY", at_least=50) == RANDOM
    assert made.database("A_DATABASE", default="")["HOST"] == "db"


@pytest.mark.parametrize("letters", [string.digits, string.hexdigits[:16], string.ascii_lowercase])
def test_random_keys_of_every_alphabet_are_taken(env, letters):
    for _ in range(200):
        key = "".join(secrets.choice(letters) for _ in range(50))
        assert env(A_KEY=key).secret("A_KEY", at_least=50) == key


ONLY_HERE = "it is for this machine alone"
STARTS = [
    ({"SECRET_KEY": ""}, "SECRET_KEY is missing"),
    ({"SITE_URL": "nonsense"}, "SITE_URL"),
    ({"REDIS_URL": "memcached://localhost"}, "REDIS_URL must start with redis://"),
    ({"CACHE_URL": "redis://localhost"}, "CACHE_URL is called REDIS_URL now"),
    ({"LIVE_BUS": "redis"}, "LIVE_BUS=redis needs REDIS_URL"),
    ({"MAIL_FROM": "nobody"}, "MAIL_FROM is not a mail address"),
    ({"SMTP_HOST": "mail", "SMTP_SECURITY": "perhaps"}, "SMTP_SECURITY must be"),
    ({"ACCEL_REDIRECT_PREFIX": "protected"}, "ACCEL_REDIRECT_PREFIX must start with a slash"),
    ({"LIVE_STAGE_ENGINE": "janus"}, "LIVE_STAGE_ENGINE must be mesh"),
    ({"LIVE_STAGE_PICTURE": "large"}, "LIVE_STAGE_PICTURE must look like"),
    ({"LIVE_TURN_URLS": "turn:a.example"}, "LIVE_TURN_URLS needs LIVE_TURN_SECRET"),
    ({"DEVELOPMENT_PAGES": "true", "SITE_URL": "https://media.example.edu"}, ONLY_HERE),
    ({"DEVELOPMENT_PAGES": "true", "SITE_URL": "http://192.168.1.7:8000"}, ONLY_HERE),
    ({"DEVELOPMENT_PAGES": "true", "ALLOWED_HOSTS": "localhost,media.example.edu"}, ONLY_HERE),
    ({"DEVELOPMENT_PAGES": "true", "ALLOWED_HOSTS": "*"}, ONLY_HERE),
    ({"DEVELOPMENT_PAGES": "true", "TRUSTED_PROXIES": "1"}, ONLY_HERE),
    ({"DEBUG": "true", "SITE_URL": "https://media.example.edu"}, ONLY_HERE),
]


@pytest.mark.parametrize(("variables", "says"), STARTS, ids=[says[:12] for _, says in STARTS])
def test_a_start_with_nonsense_stops_and_says_which_and_why(tmp_path, variables, says):
    """The settings alone are read, as every command does first."""
    done = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=ROOT,
        env={
            "SECRET_KEY": RANDOM,
            "DATA_DIR": str(tmp_path),
            "ENV_FILE": str(tmp_path / "no.env"),
            **variables,
        },
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert says in done.stderr.splitlines()[-1]


def test_a_start_with_a_key_alone_is_enough(tmp_path):
    code = "import config.settings as s; print(s.DEBUG, s.DEVELOPMENT_PAGES, s.ALLOWED_HOSTS)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={
            "SECRET_KEY": RANDOM,
            "DATA_DIR": str(tmp_path),
            "ENV_FILE": str(tmp_path / "no.env"),
        },
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "False False ['localhost']"
