"""A quiz is taken: by keyboard, without script, over a lost line, in two tabs, to the very end."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from media_items.quizzes.attempts import ending
from media_items.quizzes.attempts.closing import close_overdue
from media_items.quizzes.choices import AttemptState, ShownWhen
from media_items.quizzes.models import Answer, Attempt
from tests import factories
from tests.browser.looks import findings
from tests.browser.steps import until
from tests.conftest import client_with_admissions
from tests.quiz_factories import RIGHT_ANSWERS, published_quiz


@pytest.fixture
def quiz(owner):
    made = published_quiz(item__owner=owner)
    made.answers_when, made.attempts_allowed = ShownWhen.HANDED_IN, None
    made.save()
    return made


@pytest.fixture
def admission(quiz):
    return factories.GuestAdmissionFactory(guest__link__item=quiz.item)


def come_in(page, admission):
    """As this guest, in one more browser of theirs."""
    name = settings.SESSION_COOKIE_NAME
    value = client_with_admissions(admission).cookies[name].value
    page.context.add_cookies([{"name": name, "value": value, "domain": "localhost", "path": "/"}])
    return page


def start(page, quiz):
    page.goto(quiz.item.get_absolute_url())
    page.get_by_role("button", name="Start the quiz").click()
    expect(page.get_by_role("button", name="Hand in", exact=True)).to_be_visible()


def stored():
    """What was answered; a reflection point that was passed is none."""
    rows = Answer.objects.exclude(response__isnull=True).values_list("question", "response")
    return {question: response for question, response in rows if response != {"seen": True}}


def state_line(page):
    return page.locator("#quiz-saving")


def notice(page):
    return page.locator("#quiz-notice")


def question(page, name):
    return page.locator(f"[data-question='{name}']")


def test_every_kind_is_answered_by_keyboard_alone(open_page, quiz, admission, axe, picture):
    page = come_in(open_page(), admission)
    page.goto(quiz.item.get_absolute_url())
    axe(page)
    picture(page, "quiz-start")
    page.get_by_role("button", name="Start the quiz").press("Enter")
    expect(page.locator("#quiz-answered")).to_have_text("0 of 8 answered")
    axe(page)
    picture(page, "quiz-attempt")

    question(page, "single").get_by_role("radio").first.focus()
    question(page, "single").get_by_label("Metaphase").press("Space")
    expect(state_line(page)).to_contain_text("Saved")
    for option in ("Prophase", "Metaphase"):
        question(page, "multiple").get_by_label(option).press("Space")
    question(page, "true_false").get_by_label("true", exact=True).press("Space")
    question(page, "short_text").get_by_role("textbox").press_sequentially("centromere")
    question(page, "number").get_by_role("textbox").press_sequentially("1,5 h")
    for prompt, choice in (("Prophase", "1"), ("Metaphase", "2"), ("Anaphase", "3")):
        question(page, "matching").get_by_label(prompt).select_option(choice)
    order = question(page, "ordering")
    for place, name in enumerate(("Prophase", "Metaphase", "Anaphase", "Telophase"), start=1):
        order.get_by_label(name, exact=True).select_option(str(place))
    up = order.locator("[data-thing=kd]").get_by_role("button", name="Move up")
    up.press("Enter")
    expect(up).to_be_focused()
    order.locator("[data-thing=kd]").get_by_role("button", name="Move down").press("Enter")
    question(page, "open").get_by_role("textbox").press_sequentially("It is so.")
    question(page, "reflection").get_by_role("textbox").press_sequentially("Hm.")
    expect(page.locator("#quiz-answered")).to_have_text("8 of 8 answered")
    until(page, lambda: stored() == RIGHT_ANSWERS | {"reflection": {"seen": True, "text": "Hm."}})

    question(page, "single").get_by_role("button", name="Show a hint").press("Enter")
    expect(question(page, "single")).to_contain_text("Meta: between.")
    expect(page.locator("#q-single-hint")).to_be_focused()
    page.reload()
    expect(question(page, "number").get_by_role("textbox")).to_have_value("1,5 h")
    axe(page)
    page.get_by_role("button", name="Hand in", exact=True).press("Enter")
    expect(page.locator(".quiz-score")).to_contain_text("So far 10 of 14 points")
    axe(page)
    picture(page, "quiz-result")
    page.goto(quiz.item.get_absolute_url())
    expect(page.get_by_role("link", name="Attempt 1")).to_be_visible()
    axe(page)


def test_without_script_one_page_at_a_time_in_a_small_window(open_page, quiz, admission, axe):
    quiz.one_at_a_time = True
    quiz.save()
    page = come_in(open_page(width=390, height=844, javascript=False), admission)
    page.goto(quiz.item.get_absolute_url())
    page.get_by_role("button", name="Start the quiz").click()
    page.get_by_role("radio", name="Metaphase").check()
    page.get_by_role("button", name="Show a hint").click()
    expect(page.get_by_text("Meta: between.")).to_be_visible()
    expect(page.get_by_role("radio", name="Metaphase")).to_be_checked()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("checkbox", name="Prophase").check()
    page.get_by_role("checkbox", name="Metaphase").check()
    page.get_by_role("button", name="Question 7, not answered").click()
    for name, place in (("Telophase", "4"), ("Prophase", "1"), ("Metaphase", "2")):
        page.get_by_label(name, exact=True).select_option(place)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("now all have a place")).to_be_visible()
    # What was left out comes last.
    expect(page.get_by_label("Anaphase", exact=True)).to_have_value("4")
    page.get_by_label("Anaphase", exact=True).select_option("3")
    page.get_by_label("Telophase", exact=True).select_option("4")
    page.get_by_role("button", name="Previous").click()
    page.get_by_label("Prophase").select_option(label="they coil up")
    page.get_by_role("button", name="Hand in", exact=True).click()
    expect(page.get_by_role("heading", name="Some questions aren’t answered yet")).to_be_visible()
    review = page.locator("#review").bounding_box()
    assert 0 <= review["y"] < 400  # under nothing that stays
    page.get_by_role("link", name="Question 5").click()
    page.get_by_label("Your answer").fill("1.5")
    page.get_by_role("button", name="Hand in anyway").click()
    expect(page.get_by_text("6 of 14 points")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert stored()["ordering"] == RIGHT_ANSWERS["ordering"]


def test_a_lost_line_loses_nothing(open_page, quiz, admission, picture):
    page = come_in(open_page(width=390, allow=["Failed to load resource"]), admission)
    start(page, quiz)
    question(page, "single").get_by_label("Anaphase").check()
    expect(state_line(page)).to_contain_text("Saved")
    page.context.set_offline(True)
    question(page, "open").get_by_role("textbox").fill("Written in a tunnel.")
    question(page, "single").get_by_label("Metaphase").check()
    expect(state_line(page)).to_contain_text("you are offline")
    picture(page, "quiz-offline")
    page.get_by_role("button", name="Hand in", exact=True).click()
    expect(notice(page)).to_contain_text("aren’t answered yet, or only partly: 2, 3, 4, 5, 6, 7.")
    expect(notice(page)).to_be_focused()
    picture(page, "quiz-offline-asks")
    notice(page).get_by_role("button", name="Hand in anyway").click()
    expect(notice(page)).to_contain_text("Not handed in yet")
    assert stored() == {"single": {"chosen": "b"}}
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="Your answers were handed in")).to_be_visible()
    assert stored() == {"single": {"chosen": "a"}, "open": {"text": "Written in a tunnel."}}


def test_a_hand_in_that_waited_is_not_lost_by_a_reload_without_a_word(open_page, quiz, admission):
    page = come_in(open_page(width=390, allow=["Failed to load resource"]), admission)
    start(page, quiz)
    answer = question(page, "open").get_by_role("textbox")
    answer.fill("One.")
    expect(state_line(page)).to_contain_text("Saved")
    page.context.set_offline(True)
    page.get_by_role("button", name="Hand in", exact=True).click()
    notice(page).get_by_role("button", name="Hand in anyway").click()
    expect(notice(page)).to_contain_text("Not handed in yet: the site can’t be reached")
    page.route("**/clock/", lambda route: route.abort())
    page.context.set_offline(False)
    page.reload()
    expect(notice(page)).to_contain_text("Not handed in yet: this page was loaded again")
    expect(notice(page)).to_be_focused()
    page.unroute("**/clock/")
    assert Attempt.objects.get().state == AttemptState.OPEN
    notice(page).get_by_role("button", name="Hand in anyway").click()
    expect(page.get_by_role("heading", name="Your answers were handed in")).to_be_visible()


def test_enter_in_a_field_saves_and_stays(open_page, quiz, admission):
    page = come_in(open_page(width=390), admission)
    start(page, quiz)
    page.evaluate("globalThis.isSame = true")
    field = question(page, "number").get_by_role("textbox")
    field.press_sequentially("zwei")
    field.press("Enter")
    until(page, lambda: stored() == {"number": {"text": "zwei"}})
    expect(field).to_be_focused()
    expect(question(page, "number")).to_contain_text("doesn’t read as a number")
    expect(page.locator("#quiz-answered")).to_have_text("0 of 8 answered, 1 partly")
    field.fill("2")
    field.press("Enter")
    expect(page.locator("#quiz-answered")).to_have_text("1 of 8 answered")
    assert page.evaluate("globalThis.isSame")


def test_the_first_move_of_an_order_says_that_all_have_a_place(open_page, quiz, admission):
    page = come_in(open_page(width=390), admission)
    start(page, quiz)
    order = question(page, "ordering")
    expect(order.get_by_text("As shown it isn’t an answer yet")).to_be_visible()
    order.get_by_role("button", name="Move down").first.click()
    expect(page.locator("#announcements")).to_contain_text("Put in order: all 4 have a place.")
    expect(order.get_by_text("Put in order: all 4 have a place.")).to_be_visible()
    order.get_by_role("button", name="Clear my answer").click()
    expect(order.get_by_text("As shown it isn’t an answer yet")).to_be_visible()
    expect(page.locator("#quiz-answered")).to_have_text("0 of 8 answered")


def test_what_was_handed_in_elsewhere_is_not_called_late(open_page, quiz, admission):
    quiz.time_limit_minutes = 10
    quiz.save()
    page = come_in(open_page(width=390, allow=["Failed to load resource"]), admission)
    start(page, quiz)
    ending.hand_in(attempt=Attempt.objects.get())
    question(page, "open").get_by_role("textbox").fill("On the laptop.")
    expect(notice(page)).to_contain_text("handed in already, on another page or device")
    expect(page.locator(".quiz-clock")).to_be_hidden()
    expect(page.get_by_text("You may close this page")).to_be_hidden()


@pytest.mark.parametrize(("width", "text"), [(320, 16), (390, 32)])
def test_with_large_letters_nothing_is_cut_off_or_in_the_way(
    open_page, quiz, admission, picture, width, text
):
    page = come_in(open_page(width=width, height=844, allow=["Failed to load resource"]), admission)
    start(page, quiz)
    page.evaluate("(size) => { document.documentElement.style.fontSize = size }", f"{text}px")
    order = question(page, "ordering")
    order.scroll_into_view_if_needed()
    for name in order.locator(".quiz-thing-text").all():
        box = name.bounding_box()
        assert box["width"] >= 5 * text
    picture(page, f"quiz-order-{width}-{text}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.set_offline(True)
    question(page, "open").get_by_role("textbox").fill("In a tunnel.")
    expect(state_line(page)).to_contain_text("you are offline")
    assert page.locator(".quiz-state").bounding_box()["height"] <= 844 * 0.4
    picture(page, f"quiz-offline-{width}-{text}")


def hold(page, field):
    box = field.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()


def test_what_is_told_meanwhile_moves_nothing_from_under_the_finger(open_page, quiz, admission):
    """At the top of the page, where the words about a lost line push everything down."""
    page = come_in(open_page(width=390, allow=["Failed to load resource"]), admission)
    start(page, quiz)
    held = []
    page.route("**/answers/open/", lambda route: held.append(route), times=1)
    question(page, "open").get_by_role("textbox").fill("Written in a tunnel.")
    until(page, lambda: held)
    page.evaluate("scrollTo(0, 0)")
    hold(page, question(page, "single").get_by_label("Metaphase"))
    with page.expect_event("requestfailed"):
        held[0].abort()
    page.evaluate("new Promise((done) => setTimeout(() => setTimeout(done)))")
    page.mouse.up()
    expect(question(page, "single").get_by_label("Metaphase")).to_be_checked()
    expect(state_line(page)).to_contain_text("Saved")
    until(page, lambda: len(stored()) == 2)


def test_a_save_that_is_refused_while_something_is_pressed_leaves_no_word_of_saving(
    open_page, quiz, admission
):
    page = come_in(open_page(width=390, allow=["Failed to load resource"]), admission)
    start(page, quiz)
    held, refused = [], {"status": 422, "json": {"message": "Not so."}}
    page.route("**/answers/open/", lambda route: held.append(route), times=1)
    hold(page, question(page, "single").get_by_label("Metaphase"))
    page.evaluate(
        """() => {
            const text = document.querySelector("[data-question=open] textarea");
            text.value = "Because.";
            text.dispatchEvent(new Event("input", { bubbles: true }));
            dispatchEvent(new Event("online"));
        }"""
    )
    until(page, lambda: held)
    expect(state_line(page)).not_to_contain_text("Saving")
    with page.expect_response("**/answers/open/"):
        held[0].fulfill(**refused)
    page.evaluate("new Promise((done) => setTimeout(() => setTimeout(done)))")
    page.mouse.move(0, 0)  # nothing is chosen by it
    page.mouse.up()
    expect(question(page, "open")).to_contain_text("Not so.")
    expect(state_line(page)).to_have_text("")


@pytest.mark.parametrize("is_saved", [True, False])
def test_a_hand_in_that_waits_is_taken_back(open_page, quiz, admission, is_saved, picture):
    page = come_in(open_page(width=390, allow=["Failed to load resource"]), admission)
    start(page, quiz)
    answer = question(page, "open").get_by_role("textbox")
    answer.fill("One.")
    expect(state_line(page)).to_contain_text("Saved")
    page.context.set_offline(True)
    if not is_saved:
        answer.fill("Two.")
    hand_in = page.get_by_role("button", name="Hand in", exact=True)
    hand_in.click()
    notice(page).get_by_role("button", name="Hand in anyway").click()
    expect(notice(page)).to_contain_text("Not handed in yet")
    picture(page, f"quiz-waits-{is_saved}")
    page.get_by_role("button", name="Don’t hand in").click()
    expect(notice(page)).to_be_hidden()
    hand_in.click()
    notice(page).get_by_role("button", name="Hand in anyway").click()
    expect(notice(page)).to_contain_text("Not handed in yet")
    answer.fill("I changed my mind.")
    expect(notice(page)).to_be_hidden()
    page.context.set_offline(False)
    until(page, lambda: stored() == {"open": {"text": "I changed my mind."}})
    page.wait_for_timeout(6000)
    expect(answer).to_have_value("I changed my mind.")
    expect(page).not_to_have_url(re.compile("review"))
    assert Attempt.objects.get().state == AttemptState.OPEN


def test_what_was_written_too_late_stays_to_be_read(open_page, quiz, admission, picture):
    quiz.time_limit_minutes = 10
    quiz.save()
    page = come_in(open_page(width=390, allow=["Failed to load resource"]), admission)
    start(page, quiz)
    Attempt.objects.update(deadline=timezone.now() + timedelta(seconds=4))
    page.reload()
    page.context.set_offline(True)
    answer = question(page, "open").get_by_role("textbox")
    answer.fill("In a tunnel.")
    expect(state_line(page)).to_contain_text("Time is up, and the site can’t be reached")
    begun = timezone.now() - timedelta(minutes=11)
    Attempt.objects.update(started_at=begun, deadline=begun + timedelta(minutes=10))
    page.context.set_offline(False)
    expect(question(page, "open")).to_contain_text("came too late")
    expect(notice(page)).to_be_focused()
    expect(answer).to_have_value("In a tunnel.")
    picture(page, "quiz-too-late")
    page.get_by_role("link", name="See your result").click()
    expect(page.get_by_role("heading", name="Time was up")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("single", "A change on another page of this attempt came too late, too."),
        ("short_text", "came too late, too: centromere"),
    ],
)
def test_of_another_page_what_was_typed_too_late_is_shown_and_of_a_choice_that_there_was_one(
    open_page, quiz, admission, name, said
):
    quiz.one_at_a_time = True
    quiz.save()
    page = come_in(open_page(width=390, allow=["Failed to load resource"]), admission)
    start(page, quiz)
    page.on("dialog", lambda dialog: dialog.accept())
    page.route("**/answers/**", lambda route: route.abort())
    address = page.url.partition("?")[0]
    number = [one.id for one in quiz.published.questions.questions].index(name) + 1
    page.goto(f"{address}?page={number}")
    if name == "single":
        question(page, name).get_by_label("Anaphase").check()
    else:
        question(page, name).get_by_role("textbox").fill("centromere")
    expect(state_line(page)).to_contain_text("Not saved")
    page.goto(f"{address}?page=2")
    expect(question(page, "multiple")).to_be_visible()
    begun = timezone.now() - timedelta(minutes=11)
    Attempt.objects.update(started_at=begun, deadline=begun + timedelta(minutes=10))
    page.unroute("**/answers/**")
    expect(notice(page)).to_contain_text(said)
    shown = notice(page).locator(".quiz-kept-text").all_inner_texts()
    assert [one for one in shown if one.endswith(": b")] == []


def test_what_could_not_be_sent_is_there_after_a_reload(open_page, quiz, admission):
    page = come_in(open_page(allow=["Failed to load resource"]), admission)
    start(page, quiz)
    page.route("**/answers/**", lambda route: route.abort())
    question(page, "short_text").get_by_role("textbox").fill("centromere")
    expect(state_line(page)).to_contain_text("Not saved")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    assert asked == ["beforeunload"]
    expect(question(page, "short_text").get_by_role("textbox")).to_have_value("centromere")
    page.unroute("**/answers/**")
    until(page, lambda: stored() == {"short_text": {"text": "centromere"}})
    expect(state_line(page)).to_contain_text("Saved")


def test_what_was_typed_while_a_save_was_under_way_outlives_a_reload(open_page, quiz, admission):
    page = come_in(open_page(allow=["Failed to load resource"]), admission)
    start(page, quiz)

    line = {"is": "saves, and loses the answer"}

    def on_the_line(route):
        if line["is"] == "there":
            return route.continue_()
        if line["is"] != "lost":
            route.fetch()
        return route.abort()

    page.route("**/answers/**", on_the_line)
    field = question(page, "short_text").get_by_role("textbox")
    field.fill("centro")
    until(page, lambda: stored() == {"short_text": {"text": "centro"}})
    line["is"] = "lost"
    field.fill("centromere")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    line["is"] = "there"
    expect(field).to_have_value("centromere")
    until(page, lambda: stored() == {"short_text": {"text": "centromere"}})


def test_what_was_answered_before_the_script_came_is_saved(open_page, quiz, admission):
    page = come_in(open_page(), admission)
    start(page, quiz)
    held = []
    page.route("**/js/quiz/taking*.js", lambda route: held.append(route))
    page.goto(page.url, wait_until="commit")
    until(page, lambda: held and page.evaluate("!!document.querySelector('#q-reflection')"))
    # Not by its hand: a journey presses nothing before the scripts have run.
    page.evaluate(
        """() => {
          const find = (question, field) =>
            document.querySelector(`[data-question=${question}] ${field}`);
          find("single", "[value=a]").click();
          find("short_text", "[type=text]").value = "centromere";
          find("matching", "select").selectedIndex = 1;
        }"""
    )
    held[0].continue_()
    until(page, lambda: stored().keys() == {"single", "short_text", "matching"})
    assert stored()["short_text"] == {"text": "centromere"}
    expect(state_line(page)).to_contain_text("Saved")
    expect(page.locator("#quiz-answered")).to_have_text("2 of 8 answered, 1 partly")


def test_a_long_text_in_hebrew_is_saved_and_handed_in(open_page, quiz, admission):
    page = come_in(open_page(), admission)
    start(page, quiz)
    question(page, "open").get_by_role("textbox").fill("ש" * 12_000)
    page.get_by_role("button", name="Hand in", exact=True).click()
    expect(page.get_by_role("heading", name="Some questions aren’t answered yet")).to_be_visible()
    assert stored() == {"open": {"text": "ש" * 12_000}}


def told_time(page):
    return page.locator("#toasts .toast", has_text="Your time has changed: it is up at")


def test_an_end_that_comes_later_is_seen(open_page, quiz, admission):
    page = come_in(open_page(), admission)
    start(page, quiz)
    Attempt.objects.update(deadline=timezone.now() + timedelta(minutes=20))
    question(page, "open").get_by_role("textbox").fill("Written without a clock.")
    expect(page.locator("#quiz-left")).to_contain_text("19:")
    expect(told_time(page)).to_have_count(1)
    assert stored() == {"open": {"text": "Written without a clock."}}
    expect(question(page, "open").get_by_role("textbox")).to_have_value("Written without a clock.")


def test_two_tabs_know_of_each_other(open_page, quiz, admission):
    one = come_in(open_page(allow=["Failed to load resource"]), admission)  # 409: it is over
    start(one, quiz)
    other = come_in(open_page(), admission)  # of another browser of theirs: no channel between them
    other.goto(one.url)
    question(one, "open").get_by_role("textbox").fill("Newer.")
    until(one, lambda: stored() == {"open": {"text": "Newer."}})
    question(other, "open").get_by_role("textbox").fill("Older.")
    expect(question(other, "open")).to_contain_text("You now see that one.")
    expect(question(other, "open").get_by_role("textbox")).to_have_value("Newer.")
    question(other, "open").get_by_role("textbox").fill("Better.")
    until(one, lambda: stored() == {"open": {"text": "Better."}})
    other.get_by_role("button", name="Hand in", exact=True).click()
    other.get_by_role("button", name="Hand in anyway").click()
    expect(other.get_by_role("heading", name="Your answers were handed in")).to_be_visible()
    question(one, "single").get_by_label("Metaphase").check()
    expect(question(one, "single")).to_contain_text("came too late")
    assert stored() == {"open": {"text": "Better."}}
    one.get_by_role("link", name="See your result").click()
    expect(one.get_by_role("heading", name="Your answers were handed in")).to_be_visible()


def test_who_types_on_does_not_overwrite_what_is_newer(open_page, quiz, admission):
    one = come_in(open_page(), admission)
    start(one, quiz)
    other = come_in(open_page(), admission)
    other.goto(one.url)
    question(one, "open").get_by_role("textbox").fill("Newer.")
    until(one, lambda: stored() == {"open": {"text": "Newer."}})
    held = []
    other.route("**/answers/open/", lambda route: held.append(route), times=1)
    text = question(other, "open").get_by_role("textbox")
    text.fill("Older")
    until(other, lambda: held)
    text.press_sequentially(", and going on")
    held[0].continue_()
    expect(text).to_have_value("Newer.")
    expect(question(other, "open")).to_contain_text(
        "What you entered here was: Older, and going on"
    )
    expect(state_line(other)).to_contain_text("Saved")
    assert stored() == {"open": {"text": "Newer."}}
    text.fill("Better.")
    until(other, lambda: stored() == {"open": {"text": "Better."}})


def test_when_the_time_is_up_it_hands_in_by_itself(open_page, quiz, admission):
    quiz.time_limit_minutes = 10
    quiz.save()
    page = come_in(open_page(), admission)
    start(page, quiz)
    expect(page.locator("#quiz-left")).to_contain_text("9:")
    Attempt.objects.update(deadline=timezone.now() + timedelta(seconds=6))
    page.reload()
    question(page, "open").get_by_role("textbox").press_sequentially("In the last second")
    expect(page.get_by_role("heading", name="Time was up")).to_be_visible()
    assert stored() == {"open": {"text": "In the last second"}}


def test_the_time_runs_out_with_the_browser_closed(open_page, quiz, admission):
    quiz.time_limit_minutes = 10
    quiz.save()
    page = come_in(open_page(), admission)
    start(page, quiz)
    question(page, "single").get_by_label("Metaphase").check()
    expect(state_line(page)).to_contain_text("Saved")
    page.close()
    begun = timezone.now() - timedelta(minutes=11)
    Attempt.objects.update(started_at=begun, deadline=begun + timedelta(minutes=10))
    assert close_overdue() == 1
    again = come_in(open_page(), admission)
    again.goto(quiz.item.get_absolute_url())
    expect(again.get_by_text("Time was up")).to_be_visible()
    assert Attempt.objects.get().state == AttemptState.TIME_UP


def test_practice_is_checked_as_one_goes(open_page, quiz, admission, axe):
    quiz.feedback_when = quiz.answers_when = ShownWhen.AT_ONCE
    quiz.save()
    page = come_in(open_page(), admission)
    start(page, quiz)
    question(page, "single").get_by_label("Anaphase").check()
    question(page, "single").get_by_role("button", name="Check my answer").click()
    expect(question(page, "single")).to_contain_text("They line up in the middle.")
    expect(page.locator("[data-question='single'] [data-verdict]")).to_be_focused()
    expect(page.locator("#quiz-answered")).to_have_text("1 of 8 answered")
    axe(page)


@pytest.mark.parametrize(("width", "height"), [(390, 844), (844, 390)])
def test_on_a_phone_either_way_up_nothing_is_cut_off(
    open_page, quiz, admission, axe, picture, width, height
):
    quiz.time_limit_minutes = 10
    quiz.save()
    page = come_in(open_page(width=width, height=height, touch=True, dark=True), admission)
    page.goto(quiz.item.get_absolute_url())
    axe(page)
    picture(page, f"quiz-phone-start-{width}")
    start(page, quiz)
    order = question(page, "ordering")
    order.get_by_role("button", name="Move down").first.tap()
    expect(order.get_by_role("combobox").first).to_have_value("1")
    expect(state_line(page)).to_contain_text("Saved")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    axe(page)
    picture(page, f"quiz-phone-{width}")


def test_whoever_is_signed_out_in_the_midst_goes_on_after_signing_in(open_page, quiz, owner):
    page = open_page(user=owner, allow=["Failed to load resource"])
    start(page, quiz)
    name = settings.SESSION_COOKIE_NAME
    [cookie] = [one for one in page.context.cookies() if one["name"] == name]
    page.context.clear_cookies(name=name)
    question(page, "open").get_by_role("textbox").fill("Still here.")
    expect(state_line(page)).to_contain_text("Not saved")
    assert stored() == {}
    page.context.add_cookies([cookie])
    page.evaluate("dispatchEvent(new Event('focus'))")
    until(page, lambda: stored() == {"open": {"text": "Still here."}})
    expect(state_line(page)).to_contain_text("Saved")


def test_more_time_given_in_the_midst_is_had(open_page, quiz, admission):
    quiz.time_limit_minutes = 10
    quiz.save()
    page = come_in(open_page(), admission)
    start(page, quiz)
    Attempt.objects.update(deadline=timezone.now() + timedelta(seconds=5))
    page.reload()
    Attempt.objects.update(deadline=timezone.now() + timedelta(minutes=20))
    expect(page.locator("#quiz-left")).to_contain_text("19:")
    expect(told_time(page)).to_have_count(1)
    assert Attempt.objects.get().state == AttemptState.OPEN
    # Once: what is saved or pressed afterwards says nothing more.
    page.locator("#toasts [data-dismiss]").first.click()
    question(page, "open").get_by_role("textbox").fill("With more time.")
    page.get_by_role("button", name="Hand in", exact=True).click()
    expect(page.get_by_role("heading", name="Some questions aren’t answered yet")).to_be_visible()
    expect(told_time(page)).to_have_count(0)


@pytest.mark.parametrize("language", ["en-GB", "he"])
def test_every_page_of_it_looks_right_on_a_phone(open_page, quiz, admission, picture, language):
    quiz.item.title = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamter"
    quiz.item.starts_at = timezone.now() - timedelta(hours=1)
    quiz.item.ends_at = timezone.now() + timedelta(hours=1)
    quiz.item.save()
    quiz.time_limit_minutes, quiz.pass_percent, quiz.one_at_a_time = 10, 90, True
    quiz.welcome = "Welcome. Take your **time**, $x^2$ too."
    quiz.save()
    page = come_in(open_page(width=390, height=844, touch=True, language=language), admission)
    page.goto(quiz.item.get_absolute_url())
    found = findings(page, "start page")
    picture(page, f"quiz-look-start-{language}")
    page.locator(".quiz-go button").click()
    page.locator("#quiz-form").wait_for()
    here = page.url.split("?")[0]
    for number in range(1, 10):
        page.goto(f"{here}?page={number}")
        found += findings(page, f"question {number}")
        picture(page, f"quiz-look-{number}-{language}")
    page.goto(f"{here}?review=1#review")
    found += findings(page, "before handing in")
    picture(page, f"quiz-look-review-{language}")
    page.locator("#review [data-hands-in]").click()
    page.locator(".quiz-score").wait_for()
    found += findings(page, "result")
    picture(page, f"quiz-look-result-{language}")
    assert found == []


def test_a_guest_who_leaves_in_the_midst_is_asked_first(open_page, quiz, admission, axe, picture):
    page = come_in(open_page(width=390), admission)
    start(page, quiz)
    picture(page, "quiz-guest-bar")
    page.get_by_role("link", name="Leave", exact=True).click()
    expect(page.get_by_text("Your attempt stays open")).to_be_visible()
    axe(page)
    picture(page, "quiz-leave")
    page.get_by_role("link", name="Stay").click()
    page.get_by_role("link", name="Continue").click()
    page.get_by_role("link", name="Leave", exact=True).click()
    page.get_by_role("button", name="Leave", exact=True).click()
    page.wait_for_url("**/guests/left/")
    assert Attempt.objects.get().state == AttemptState.OPEN
