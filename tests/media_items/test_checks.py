"""What `manage.py check --deploy` says of the bus of live sessions."""

import pytest
from django.core.checks.registry import registry

from media_items.checks import about_the_bus, check_the_bus

POSTGRESQL, SQLITE = "django.db.backends.postgresql", "django.db.backends.sqlite3"


@pytest.mark.parametrize(
    ("bus", "engine", "said"),
    [
        ("memory", POSTGRESQL, ["foyer.W101"]),
        ("memory", SQLITE, []),
        ("postgres", POSTGRESQL, ["foyer.I101"]),
        ("postgres", SQLITE, ["foyer.W102"]),
        ("redis", POSTGRESQL, []),
        ("redis", SQLITE, []),
    ],
)
def test_a_bus_that_would_carry_nothing_is_warned_of(bus, engine, said):
    assert [message.id for message in about_the_bus(bus, engine=engine)] == said


def test_the_check_runs_with_those_of_a_deployment():
    assert check_the_bus in registry.get_checks(include_deployment_checks=True)
    assert check_the_bus not in registry.get_checks()
