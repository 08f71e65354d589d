"""The whole story of a quiz: imported and written, laid on a film, taken by a class from outside,
marked, regraded, understood.

Noa imports a bank of another system, writes two questions more and lays four on a film. She invites
two with accounts and twenty by their address; the rest come by a guest link. Lena presses *Hand in*
three times, Omar has a keyboard and nothing else, Grace runs out of time, Gus loses the line, Nora
has no JavaScript.
"""

from __future__ import annotations

import csv
import io
import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.core.signals import request_started
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect

from access.invitations.models import Certainty, Invitation
from media_items.quizzes.choices import AttemptState
from media_items.quizzes.models import Attempt, Quiz, Regrade
from tests import factories
from tests.browser import steps
from tests.browser.looks import no_wider_than
from tests.browser.steps import answered, until
from tests.conftest import client_with_proofs
from tests.media_samples import samples
from tests.tasks import run_tasks
from tests.waiting import PATIENCE_SECONDS
from tests.waiting import until as comes_true

BANK = Path(__file__).parents[1] / "cases" / "quizzes" / "moodle.gift.txt"
# What a console says of a request that the lost line took with it, and of a film that tells where
# it stands while the attempt is being handed in.
REFUSED = "Failed to load resource"
PHONE = {"width": 390, "height": 844, "touch": True}
PERSONAL_LINK = re.compile(r"http://localhost:\d+/i/[^\s<>\"]+")
CODE = re.compile(r"Your code is (\d{6})")
MOST_TABS = 200

LEFT_OUT = ("Range", "Words", "Said", "Several", "Gap")
MOONS, SQUARE = "Which planet has the most moons?", "A square has four equal sides."
PLACES, FAR = "Match the planet with its place.", "How far is the moon, in thousand km?"
PARIS, WHY = "The capital of France is", "Say it in two sentences."
# Hers. Of the first she ticks an option that is not right.
STAR, RINGS = "Which star is nearest to the Earth?", "Which planet has rings?"
# In the order of the film; the last two at one moment.
ON_FILM = {MOONS: "0:01", SQUARE: "0:02", STAR: "0:03", RINGS: "0:03"}
EASY = {
    MOONS: ("Saturn", "Mars"),
    SQUARE: ("True", "False"),
    PLACES: ({"Mercury": "1", "Venus": "2", "Earth": "3"}, {"Mercury": "4", "Venus": "4"}),
    PARIS: ("Paris", "Lyon"),
    RINGS: ("Saturn", "Pluto"),
}
KNOWS_IT = {text: right for text, (right, _wrong) in EASY.items()} | {STAR: "The Sun", FAR: "150"}

BY_ADDRESS = [(f"Pat{n:02}", "Person", f"pat{n:02}@example.org") for n in range(1, 20)]
CLASS = [
    ("Lena", "Brandt", "lena@example.edu"),
    ("Omar", "Haddad", "omar@example.edu"),
    ("Grace", "Hopper", "grace@example.org"),
    *BY_ADDRESS,
]
# The last two never come.
COME = BY_ADDRESS[:-2]
HOW_SURE = {
    "Lena Brandt": "Signed in",
    "Omar Haddad": "Signed in",
    "Grace Hopper": "Verified",
    **{f"{first} {last}": "Verified" for first, last, _address in COME},
    "Gus Guest": "Not verified",
    "Nora Guest": "Not verified",
}


@pytest.fixture
def accounts():
    return [
        factories.UserFactory(
            email=email, first_name=first, last_name=last, email_verified_at=timezone.now()
        )
        for first, last, email in CLASS[:2]
    ]


@pytest.mark.long
def test_a_class_from_outside_takes_a_quiz_on_a_film(open_page, axe, owner, accounts, picture):
    host = open_page(user=owner)
    write(host, axe)
    quiz = Quiz.objects.select_related("item").get()
    invite_the_class(host, axe, quiz)
    steps.open_guest_access(host)
    guest_link = steps.copy_of_new_link(host, name="Evening class")
    run_tasks()

    lena, omar = accounts
    presses_three_times(open_page(user=lena, allow=[REFUSED]), axe, lena.email)
    has_a_keyboard_alone(open_page(user=omar, allow=[REFUSED]), axe, omar.email)
    runs_out_of_time(open_page(**PHONE), axe, "grace@example.org", picture)
    loses_the_line(open_page(**PHONE, dark=True, allow=[REFUSED]), axe, guest_link, picture)
    has_no_script(open_page(**PHONE, javascript=False), guest_link)
    for number, (_first, _last, address) in enumerate(COME):
        takes_it_by_the_plain_form(quiz, address, number)
    assert not Attempt.objects.filter(state=AttemptState.OPEN).exists()
    assert Attempt.objects.count() == len(HOW_SURE)

    mark(host, axe, quiz, picture)
    correct_the_wrong_key(host, axe, quiz, picture)
    see_what_failed_the_class(host, picture)
    take_the_results_away(host, quiz, picture)


# --- writing ------------------------------------------------------------------------------------


def write(host: Page, axe) -> None:
    host.goto("/media/new/quiz/")
    host.get_by_label("Title").fill("Moons and stars")
    host.get_by_role("radio", name="Check", exact=False).check()
    axe(host)
    host.get_by_role("button", name="Create").click()
    expect(host.get_by_role("heading", name="Questions", exact=True)).to_be_visible()
    axe(host)
    import_the_bank(host, axe)
    lay_it_on_a_film(host, axe)
    write_two_more(host, axe)
    for text in (MOONS, SQUARE):
        sheet = host.locator(".sheet", has_text=text)
        sheet.get_by_role("link", name="Edit", exact=False).click()
        host.locator(".sheet-form").get_by_label("Moment in the film").fill(ON_FILM[text])
        host.locator(".sheet-form").get_by_role("button", name="Save").click()
        expect(sheet).to_contain_text(f"At {ON_FILM[text]}")
    host.get_by_role("link", name="Settings", exact=True).click()
    host.get_by_label("Time limit in minutes").fill("30")
    host.get_by_label("Pass mark in percent").fill("50")
    axe(host)
    host.get_by_role("button", name="Save", exact=True).click()
    expect(host.locator("#toasts")).to_contain_text("Saved")
    host.get_by_role("link", name="Questions", exact=True).click()
    host.get_by_role("link", name="Publish the questions").click()
    expect(host.get_by_text("8 questions will be published.")).to_be_visible()
    axe(host)
    host.get_by_role("button", name="Publish the questions").click()
    expect(host.locator("#paper-summary")).to_contain_text("Questions published")


def import_the_bank(host: Page, axe) -> None:
    host.get_by_role("link", name="Import questions").click()
    host.get_by_label("Files").set_input_files(BANK)
    axe(host)
    host.get_by_role("button", name="Upload and check").click()
    expect(host.get_by_role("heading", name="Check the import")).to_be_visible()
    axe(host)
    for name in LEFT_OUT:
        host.get_by_role("checkbox", name=name, exact=False).uncheck()
    host.get_by_role("button", name="Import the selected questions").click()
    expect(host.locator("#toasts")).to_contain_text("6 questions were imported.")
    expect(host.locator(".paper > .sheet")).to_have_count(6)


def lay_it_on_a_film(host: Page, axe) -> None:
    host.get_by_role("link", name="Film", exact=True).click()
    host.locator("input[type=file]").set_input_files(samples().mp4_of_90_seconds)
    host.get_by_role("button", name="Upload", exact=True).click()
    expect(host.get_by_text("Uploaded. The quiz lies on this film now.")).to_be_visible()
    axe(host)
    run_tasks()
    expect(host.locator("#preparation")).to_have_count(0)
    host.get_by_role("link", name="Questions", exact=True).click()


def write_two_more(host: Page, axe) -> None:
    form = host.locator(".sheet-form form")
    for kind, text, label, lines in (
        ("Single choice", STAR, "Option", ["Proxima Centauri", "The Sun", "Sirius"]),
        ("Short text", RINGS, "Accepted answer", ["Saturn"]),
    ):
        host.get_by_role("link", name=kind, exact=True).last.click()
        form.get_by_role("textbox", name="Question", exact=True).fill(text)
        for number, line in enumerate(lines, 1):
            form.get_by_role("textbox", name=f"{label} {number}", exact=True).fill(line)
        if len(lines) > 1:
            form.get_by_label("Option 1 is right").check()
        film = form.locator("video")
        until(host, lambda film=film: film.evaluate("film => film.readyState > 0"))
        film.evaluate("film => { film.currentTime = 3 }")
        until(host, lambda film=film: not film.evaluate("film => film.seeking"))
        form.get_by_role("button", name="Use this moment").click()
        expect(form.get_by_label("Moment in the film")).to_have_value("0:03")
        if text == STAR:
            axe(host)
        form.get_by_role("button", name="Add the question").click()
        expect(host.locator(".sheet", has_text=text)).to_contain_text("At 0:03")


def invite_the_class(host: Page, axe, quiz: Quiz) -> None:
    host.goto(quiz.item.get_absolute_url())
    axe(host)
    host.locator("#item-menu-button").click()
    host.get_by_role("menuitem", name="Invite users").click()
    host.locator("#dialog .tabs").get_by_role("link", name="Many at once").click()
    pasted = "\n".join(f"{first} {last} <{address}>" for first, last, address in CLASS)
    host.get_by_label("People", exact=True).fill(pasted)
    host.get_by_role("button", name="Review list").click()
    invite = host.get_by_role("button", name=f"Invite {len(CLASS)} people")
    expect(invite).to_be_visible()
    axe(host)
    invite.click()
    expect(host.get_by_text(f"Invited: 0 of {len(CLASS)}").first).to_be_visible()
    run_tasks()
    expect(host.get_by_text(f"{len(CLASS)} people are invited.")).to_be_visible()
    host.goto(quiz.item.get_absolute_url())


# --- taking -------------------------------------------------------------------------------------


def mails_to(address: str) -> list[str]:
    return [str(one.body) for one in mail.outbox if one.to == [address]]


def personal_link(address: str) -> str:
    [found] = {link for one in mails_to(address) for link in PERSONAL_LINK.findall(one)}
    return found


def question(page: Page, text: str) -> Locator:
    return page.locator("[data-question]", has_text=text)


def answer(page: Page, text: str, said: str | dict[str, str]) -> None:
    section = question(page, text)
    if isinstance(said, dict):
        for prompt, partner in said.items():
            section.get_by_label(prompt, exact=True).select_option(label=partner)
    elif section.get_by_role("radio").count():
        section.get_by_label(said, exact=True).check()
    else:
        section.get_by_role("textbox").fill(said)


def answer_all(page: Page, answers: dict[str, str | dict[str, str]]) -> None:
    for text, said in answers.items():
        answer(page, text, said)


def start(page: Page, axe=None) -> None:
    expect(page.locator(".quiz-rules")).to_be_visible()
    if axe:
        axe(page)
    page.get_by_role("button", name="Start the quiz").click()
    expect(page.get_by_role("button", name="Hand in", exact=True)).to_be_visible()


def watch(page: Page) -> None:
    """To each question of the film, and its answer."""
    page.get_by_role("button", name="Play", exact=True).first.click()
    for text in ON_FILM:
        go_on = question(page, text).get_by_role("button", name="Continue the film")
        expect(go_on).to_be_visible()
        answer(page, text, KNOWS_IT[text])
        go_on.click()
        expect(go_on).to_have_count(0)


def off_film() -> dict[str, str | dict[str, str]]:
    return {text: said for text, said in KNOWS_IT.items() if text not in ON_FILM}


def handed_in(page: Page, sentence: str = "Your answers were handed in") -> None:
    expect(page.get_by_role("heading", name=sentence)).to_be_visible()


class HeldBack:
    """The server keeps every *Hand in* waiting until it is let go."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.arrived = 0

    def __call__(self, *, environ: dict[str, str], **_: object) -> None:
        if environ["PATH_INFO"].endswith("/hand-in/"):
            self.arrived += 1
            self.let_go.wait(PATIENCE_SECONDS)


def presses_three_times(page: Page, axe, address: str) -> None:
    """A click and a double click, while the server takes its time: one attempt, one result."""
    page.goto(personal_link(address))
    axe(page)
    page.get_by_role("button", name="Accept").click()
    start(page, axe)
    watch(page)
    answer_all(page, off_film() | {FAR: "384", WHY: "Because of gravity. And time."})
    expect(page.locator("#quiz-answered")).to_have_text("8 of 8 answered")
    expect(page.locator("#quiz-saving")).to_contain_text("Saved")
    button = page.get_by_role("button", name="Hand in", exact=True)
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    at = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    held = HeldBack()
    request_started.connect(held)
    try:
        page.mouse.click(*at)
        comes_true(lambda: held.arrived)
        page.mouse.dblclick(*at)
        comes_true(lambda: held.arrived > 1)
    finally:
        held.let_go.set()
        request_started.disconnect(held)
    handed_in(page)
    expect(page.locator(".quiz-score")).to_contain_text("So far 6 of 8 points")
    axe(page)
    attempt = Attempt.objects.get()
    assert attempt.events.filter(what=AttemptState.HANDED_IN).count() == 1
    assert attempt.taker.finished == 1


def tab_to(page: Page, wanted: Locator) -> None:
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    pytest.fail(f"Tab does not reach {wanted}.")


def press_tab_enter(page: Page, name: str) -> None:
    tab_to(page, page.get_by_role("button", name=name, exact=True).first)
    page.keyboard.press("Enter")


def choose_by_arrows(page: Page, text: str, said: str) -> None:
    section = question(page, text)
    wanted = section.get_by_label(said, exact=True)
    tab_to(page, section.get_by_role("radio").first)
    page.keyboard.press("Space")
    for _ in range(section.get_by_role("radio").count()):
        if wanted.is_checked():
            return
        page.keyboard.press("ArrowDown")
    expect(wanted).to_be_checked()


def has_a_keyboard_alone(page: Page, axe, address: str) -> None:
    page.goto(personal_link(address))
    press_tab_enter(page, "Accept")
    expect(page.locator(".quiz-rules")).to_be_visible()
    press_tab_enter(page, "Start the quiz")
    expect(page.locator("#quiz-answered")).to_be_visible()
    press_tab_enter(page, "Play")
    for text in ON_FILM:
        section = question(page, text)
        expect(section).to_be_focused()
        if text == RINGS:
            tab_to(page, section.get_by_role("textbox"))
            page.keyboard.type("saturn")
        else:
            choose_by_arrows(page, text, KNOWS_IT[text])
        if text == MOONS:
            axe(page)
        go_on = section.get_by_role("button", name="Continue the film")
        tab_to(page, go_on)
        page.keyboard.press("Enter")
        expect(go_on).to_have_count(0)
    for prompt, place in KNOWS_IT[PLACES].items():
        tab_to(page, question(page, PLACES).get_by_label(prompt, exact=True))
        page.keyboard.press(place)
    tab_to(page, question(page, FAR).get_by_role("textbox"))
    page.keyboard.type("150,5")
    choose_by_arrows(page, PARIS, "Paris")
    tab_to(page, question(page, WHY).get_by_role("textbox"))
    page.keyboard.type("I don’t know. Really.")
    expect(page.locator("#quiz-answered")).to_have_text("8 of 8 answered")
    press_tab_enter(page, "Hand in")
    handed_in(page)
    expect(page.locator(".quiz-score")).to_contain_text("So far 5 of 8 points")


def runs_out_of_time(page: Page, axe, address: str, picture) -> None:
    """Invited by her address: she accepts, and types the code that was mailed to her."""
    page.goto(personal_link(address))
    axe(page)
    page.get_by_role("button", name="Accept").click()
    field = page.get_by_label("Six-digit code")
    expect(field).to_be_visible()
    axe(page)
    run_tasks()
    field.fill(CODE.search(mails_to(address)[-1])[1])
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("You’re here as Grace Hopper (viewer)")).to_be_visible()
    start(page)
    no_wider_than(page, 390)
    answer(page, PARIS, "Paris")
    expect(page.locator("#quiz-saving")).to_contain_text("Saved")
    open_one = Attempt.objects.filter(state=AttemptState.OPEN)
    open_one.update(deadline=timezone.now() + timedelta(seconds=2))
    # The site says with the next answer how long there is left.
    answer(page, WHY, "In the last seconds, and half a")
    handed_in(page, "Time was up")
    picture(page, "story-time-up")
    axe(page)
    assert Attempt.objects.filter(state=AttemptState.TIME_UP).count() == 1
    expect(page.get_by_text("In the last seconds, and half a")).to_be_visible()


def loses_the_line(page: Page, axe, address: str, picture) -> None:
    page.goto(address)
    axe(page)
    page.get_by_label("Your name").fill("Gus Guest")
    page.get_by_label("Email").fill("gus@example.org")
    page.get_by_role("button", name="Take the quiz").click()
    start(page, axe)
    watch(page)
    axe(page)
    no_wider_than(page, 390)
    picture(page, "story-phone")
    answer(page, PARIS, "Paris")
    saving = page.locator("#quiz-saving")
    expect(saving).to_contain_text("Saved")
    page.context.set_offline(True)
    answer_all(page, off_film() | {WHY: "Written in a tunnel. It was dark."})
    expect(saving).to_contain_text("you are offline")
    page.context.set_offline(False)
    expect(saving).to_contain_text("Saved")
    expect(page.locator("#quiz-answered")).to_have_text("8 of 8 answered")
    page.reload()
    expect(question(page, WHY).get_by_role("textbox")).to_have_value(re.compile("tunnel"))
    page.get_by_role("button", name="Hand in", exact=True).click()
    handed_in(page)
    axe(page)
    no_wider_than(page, 390)


def has_no_script(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("Your name").fill("Nora Guest")
    page.get_by_label("Email").fill("nora@example.org")
    page.get_by_role("button", name="Take the quiz").click()
    start(page)
    for moment in dict.fromkeys(ON_FILM.values()):
        page.get_by_role("button", name=f"I’ve watched until {moment}").click()
        expect(page.get_by_text(f"opens in the film at {moment}")).to_have_count(0)
    answer_all(page, {text: said for text, said in KNOWS_IT.items() if text != FAR})
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator("#quiz-answered")).to_have_text("6 of 8 answered")
    answer(page, WHY, "No script. No problem.")
    page.get_by_role("button", name="Hand in", exact=True).click()
    expect(page.get_by_role("heading", name="Some questions aren’t answered yet")).to_be_visible()
    no_wider_than(page, 390)
    page.get_by_role("button", name="Hand in anyway").click()
    handed_in(page)
    expect(page.locator(".quiz-score")).to_contain_text("So far 5 of 8 points")


def takes_it_by_the_plain_form(quiz: Quiz, address: str, number: int) -> None:
    """The first know everything easy, the last nothing; none knows how far the moon is."""
    invitation = Invitation.objects.get(email=address)
    invitation.accepted_at = invitation.opened_at = timezone.now()
    invitation.certainty = Certainty.CONFIRMED
    invitation.save()
    browser = client_with_proofs(factories.InvitationProofFactory(invitation=invitation))
    browser.defaults["SERVER_NAME"] = "localhost"
    known = len(EASY) - number * (len(EASY) + 1) // len(COME)
    said = {text: ways[place >= known] for place, (text, ways) in enumerate(EASY.items())}
    said |= {STAR: "The Sun" if known > 2 else "Proxima Centauri", FAR: str(10 * number)}
    said |= {WHY: f"Gravity, says book {number}."} if known == len(EASY) else {}
    attempt = browser.post(f"{quiz.item.get_absolute_url()}quiz/start/")["Location"]
    assert browser.post(f"{attempt}film/", {"at": "3000"}).json() == {"watched": 3000}
    result = browser.post(f"{attempt}hand-in/", form_of(quiz, said) | {"anyway": "1"})["Location"]
    assert result == f"{attempt}result/"


def form_of(quiz: Quiz, said: dict[str, str | dict[str, str]]) -> dict[str, object]:
    form: dict[str, object] = {}
    for text, given in said.items():
        [one] = [one for one in quiz.published.questions.questions if text in one.text]
        ids = {option.text: option.id for option in one.options}
        if isinstance(given, dict):
            choices = {choice.text: choice.id for choice in one.choices}
            form |= {f"{one.id}.{ids[prompt]}": choices[it] for prompt, it in given.items()}
        else:
            form[one.id] = ids[given] if one.kind in {"single", "true_false"} else given
        form.setdefault("question", []).append(one.id)
    return form


# --- after it -----------------------------------------------------------------------------------


def mark(host: Page, axe, quiz: Quiz, picture) -> None:
    host.goto(f"{quiz.item.get_absolute_url()}quiz/results/")
    expect(host.get_by_role("link", name="To mark 8", exact=True)).to_be_visible()
    axe(host)
    picture(host, "story-results-before")
    host.get_by_role("link", name="Marking", exact=False).first.click()
    axe(host)
    host.get_by_role("link", name="Mark Question 6").click()
    axe(host)
    host.get_by_role("link", name="Start marking").click()
    axe(host)
    for points in ("1", "0,5", "0", "1", "0.25", "1", "1", "1"):
        field = host.get_by_label("Points")
        expect(field).to_be_focused()
        expect(field).to_have_value("")
        before = host.url
        host.keyboard.type(points)
        host.keyboard.press("Control+Enter")
        host.wait_for_url(lambda url, before=before: url != before)
    expect(host.get_by_text("All answers to this question are marked.").first).to_be_visible()
    run_tasks()


def correct_the_wrong_key(host: Page, axe, quiz: Quiz, picture) -> None:
    host.goto(f"{quiz.item.get_absolute_url()}quiz/results/questions/")
    row = host.locator(".quiz-questions tbody tr", has_text=STAR)
    expect(row).to_contain_text("The key may be wrong")
    axe(host)
    picture(host, "story-questions-before")
    row.get_by_role("link", name=STAR).click()
    expect(host.locator(".quiz-choices")).to_contain_text("The Sun")
    axe(host)
    host.get_by_role("link", name="Correct the key").click()
    host.get_by_label("Proxima Centauri").uncheck()
    host.get_by_label("The Sun").check()
    host.get_by_label("Reason for the change").fill("The Sun is a star.")
    axe(host)
    host.get_by_role("button", name="See what changes").click()
    right = sum(one.response == chosen(quiz, "The Sun") for one in star_answers(quiz))
    wrong = sum(one.response == chosen(quiz, "Proxima Centauri") for one in star_answers(quiz))
    preview = host.locator("#preview")
    expect(preview).to_contain_text(f"{right + wrong} scores change.")
    expect(preview).to_contain_text(f"Better: {right}. Worse: {wrong}.")
    axe(host)
    picture(host, "story-regrade")
    with answered(host):
        host.get_by_role("button", name="Regrade", exact=True).click()
    assert Regrade.objects.get().attempts_changed == 0
    run_tasks()
    expect(host.get_by_text(f"{right + wrong} scores changed")).to_be_visible()


def star_answers(quiz: Quiz):
    [star] = [one for one in quiz.published.questions.questions if one.text == STAR]
    return [
        one for each in quiz.attempts.all() for one in each.answers.all() if one.question == star.id
    ]


def chosen(quiz: Quiz, text: str) -> dict[str, str]:
    [star] = [one for one in quiz.published.questions.questions if one.text == STAR]
    [option] = [one for one in star.options if one.text == text]
    return {"chosen": option.id}


def see_what_failed_the_class(host: Page, picture) -> None:
    host.get_by_role("link", name="Results by question", exact=True).click()
    rows = host.locator(".quiz-questions tbody tr")
    expect(rows).to_have_count(8)
    expect(rows.filter(has_text="Very hard")).to_have_count(1)
    expect(rows.filter(has_text="Very hard")).to_contain_text(FAR)
    expect(rows.filter(has_text="The key may be wrong")).to_have_count(0)
    picture(host, "story-questions-after")


def take_the_results_away(host: Page, quiz: Quiz, picture) -> None:
    host.goto(f"{quiz.item.get_absolute_url()}quiz/results/")
    expect(host.get_by_role("link", name="Not started 2", exact=True)).to_be_visible()
    picture(host, "story-results")
    tables = []
    for name, read in (("CSV", rows_of_csv), ("Excel", rows_of_xlsx)):
        with host.expect_download() as download:
            host.get_by_role("link", name=name, exact=True).click()
        tables.append(read(download.value.path()))
    for rows in tables:
        assert {row["Name"]: row["Verification"] for row in rows} == HOW_SURE
        assert len(rows) == len(HOW_SURE)
    scores = [{row["Name"]: float(row["Score"]) for row in rows} for rows in tables]
    assert scores[0] == scores[1]
    # Seven by the rule since the key is right, and what was given by hand.
    assert 7 <= scores[0]["Lena Brandt"] <= 8
    host.set_viewport_size({"width": 390, "height": 844})
    no_wider_than(host, 390)


def rows_of_csv(path: Path) -> list[dict[str, object]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def rows_of_xlsx(path: Path) -> list[dict[str, object]]:
    # Playwright's file has no ending, by which openpyxl goes.
    head, *rows = load_workbook(io.BytesIO(path.read_bytes())).active.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]
