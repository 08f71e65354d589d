"""Certificates: who gets one, when it is withdrawn, what it says, and who may have it."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from shutil import which
from tempfile import mkdtemp

import pypdf
import pytest
from django.urls import reverse
from django.utils import timezone, translation

from media_items.quizzes.choices import KeptScore, ShownWhen
from media_items.quizzes.content import Content
from media_items.quizzes.grading import certificates
from media_items.quizzes.grading.certificate_file import (
    _font_of,
    _visual,
    can_be_drawn,
    written_file,
)
from media_items.quizzes.grading.certificate_letters import _answered_by
from media_items.quizzes.models import Attempt, Certificate, Taker
from media_items.quizzes.results import naming
from media_items.quizzes.writing.services.settings import save_settings, seen_of
from media_items.quizzes.writing.tasks import keep_scores_anew
from tests.box_font import box_font, fontconfig_of
from tests.conftest import client_with_admissions
from tests.factories import GuestAdmissionFactory, UserFactory
from tests.media_items.quizzes.test_attempts import account_identity
from tests.media_items.quizzes.test_marking import give, taken
from tests.media_items.quizzes.test_regrading import (
    B_IS_RIGHT,
    regrade,
    run,  # noqa: F401
)
from tests.quiz_factories import OPEN, SINGLE, guest_identity, published_quiz
from tests.tasks import run_tasks

pytestmark = pytest.mark.django_db
RIGHT, WRONG = {"single": {"chosen": "a"}}, {"single": {"chosen": "b"}}


def quiz_with(*questions, **settings):
    wanted = {"pass_percent": 50, "gives_certificate": True, **settings}
    return published_quiz(Content(questions or (SINGLE,)), **wanted)


@pytest.fixture
def quiz():
    return quiz_with()


def standing():
    return Certificate.objects.filter(withdrawn_at=None)


def test_who_passes_gets_one_and_who_does_not_gets_none(quiz):
    passed = taken(quiz, RIGHT)
    taken(quiz, WRONG)
    made = Certificate.objects.get()
    assert made.attempt == passed
    assert (made.name, made.title) == (passed.taker.shown_name, quiz.item.title)
    assert (made.percent, made.certainty) == (100, "typed")
    assert made.passed_at == passed.ended_at


def test_nobody_gets_one_from_a_quiz_that_gives_none():
    taken(quiz_with(gives_certificate=False), RIGHT)
    assert not Certificate.objects.exists()


def test_the_mark_itself_passes():
    quiz = quiz_with(OPEN, pass_percent=75)
    give(taken(quiz, {"open": {"text": "So."}}), "3")
    give(taken(quiz, {"open": {"text": "So."}}), "2.99")
    assert [one.percent for one in standing()] == [75]


def test_nobody_gets_one_before_all_is_marked():
    quiz = quiz_with(SINGLE, OPEN, pass_percent=10)
    attempt = taken(quiz, {**RIGHT, "open": {"text": "So."}})
    assert not Certificate.objects.exists()
    give(attempt, "0")
    assert standing().get().percent == 20


def test_a_person_has_one_however_often_they_pass(quiz):
    guest = guest_identity(GuestAdmissionFactory(guest__link__item=quiz.item))
    taken(quiz, RIGHT, identity=guest)
    taken(quiz, RIGHT, identity=guest)
    assert Certificate.objects.count() == 1


def test_where_the_last_attempt_counts_a_worse_one_takes_it_away():
    quiz = quiz_with(kept_score=KeptScore.LAST)
    guest = guest_identity(GuestAdmissionFactory(guest__link__item=quiz.item))
    taken(quiz, RIGHT, identity=guest)
    taken(quiz, WRONG, identity=guest)
    assert not standing().exists()


def test_a_new_key_withdraws_and_gives_and_the_old_key_gives_back_the_same_number(quiz, run):  # noqa: F811
    first, second = taken(quiz, RIGHT), taken(quiz, WRONG)
    number = standing().get().number
    run(lambda: regrade(quiz, B_IS_RIGHT))
    assert standing().get().attempt == second
    run(lambda: regrade(quiz, B_IS_RIGHT.__class__("new_key", credits={"a": 100, "b": 0})))
    assert (standing().get().attempt, standing().get().number) == (first, number)


def test_title_and_host_stay_whatever_becomes_of_the_quiz(quiz):
    taken(quiz, RIGHT)
    quiz.item.title = "Something else"
    quiz.item.save()
    certificates.settle(Taker.objects.get(), quiz)
    assert standing().get().title == "Cell division"


@pytest.mark.parametrize(
    "issue", [keep_scores_anew.call, lambda _: certificates.take_up()], ids=["task", "duty"]
)
def test_those_who_had_passed_before_get_theirs(issue):
    quiz = quiz_with(gives_certificate=False)
    taken(quiz, RIGHT)
    quiz.gives_certificate = True
    quiz.save()
    taken(quiz_with(gives_certificate=False), RIGHT)
    issue(quiz.pk)
    assert standing().count() == 1
    assert certificates.take_up() == 0


# --- the file -------------------------------------------------------------------------------------


ADDRESS = "https://foyer.example/certificates/N/"


def text_of(certificate, language="en", **more):
    with translation.override(language):
        made = written_file(certificate, address=ADDRESS, **more)
    return " ".join(pypdf.PdfReader(BytesIO(made)).pages[0].extract_text().split())


def certificate_for(name, **kwargs):
    made = taken(quiz_with(), RIGHT).certificates.get()
    made.name = name
    for field, value in kwargs.items():
        setattr(made, field, value)
    return made


def test_the_file_says_all_of_it():
    made = certificate_for("Ada Lovelace", percent=Decimal("66.67"))
    text = text_of(made)
    for words in ["Certificate", "Ada Lovelace", "Cell division", "66.67%", made.number, made.host]:
        assert words in text
    assert "name as typed by the person, not verified" in text
    assert "https://foyer.example/certificates/N/" in text


@pytest.mark.parametrize(
    "name", ["Łucja Żółć", "Αλέξανδρος", "Наталья", "נועה לוי", "王小明", "김민준", "さくら"]
)
def test_names_of_many_scripts_read_as_they_are(name):
    """pypdf reads what is drawn, from the right where letters are Hebrew."""
    assert name in text_of(certificate_for(name))


@pytest.fixture
def machine_has(tmp_path, monkeypatch):
    """Fonts with these characters, one each, and no others."""

    def has(*fonts):
        folder = Path(mkdtemp(dir=tmp_path))
        made = fontconfig_of(folder, *(box_font(one) for one in fonts))
        monkeypatch.setenv("FONTCONFIG_FILE", str(made))
        _answered_by.cache_clear()

    yield has
    _answered_by.cache_clear()


ELSEWHERE = "the person whose name is shown at the link below"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("राम कुमार", ELSEWHERE),
        ("สมชาย ใจดี", ELSEWHERE),
        ("Ram राम", ELSEWHERE),
        ("𠮷野家", ELSEWHERE),
        ("🎓🎉", ELSEWHERE),
        ("Ada 🎓 Lovelace \U0001f469\u200d\U0001f52c", "Ada Lovelace"),
        ("ＡＤＡ ﾀﾅｶ", "ADA タナカ"),
        ("Zoe\u0308 Z\u0301ak", "Zoë Źak"),
    ],
)
def test_no_letter_becomes_a_box(name, said, machine_has):
    """A name that no font can draw is not on the page, which says where it is."""
    machine_has()
    text = text_of(certificate_for(name))
    assert said in text
    assert "https://foyer.example/certificates/N/" in text
    if said == ELSEWHERE:
        assert not set(name) & set(text) - set("Ram ")


def test_a_title_and_a_host_without_a_font_are_not_boxes(machine_has):
    machine_has()
    text = text_of(certificate_for("Ada", title="कोशिका विभाजन", host="สมชาย"))
    assert "whose title is shown at the link below" in text
    assert "Ada" in text
    assert not set("कोशिका" + "สมชาย") & set(text)


def pictures_in(made):
    file = written_file(made, address="https://foyer.example/certificates/N/")
    reader = pypdf.PdfReader(BytesIO(file))
    assert reader.metadata.subject == made.name
    return [one.image for one in reader.pages[0].images]


DEVANAGARI = "".join(map(chr, range(0x900, 0x980)))


@pytest.mark.skipif(not which("fc-match"), reason="fontconfig is not installed")
@pytest.mark.parametrize(
    ("name", "fonts"),
    [
        ("राम कुमार", [DEVANAGARI]),
        ("Ram राम", [DEVANAGARI]),  # a font for each word, ours for what it has
        ("Ram राम", ["a" + DEVANAGARI, "Ram"]),
        ("राम สมชาย", [DEVANAGARI, "".join(map(chr, range(0xE00, 0xE60)))]),
        ("क\u094d\u200dष 🎓", [DEVANAGARI]),  # no font has to have what joins
    ],
)
def test_a_name_in_other_letters_is_drawn_with_the_fonts_of_the_machine(name, fonts, machine_has):
    machine_has(*fonts)
    made = certificate_for(name)
    assert ELSEWHERE not in text_of(made)
    [picture] = pictures_in(made)
    alpha = picture.convert("RGBA").getchannel("A")
    assert alpha.getextrema()[1] == 255
    assert picture.width > 3 * picture.height / 2


@pytest.mark.skipif(not which("fc-match"), reason="fontconfig is not installed")
def test_a_name_of_which_no_font_has_a_letter_is_not_drawn_in_part(machine_has):
    machine_has(DEVANAGARI.replace("म", ""))
    made = certificate_for("राम")
    assert ELSEWHERE in text_of(made)
    assert pictures_in(made) == []
    machine_has(DEVANAGARI)
    made = certificate_for("राम נועה")  # beside each other as they come they would be wrong
    assert ELSEWHERE in text_of(made)


@pytest.mark.skipif(not which("fc-match"), reason="fontconfig is not installed")
def test_a_very_long_title_in_other_letters_stays_on_the_page(machine_has):
    machine_has(DEVANAGARI)
    [picture] = pictures_in(certificate_for("Ada", title="राम " * 60))
    assert picture.width > 20 * picture.height


def test_every_character_that_is_drawn_has_a_font():
    """Whatever is typed, what comes to be drawn is in a font."""
    for name in (
        "नमस्ते",
        "ไทย",
        "😀",
        "Ⅷ №",
        "a\u200db",
        "العربية",
        "ﷲ",
        "한글",
        "ᄒᆞᆫ",
        "々〆ヵ",
        "𝒜da",
    ):
        if can_be_drawn(name):
            assert all(_font_of(one, "Foyer") for one in _visual(name)), name


def test_the_score_is_left_out_where_the_quiz_says_so(quiz, admission, client):
    attempt = taken(quiz, RIGHT, identity=guest_identity(admission))
    address = reverse("media_items:certificate", args=[attempt.certificates.get().number])
    file = client_with_admissions(admission).get(file_at(attempt)).content
    assert "100%" in client.get(address).text
    assert "100%" in pypdf.PdfReader(BytesIO(file)).pages[0].extract_text()
    quiz.certificate_tells_score = False
    quiz.save()
    file = client_with_admissions(admission).get(file_at(attempt)).content
    said = " ".join(pypdf.PdfReader(BytesIO(file)).pages[0].extract_text().split())
    assert "has passed the quiz" in said
    assert "%" not in said
    answer = client.get(address)
    assert "This certificate is genuine." in answer.text
    assert "100%" not in answer.text


def test_arabic_letters_are_joined():
    text = text_of(certificate_for("ليلى"))
    assert any("\ufe70" <= one <= "\ufeff" for one in text)


def test_a_very_long_name_stays_on_the_page():
    made = certificate_for("Wolfeschlegelsteinhausen " * 8)
    assert "…" in text_of(made)


# --- who may have it ------------------------------------------------------------------------------


def file_at(attempt):
    return reverse(
        "media_items:certificate_file", args=[attempt.quiz.item.public_id, attempt.public_id]
    )


@pytest.fixture
def admission(quiz):
    return GuestAdmissionFactory(guest__link__item=quiz.item)


def test_its_person_and_whoever_sees_results_get_the_file_and_nobody_else(
    quiz, admission, client_of, stranger
):
    attempt = taken(quiz, RIGHT, identity=guest_identity(admission))
    answer = client_with_admissions(admission).get(file_at(attempt))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert client_of(quiz.item.owner).get(file_at(attempt)).status_code == 200
    other = GuestAdmissionFactory(guest__link=admission.guest.link)
    assert client_with_admissions(other).get(file_at(attempt)).status_code == 404
    assert client_of(stranger).get(file_at(attempt)).status_code == 404


def test_the_result_leads_to_it(quiz, admission):
    attempt = taken(quiz, RIGHT, identity=guest_identity(admission))
    result = reverse("media_items:quiz_result", args=[quiz.item.public_id, attempt.public_id])
    assert file_at(attempt) in client_with_admissions(admission).get(result).text
    Certificate.objects.update(withdrawn_at=timezone.now())
    assert file_at(attempt) not in client_with_admissions(admission).get(result).text


def test_whom_a_host_has_merged_is_told_nothing_of_what_the_other_has(quiz, admission):
    typed = guest_identity(admission)
    proven = account_identity(UserFactory())
    mine, other = taken(quiz, RIGHT, identity=typed), taken(quiz, RIGHT, identity=proven)
    naming.merge(source=mine.taker, into=other.taker, by=quiz.item.owner)
    guest = client_with_admissions(admission)
    page = guest.get(reverse("media_items:quiz_result", args=[quiz.item.public_id, mine.public_id]))
    assert page.status_code == 200
    assert file_at(mine) not in page.text
    assert guest.get(file_at(mine)).status_code == 404


@pytest.mark.parametrize(
    ("settings", "kept"), [({"gives_certificate": True}, 1), ({"pass_percent": 40}, 0)]
)
def test_turning_it_on_gives_it_to_those_who_had_passed(
    settings, kept, django_capture_on_commit_callbacks
):
    quiz = quiz_with(gives_certificate=False)
    taken(quiz, RIGHT)
    seen = seen_of(quiz)
    for name, value in settings.items():
        setattr(quiz, name, value)
    with django_capture_on_commit_callbacks(execute=True):
        save_settings(
            quiz=quiz,
            columns=["gives_certificate", "pass_percent"],
            by=quiz.item.owner,
            seen=seen,
        )
    run_tasks()
    assert standing().count() == kept


def test_it_tells_nobody_that_they_passed_before_the_score_may_be_seen(quiz, admission):
    quiz.score_when = ShownWhen.CLOSED
    quiz.save()
    quiz.item.ends_at = timezone.now() + timedelta(hours=1)
    quiz.item.save()
    attempt = taken(quiz, RIGHT, identity=guest_identity(admission))
    assert Certificate.objects.exists()
    assert client_with_admissions(admission).get(file_at(attempt)).status_code == 404


def test_anybody_with_the_number_reads_what_it_says_and_nothing_else(quiz, client):
    attempt = taken(quiz, RIGHT)
    address = reverse("media_items:certificate", args=[attempt.certificates.get().number])
    answer = client.get(address)
    assert answer.status_code == 200
    assert "This certificate is genuine." in answer.text
    assert attempt.taker.name in answer.text
    assert quiz.item.public_id not in answer.text
    assert attempt.public_id not in answer.text
    assert "noindex" in answer["X-Robots-Tag"]
    Certificate.objects.update(withdrawn_at=timezone.now())
    answer = client.get(address)
    assert "This certificate is genuine." not in answer.text
    assert "was withdrawn on" in answer.text
    assert attempt.taker.name not in answer.text


def test_guessing_numbers_comes_to_an_end(client, settings, quiz):
    settings.CERTIFICATE_RATE_PER_NETWORK = "2/h"
    wrong = reverse("media_items:certificate", args=["nothing"])
    assert [client.get(wrong).status_code for _ in range(3)] == [404, 404, 429]
    assert Attempt.objects.count() == 0


def test_a_wrong_number_is_said_and_another_can_be_typed(client):
    answer = client.get(reverse("media_items:certificate", args=["nothing"]))
    assert answer.status_code == 404
    assert "There is no certificate with this number." in answer.text
    assert 'value="nothing"' in answer.text


@pytest.mark.parametrize("typed", ["{}", "  {} ", "https://foyer.example/certificates/{}/"])
def test_a_number_that_is_typed_leads_to_its_certificate(quiz, client, typed):
    number = taken(quiz, RIGHT).certificates.get().number
    page = reverse("media_items:find_certificate")
    assert client.get(page).status_code == 200
    answer = client.get(page, {"number": typed.format(number)}, follow=True)
    assert "This certificate is genuine." in answer.text


@pytest.mark.parametrize("typed", ["!", "<b>", "a.b", "ä"])
def test_what_can_be_no_number_is_said_to_be_none(client, typed):
    answer = client.get(reverse("media_items:find_certificate"), {"number": typed})
    assert answer.status_code == 404
    assert "There is no certificate with this number." in answer.text
    assert "<b>" not in answer.text.partition("<h1")[2]
