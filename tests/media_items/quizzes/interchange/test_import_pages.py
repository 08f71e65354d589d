"""The pages of the import: what is in a file is shown, what was chosen is taken once."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from media_items.quizzes.interchange.letters import letters_of
from media_items.quizzes.interchange.services import reading
from media_items.quizzes.interchange.services.reading import MOST_WAITING
from media_items.quizzes.models import ImportBatch, QuizVersion
from media_items.quizzes.writing.publishing import content_of, publish
from tests.conftest import client_with_proofs
from tests.factories import InvitationFactory, InvitationProofFactory
from tests.quiz_factories import DraftFactory, QuizFactory, published_quiz

pytestmark = pytest.mark.django_db

GIFT = """::Capital:: What is the capital of France? {=Paris ~Lyon#No. ~Nice}

::Maths:: What is \\(2+3\\)? {#5}

A cloze: {=a ~b} and {=c ~d}
"""


@pytest.fixture
def quiz():
    return QuizFactory()


@pytest.fixture
def owner(client, quiz):
    client.force_login(quiz.item.owner)
    return client


def address(name, quiz, *more):
    return reverse(f"media_items:{name}", args=[quiz.item.public_id, *more])


def upload(client, quiz, data=GIFT, name="bank.txt"):
    data = data.encode() if isinstance(data, str) else data
    return client.post(address("import_questions", quiz), {"file": SimpleUploadedFile(name, data)})


def uploaded(client, quiz, **kwargs):
    answer = upload(client, quiz, **kwargs)
    assert answer.status_code == 302, answer.content.decode()
    return ImportBatch.objects.get(), answer.url


def test_what_is_in_a_file_is_shown_before_anything_is_added(owner, quiz):
    _batch, page = uploaded(owner, quiz)
    shown = owner.get(page).content.decode()
    assert "Paris" in shown
    assert "<math" in shown
    assert "Several gaps in one text" in shown
    assert not quiz.questions.exists()


def test_what_was_ticked_becomes_questions_and_the_rest_does_not(owner, quiz):
    _batch, page = uploaded(owner, quiz)
    assert owner.post(page, {"take": ["2"]}).status_code == 302
    (question,) = content_of(quiz).questions
    assert question.text == "What is $2+3$?"
    assert question.options[0].text == "5"


def test_imported_true_or_false_has_the_words_that_a_written_one_has(owner, quiz):
    _batch, page = uploaded(owner, quiz, data="Is it so? {T}")
    owner.post(page, {"take": ["1"]})
    (question,) = content_of(quiz).questions
    assert [one.text for one in question.options] == ["True", "False"]
    new = address("new_quiz_question", quiz, "true_false")
    lines = owner.get(new).context["lines"]
    assert [line["text"].value() for line, _right in lines.rows] == ["True", "False"]


def test_pressed_twice_it_is_taken_once(owner, quiz):
    batch, page = uploaded(owner, quiz)
    owner.post(page, {"take": ["1", "2"]})
    assert owner.post(page, {"take": ["1", "2"]}).status_code == 302
    assert quiz.questions.count() == 2
    batch.refresh_from_db()
    assert batch.taken == 2


@pytest.mark.parametrize(("after", "order"), [("", "abNM"), ("start", "NMab"), ("first", "aNMb")])
def test_they_come_where_they_are_to_come(owner, quiz, after, order):
    a = DraftFactory(quiz=quiz, text="a", position=0)
    DraftFactory(quiz=quiz, text="b", position=1)
    _batch, page = uploaded(owner, quiz, data="N{T}\n\nM{F}\n")
    owner.post(page, {"take": ["1", "2"], "after": a.public_id if after == "first" else after})
    assert "".join(one.text for one in content_of(quiz).questions) == order


def test_without_a_choice_nothing_is_added_and_it_says_so(owner, quiz):
    _batch, page = uploaded(owner, quiz)
    answer = owner.post(page, {})
    assert answer.status_code == 422
    assert "Choose at least one question." in answer.content.decode()
    assert not quiz.questions.exists()


def test_what_was_refused_cannot_be_taken(owner, quiz):
    _batch, page = uploaded(owner, quiz)
    assert owner.post(page, {"take": ["3"]}).status_code == 422
    assert not quiz.questions.exists()


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04 no zip", b"<quiz>", b"\x00\x01\x02\xff", b"Just a text.", b"<a/>"]
)
def test_a_file_that_is_none_of_them_is_refused_with_a_sentence(owner, quiz, data):
    answer = upload(owner, quiz, data=data)
    assert answer.status_code == 422
    assert "invalid-feedback" in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_an_import_that_has_expired_is_gone(owner, quiz):
    batch, page = uploaded(owner, quiz)
    batch.expires_at = timezone.now()
    batch.save()
    assert owner.get(page).status_code == 404
    uploaded_again = upload(owner, quiz)
    assert uploaded_again.status_code == 302
    assert ImportBatch.objects.count() == 1


def test_of_many_uploads_the_oldest_go(owner, quiz):
    for _upload in range(MOST_WAITING + 2):
        upload(owner, quiz)
    assert quiz.imports.count() == MOST_WAITING


def test_nobody_pushes_out_what_others_have_waiting(owner, quiz):
    def collaborator(email):
        invited = InvitationFactory(item=quiz.item, email=email, role="collaborator", accepted=True)
        return client_with_proofs(InvitationProofFactory(invitation=invited, how="confirmed"))

    _batch, page = uploaded(owner, quiz)
    one, other = collaborator("one@example.org"), collaborator("other@example.org")
    page_of_other = upload(other, quiz).url
    for _upload in range(MOST_WAITING + 2):
        upload(one, quiz)
    assert owner.get(page).status_code == 200
    assert other.get(page_of_other).status_code == 200
    assert quiz.imports.count() == MOST_WAITING + 2


def test_whoever_asks_how_far_one_is_that_is_gone_is_led_to_where_another_is_begun(owner, quiz):
    batch, page = uploaded(owner, quiz)
    batch.delete()
    answer = owner.get(page, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == address("import_questions", quiz)
    assert "upload the file again" in owner.get(answer.headers["HX-Redirect"]).text


def test_what_was_imported_is_not_said_to_have_been_discarded(owner, quiz):
    batch, page = uploaded(owner, quiz)
    owner.post(page, {"take": ["1", "2"]})
    answer = owner.post(address("discard_import", quiz, batch.public_id), follow=True)
    assert "Nothing was imported" not in answer.text
    assert "2 questions were added" in answer.text


def test_an_import_that_is_cancelled_while_it_is_read_is_no_fault(owner, quiz, monkeypatch):
    monkeypatch.setattr(reading, "read_file", lambda *_a, **_k: ImportBatch.objects.all().delete())
    answer = upload(owner, quiz)
    assert answer.status_code == 409
    assert "upload the file again" in answer.text


@pytest.mark.parametrize("is_readable", [True, False])
def test_what_was_ticked_in_other_letters_is_not_taken(owner, quiz, is_readable):
    data = "Größe? {=yes ~no}\n\nGröße 2? {=yes ~no}\n".encode("cp1252")
    batch, page = uploaded(owner, quiz, data=data)
    shown = owner.get(page).context["parts"][0].batch.encoding
    letters = next(one for one in ("koi8-u", "cp1251") if one != shown)
    reading.choose_letters(batch=batch, encoding=letters, ticked=[1, 2], after="")
    if not is_readable:
        ImportBatch.objects.update(problem="Not readable this way.", encoding=shown)
    answer = owner.post(page, {"take": ["1", "2"], "reading": shown})
    assert answer.status_code == 422
    assert "This has changed in the meantime." in answer.text
    assert not quiz.questions.exists()
    if is_readable:
        again = {"take": ["1", "2"], "reading": answer.context["parts"][0].batch.encoding}
        assert f'name="reading" value="{again["reading"]}"' in answer.text
        owner.post(page, again)
        assert quiz.questions.count() == 2


def test_an_import_belongs_to_its_quiz(owner, quiz):
    batch, _page = uploaded(owner, quiz)
    other = QuizFactory(item__owner=quiz.item.owner)
    assert owner.get(address("import_preview", other, batch.public_id)).status_code == 404


def test_imported_questions_can_be_published(owner, quiz):
    _batch, page = uploaded(owner, quiz)
    owner.post(page, {"take": ["1", "2"]})
    assert isinstance(publish(quiz=quiz, by=quiz.item.owner), QuizVersion)


def test_the_example_can_be_imported_as_it_is(owner, quiz):
    data = owner.get(address("import_template", quiz)).content
    batch, page = uploaded(owner, quiz, data=data, name="questions.csv")
    assert [one["notes"] for one in batch.content["questions"]] == [[]] * 9
    assert "42.195 ± 0.5 km" in owner.get(page).content.decode()


def test_what_a_format_leaves_out_is_said_before_the_download(client):
    quiz = published_quiz()
    client.force_login(quiz.item.owner)
    page = client.get(address("export_questions", quiz), {"version": 1}).content.decode()
    assert re.search(
        r"This format does not have this kind of question.*?Questions: 7", page, re.DOTALL
    )


@pytest.mark.parametrize("form", ["moodle", "canvas", "qti22", "qti3", "gift", "csv"])
def test_what_was_exported_can_be_imported(client, form):
    quiz = published_quiz()
    client.force_login(quiz.item.owner)
    answer = client.get(address("export_questions_file", quiz, form), {"version": 1})
    assert answer.headers["Content-Disposition"].startswith("attachment")
    other = QuizFactory(item__owner=quiz.item.owner)
    batch, page = uploaded(client, other, data=answer.content, name="bank")
    assert "Metaphase" in client.get(page).content.decode()
    assert len(batch.content["questions"]) >= 8


def test_a_stranger_gets_neither(client, quiz, django_user_model):
    client.force_login(django_user_model.objects.create_user("eve@example.org"))
    for name in ("import_questions", "export_questions", "import_template"):
        assert client.get(address(name, quiz)).status_code == 404


# --- several files at once ------------------------------------------------------------------------


def upload_several(client, quiz, **files):
    sent = [SimpleUploadedFile(f"{name}.txt", data) for name, data in files.items()]
    return client.post(address("import_questions", quiz), {"file": sent})


def test_several_files_are_one_page_and_taken_with_one_press_in_their_order(owner, quiz):
    page = upload_several(owner, quiz, a=b"N{T}\n\nM{F}\n", b=b"O{T}\n\nP{T}\n").url
    shown = owner.get(page).content.decode()
    assert shown.index("a.txt") < shown.index("b.txt")
    (_a, b) = quiz.imports.order_by("pk")
    assert f'name="take-{b.public_id}"' in shown
    answer = owner.post(page, {"take": ["2"], f"take-{b.public_id}": ["1", "2"]}, follow=True)
    assert "3 questions were imported." in answer.content.decode()
    assert "".join(one.text for one in content_of(quiz).questions) == "MOP"
    again = owner.post(page, {"take": ["2"], f"take-{b.public_id}": ["1", "2"]})
    assert again.status_code == 302
    assert quiz.questions.count() == 3


def test_a_file_of_which_nothing_is_wanted_stays(owner, quiz):
    page = upload_several(owner, quiz, a=b"N{T}\n", b=b"O{T}\n").url
    assert owner.post(page, {}).status_code == 422
    assert owner.post(page, {"take": ["1"]}).status_code == 302
    a, b = quiz.imports.order_by("pk")
    assert (a.taken, b.taken_at) == (1, None)
    assert "b.txt" in owner.get(address("import_questions", quiz)).content.decode()


def test_what_could_not_be_read_of_several_is_named_and_the_others_go_on(owner, quiz):
    answer = upload_several(owner, quiz, a=b"Just a text.", b=b"O{T}\n")
    shown = owner.get(answer.url).content.decode()
    assert "“a.txt”: We found no questions in this file." in shown
    assert [one.file_name for one in quiz.imports.all()] == ["b.txt"]


def test_where_none_of_several_could_be_read_each_has_its_reason(owner, quiz):
    answer = upload_several(owner, quiz, a=b"Just a text.", b=b"PK\x03\x04 no zip")
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "“a.txt”: We found no questions in this file." in shown
    assert "“b.txt”:" in shown
    assert not ImportBatch.objects.exists()


def test_one_of_several_that_cannot_be_read_after_all_keeps_no_other_from_being_taken(owner, quiz):
    page = upload_several(owner, quiz, a=b"N{T}\n\nM{F}\n", b=b"O{T}\n").url
    _a, b = quiz.imports.order_by("pk")
    ImportBatch.objects.filter(pk=b.pk).update(problem="Not readable this way.")
    assert owner.post(page, {"take": ["1"], f"take-{b.public_id}": ["1"]}).status_code == 422
    assert owner.post(page, {"take": ["2"]}).status_code == 302
    assert [one.text for one in content_of(quiz).questions] == ["M"]
    quiz.imports.update(problem="Not readable this way.", taken_at=None)
    assert "Choose another file" in owner.get(page).text


def test_what_was_ticked_stays_where_another_file_was_read_anew(owner, quiz):
    page = upload_several(
        owner, quiz, a=b"N{T}\n\nM{F}\n", b="Größe{T}\n\nO{T}\n".encode("cp1252")
    ).url
    a, b = quiz.imports.order_by("pk")
    reading.choose_letters(
        batch=b, encoding=letters_of(b).readings[1][0].encoding, ticked=[1, 2], after=""
    )
    name = f"-{b.public_id}"
    sent = {
        "take": ["2"],
        "reading": a.encoding,
        f"take{name}": ["1"],
        f"reading{name}": b.encoding,
    }
    answer = owner.post(page, sent)
    assert answer.status_code == 422
    ticks = [
        [one.number for one, is_ticked in part.found if is_ticked]
        for part in answer.context["parts"]
    ]
    assert ticks == [[2], [1, 2]]


def test_of_too_many_files_the_first_are_taken_and_it_says_so(owner, quiz):
    files = {f"f{number}": b"N{T}\n" for number in range(MOST_WAITING + 2)}
    answer = upload_several(owner, quiz, **files)
    shown = owner.get(answer.url).content.decode()
    assert f"Only the first {MOST_WAITING} files were taken." in shown
    assert quiz.imports.count() == MOST_WAITING


def test_one_of_several_is_read_in_other_letters_and_all_ticks_stay(owner, quiz):
    page = upload_several(
        owner, quiz, a=b"N{T}\n\nM{F}\n", b="Größe{T}\n\nO{T}\n".encode("cp1252")
    ).url
    _a, b = quiz.imports.order_by("pk")
    other = letters_of(b).readings[1][0].encoding
    sent = {
        "take": ["2"],
        f"take-{b.public_id}": ["1"],
        f"encoding-{b.public_id}": other,
        "read_as": b.public_id,
        "after": "start",
    }
    assert owner.post(page, sent)["Location"] == page
    b.refresh_from_db()
    assert b.encoding == other
    parts = owner.get(page).context["parts"]
    ticks = [[one.number for one, is_ticked in part.found if is_ticked] for part in parts]
    assert ticks == [[2], [1]]
    assert owner.get(page).context["after"] == "start"


def test_several_are_waited_for_and_discarded_together(owner, quiz, monkeypatch):
    monkeypatch.setattr(reading, "SECONDS_IN_REQUEST", -1.0)
    page = upload_several(owner, quiz, a=b"N{T}\n", b=b"O{T}\n").url
    waits = owner.get(page)
    assert "Reading “a.txt”" in waits.content.decode()
    assert owner.get(page, headers={"HX-Request": "true"}).status_code == 200
    discarded = owner.post(waits.context["discard_url"], follow=True).content.decode()
    assert "The files were discarded. Nothing was imported." in discarded
    assert not quiz.imports.exists()


def test_a_page_shows_no_file_of_another_quiz(owner, quiz):
    other = QuizFactory(item__owner=quiz.item.owner)
    upload(owner, other, data=b"Foreign{T}\n")
    page = upload(owner, quiz, data=b"N{T}\n").url
    foreign = other.imports.get().public_id
    assert "Foreign" not in owner.get(page, {"with": foreign}).content.decode()
    assert owner.post(f"{address('discard_import', quiz, 'x')}?with={foreign}").status_code == 302
    assert other.imports.exists()
