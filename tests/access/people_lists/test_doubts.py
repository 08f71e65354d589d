"""Words that are no role, and addresses with a space in them: said on their lines, and counted."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from access.people_lists.doubts import address_in_two
from access.people_lists.models import Batch
from access.people_lists.parsing import read_list
from tests.reading import text_of_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def host(client_of, owner):
    return client_of(owner)


@pytest.fixture
def bring(host, item):
    def make(people, **fields):
        data = {"people": people, "role": "viewer", **fields}
        response = host.post(reverse("access:create_batch", args=[item.public_id]), data)
        assert response.status_code == 302, response.text
        return Batch.objects.latest("pk")

    return make


def page_of(host, batch, query=""):
    address = reverse("access:batch", args=[batch.item.public_id, batch.pk])
    return text_of_page(host.get(f"{address}{query}"))


def read(text):
    return [
        (one.person.email, one.person.first_name, one.person.last_name, one.role, one.meant)
        for one in read_list(text).entries
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("nina@x.fr, Superchef", ("", "")),
        ("nina@x.fr,Superchef", ("", "")),
        ("nina@x.fr Superchef", ("", "")),
        ("nina@x.fr – Superchef", ("", "")),
        ("Nina Hagen <nina@x.fr>, Superchef", ("Nina", "Hagen")),
        ("Nina Hagen <nina@x.fr> Superchef", ("Nina", "Hagen")),
        ("Nina Hagen nina@x.fr Superchef", ("Nina", "Hagen")),
        ("Nina nina@x.fr Superchef", ("Nina", "")),
    ],
)
def test_a_word_behind_an_address_that_is_no_role_is_nobodys_name(text, name):
    assert read(text) == [("nina@x.fr", *name, "Superchef", "")]


def test_of_several_on_a_line_each_has_the_word_behind_their_own_address():
    assert read("nina@x.fr Superchef; bob@y.org; Ada Lovelace ada@z.org Boss, eve@z.org") == [
        ("nina@x.fr", "", "", "Superchef", ""),
        ("bob@y.org", "", "", "", ""),
        ("ada@z.org", "Ada", "Lovelace", "Boss", ""),
        ("eve@z.org", "", "", "", ""),
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("ada.lovelace@x.org, Ada", [("Ada", "")]),
        ("rob@x.org Robert", [("Robert", "")]),
        ("lea@x.org, Léa", [("Léa", "")]),
        ("Ada,ada@x.edu,Lovelace", [("Ada", "Lovelace")]),
        ("ada@x.edu, Ada Lovelace", [("Ada", "Lovelace")]),
        ("ivan@x.ru Иван", [("Иван", "")]),
        ("dana@x.il דנה", [("דנה", "")]),
        ("dana@x.il, דנה", [("דנה", "")]),
        ("sami@x.org سامي", [("سامي", "")]),
        ("e1234567@u.edu Ada", [("Ada", "")]),
        ("jd@u.edu Ada", [("Ada", "")]),
        ("a.l@u.edu Bob", [("Bob", "")]),
        ("s1@x.de, Eva\ns2@x.de, Tom", [("Eva", ""), ("Tom", "")]),
        (
            "stone@x.de Robert\nlind@x.de Eva\nberg@x.de Ina\nwald@x.de Tom",
            [("Robert", ""), ("Eva", ""), ("Ina", ""), ("Tom", "")],
        ),
        (
            "s1@x.de, Robert\ns2@x.de, Eva\ns3@x.de, Ina\ns4@x.de, Tom",
            [("Robert", ""), ("Eva", ""), ("Ina", ""), ("Tom", "")],
        ),
    ],
)
def test_a_name_behind_an_address_is_one(text, names):
    assert [(first, last) for _email, first, last, _role, _meant in read(text)] == names


def test_roles_in_a_column_without_heading_are_no_names_beside_one_that_is_none():
    assert read("a@x.org, Viewer\nb@x.org, Collaborator\nnina@x.org, Superchef") == [
        ("a@x.org", "", "", "Viewer", ""),
        ("b@x.org", "", "", "Collaborator", ""),
        ("nina@x.org", "", "", "Superchef", ""),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Alice;Durand;alice.d@example.fr;prof",
        "Alice;Durand;alice.d@example.fr;prof\nBob;Stone;bob@example.fr;prof",
    ],
)
def test_a_column_that_is_not_understood_refuses_nobody(text):
    assert read(text)[0] == ("alice.d@example.fr", "Alice", "Durand", "", "")
    assert all(email for email, *_others in read(text))
    assert read_list(text).sheets[0].columns == ["first", "last", "email", ""]


def test_its_words_are_named_where_it_has_no_heading(host, bring):
    batch = bring("Alice;Durand;alice.d@example.fr;prof\nBob;Stone;bob@example.fr;prof")
    assert "Columns left out: Column 4 (prof)." in page_of(host, batch)


@pytest.mark.parametrize(
    "heading",
    [
        "Nom;Adresse;Rôle",
        "Name;Address;Role",
        "Name, Email, Role",
        "Nom\tAdresse électronique\tFonction",
        "שם;כתובת;תפקיד",
        "שם, כתובת דוא״ל, תפקיד",
    ],
)
@pytest.mark.parametrize(
    "people", ["Ada <ada@x.edu>\nBob <bob@x.edu>", "Ada;ada@x.edu;\nBob;bob@x.edu;Viewer"]
)
def test_a_heading_in_any_language_is_nobody(heading, people):
    found = read_list(f"{heading}\n{people}")
    assert [one.email for one in found.people] == ["ada@x.edu", "bob@x.edu"]


def test_a_heading_with_a_role_is_one_whatever_the_addresses_are_called():
    found = read_list("Nom;Contact;Rôle\nAda;ada@x.edu\nBob;bob@x.edu")
    assert [one.email for one in found.people] == ["ada@x.edu", "bob@x.edu"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("lea dupont@example.fr", "lea.dupont@example.fr"),
        ("lea  dupont@example.fr", "lea.dupont@example.fr"),
        ("lea\tdupont@example.fr", "lea.dupont@example.fr"),
        ("Lea dupont@example.fr", "Lea.dupont@example.fr"),
        ("ada ada@x.org", ""),
        ("Ada lovelace.ada@x.org", ""),
        ("Ada alovelace@x.org", ""),
        ("Léa dupont@example.fr", ""),  # no address has this letter
        ("Lea <dupont@example.fr>", ""),
        ("Lea Dupont dupont@example.fr", ""),
        ("To: dupont@example.fr", ""),
        ("1. dupont@example.fr", ""),
    ],
)
def test_a_space_that_may_be_a_dot_is_seen(text, meant):
    assert address_in_two(text) == meant


@pytest.mark.parametrize(
    "text", ["lea dupont@example.fr", "Nom;Courriel\nLéa;lea dupont@example.fr"]
)
def test_it_is_said_on_its_line(text, host, bring):
    batch = bring(text)
    line = batch.lines.get()
    assert (line.email, line.meant) == ("dupont@example.fr", "lea.dupont@example.fr")
    page = page_of(host, batch, "?show=look")
    assert "We read dupont@example.fr. Was a space typed for a dot?" in page
    assert "Look at 1 line first" in page
    mended = {"email": line.meant, "first_name": "", "last_name": ""}
    host.post(
        reverse("access:mend_batch_line", args=[batch.item.public_id, batch.pk, line.pk]), mended
    )
    assert "Look at" not in page_of(host, batch)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bob@x.org, Superchef", "“Superchef” isn’t a role. This person gets the role Viewer."),
        (
            "Email;Role\nada@x.org;Viewer\nbob@x.org;Teacher",
            "“Teacher” isn’t a role. This person gets the role Viewer.",
        ),
        (
            "Email;Role\nada@x.org;Viewer\nbob@x.org;Moderator",
            "You can’t give the role “Moderator” here. This person gets the role Viewer.",
        ),
    ],
)
def test_who_gets_another_role_than_the_list_says_is_marked_and_counted(text, said, host, bring):
    batch = bring(f"{text}\nbad@")
    page = page_of(host, batch)
    assert said in page
    assert "Look at 1 line first" in page
    only = page_of(host, batch, "?show=look")
    assert said in only
    assert only.count('<tr id="line-') == 1


def test_they_stand_before_those_who_are_invited_as_the_list_says(host, bring):
    batch = bring("Email;Role\nada@x.org;Viewer\nbob@x.org;Teacher")
    page = page_of(host, batch)
    assert page.rindex("bob@x.org") < page.rindex("ada@x.org")


def test_with_other_columns_nothing_is_left_to_look_at(host, bring):
    batch = bring("Email;Role\nada@x.org;Viewer\nbob@x.org;Teacher")
    address = reverse("access:correct_batch_columns", args=[batch.item.public_id, batch.pk, 0])
    host.post(address, {"column-0": "email", "column-1": ""})
    assert "Look at" not in page_of(host, batch)
    host.post(address, {"column-0": "email", "column-1": "role"})
    assert "Look at 1 line first" in page_of(host, batch)


def test_once_they_are_invited_nobody_is_to_be_looked_at(host, bring):
    batch = bring("bob@x.org, Superchef\nada@x.org")
    Batch.objects.update(started_at=timezone.now())
    address = reverse("access:batch", args=[batch.item.public_id, batch.pk])
    view = host.get(f"{address}?show=look").context["view"]
    assert (view.tabs[0].verdict, view.tabs[0].count, view.rows) == ("look", 0, [])
