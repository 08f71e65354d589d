"""However a list is made, reading it costs no more than its length, and its page stays small."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from access.people_lists.columns import MOST_COLUMNS, MOST_SHEETS
from access.people_lists.models import Batch
from access.people_lists.parsing import read_list, read_people

# Each text in a process of its own, which the system ends after so many seconds of its own work.
_SECONDS = 5
_READER = f"""
import os, resource
from django.conf import settings
settings.configure(USE_I18N=False)
from access.people_lists.parsing import TooManyPeople, read_list

for text in TEXTS:
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_CPU, ({_SECONDS}, {_SECONDS}))
        try:
            read_list(text)
        except TooManyPeople:
            pass
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        print(repr(text[:12]), repr(text[-12:]))
"""


def too_slow(texts: str) -> str:
    """The texts that took too long. `texts` is an expression, too long to be passed."""
    reader = _READER.replace("TEXTS", texts)
    done = subprocess.run(
        [sys.executable, "-c", reader], capture_output=True, text=True, check=True
    )
    return done.stdout


REPEATED = [
    "a", " ", '"', ",", ";", "<", "@", "a@", "a@b.de ", '"a" ', "(", "\t", "\n", "€a@ ", "1 ", "“",
    "'a ", "a: ", "<a@b.de>", "\u200d", "@\n", 'a"@,\n', "Email,", "Name,Email\nA,a@b.de\n",
]  # fmt: skip


def test_a_sign_repeated_very_often_is_read_or_refused_soon():
    texts = f"((s * 300_000)[:300_000] + ' x@y.de' for s in {REPEATED!a})"
    assert too_slow(texts) == ""


def test_many_different_words_and_openings_are_read_or_refused_soon():
    texts = """(
        "".join(f"\u20aca{n}@ " for n in range(40_000)),
        " ".join(f"a{n}@b{n}.de" for n in range(30_000)),
        " ".join(f"a{n}@b\u00fc{n}.de" for n in range(30_000)),
        "Email,Name\\n" + " ".join(f"a{n}@b.de" for n in range(30_000)),
        "<" + "@" * 300_000,
        "\u00e9" + "\u200d" * 100_000 + "\u00e9 x@y.de",
        "x<a@b.de" * 20_000,
        '"'.join(f"a{n}@b.de" for n in range(20_000)),
        "(a@b.de" * 30_000,
        "<" * 900_000 + "a@b.de" + '"' * 900_000,
        "".join("x@y.de" + "," * n + "\\n" for n in range(700)),
    )"""
    assert too_slow(texts) == ""


def test_a_part_that_is_too_long_is_one_line_to_be_looked_at_with_its_address():
    long = "a" * 30_000
    [one] = read_people(f"{long} ada@example.edu {long}")
    assert (one.email, one.first_name, one.last_name) == ("", "", "")
    assert "ada@example.edu" in one.typed
    assert one.typed[0] == one.typed[-1] == "…"
    assert [one.email for one in read_people(f"{long} ada@example.edu; grace@example.org")] == [
        "",
        "grace@example.org",
    ]


def test_addresses_that_only_blanks_separate_are_found_however_many_they_are():
    wanted = [f"p{n}@example.edu" for n in range(500)]
    people = read_people(" ".join([*wanted, "€bad@example.edu", "€worse@example.edu"]))
    assert [one.email for one in people] == [*wanted, "", ""]
    assert [one.typed for one in people[-2:]] == ["€bad@example.edu", "€worse@example.edu"]


# --- columns --------------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [MOST_COLUMNS, 20_000])
def test_with_too_many_columns_it_is_no_sheet_and_its_addresses_are_found(more):
    rows = "".join(f"a{n}@b.de,Cyd\n" for n in range(300))
    found = read_list(f"Email{',x' * more}\n{rows}")
    assert found.sheets == []
    assert [one.email for one in found.people if one.email] == [f"a{n}@b.de" for n in range(300)]


def test_as_many_columns_as_fit_are_a_sheet():
    found = read_list(f"Email{',x' * (MOST_COLUMNS - 1)}\nada@example.edu,c\n")
    assert [one.width for one in found.sheets] == [MOST_COLUMNS]


def test_one_long_row_without_a_heading_makes_no_sheet_of_as_many_columns():
    found = read_list("Ada,a@b.de\nGrace,g@b.de\n" + "x," * 20_000 + "z@b.de")
    assert found.sheets == []
    assert {"a@b.de", "g@b.de"} < {one.email for one in found.people}


def test_a_heading_repeated_too_often_makes_no_sheets():
    text = "".join(f"Name,Email\nAda,a{n}@b.de\n" for n in range(MOST_SHEETS + 1))
    found = read_list(text)
    assert not any(one.columns for one in found.sheets)
    emails = [one.email for one in found.people if one.email]
    assert emails == [f"a{n}@b.de" for n in range(MOST_SHEETS + 1)]


@pytest.mark.django_db
def test_the_page_of_a_list_with_very_many_headings_is_small(client_of, owner, item):
    text = f"Email{',x' * 20_000}\n" + "a@b.de,c\n" * 300
    file = SimpleUploadedFile("people.csv", text.encode(), content_type="text/csv")
    host = client_of(owner)
    made = reverse("access:create_batch", args=[item.public_id])
    assert host.post(made, {"role": "viewer", "file": file}).status_code == 302
    batch = Batch.objects.get()
    page = host.get(reverse("access:batch", args=[item.public_id, batch.pk]))
    assert len(page.content) < 500_000
    # Each line may offer a role; of the columns there is none to choose.
    assert set(re.findall(rb'<select[^>]* name="([^"]+)"', page.content)) <= {b"role"}
