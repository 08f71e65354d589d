"""Coming in, waiting, raising a hand, being let in: the session page in real browsers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from access.guests.services.joining import ask_host
from access.links import guest_link_token
from media_items.catalogue.models import Kind
from media_items.live.events.announcing import announce
from media_items.live.sessions import services
from media_items.live.sessions.models import Level, LiveSession, Participant, Stay
from media_items.live.stage.models import Seat, SeatKind
from tests import factories
from tests.browser.looks import findings
from tests.browser.steps import answered, scripts_run, seen_by_the_site
from tests.conftest import client_with_admissions, client_with_proofs

pytestmark = pytest.mark.live

PHONE = {"width": 390, "height": 844, "touch": True}
# Longer than a line of a phone, in two directions.
LONG_NAMES = ["שרה לוי " + "Longfellow " * 9, "Ada Lovelace " + "בן אברהם " * 12]
# Whether the first letter of a name is seen, and whether all of it is.
IS_SEEN = """
  name => {
    const { left, right } = name.getBoundingClientRect();
    const letter = document.createRange();
    letter.setStart(name.firstChild, 0);
    letter.setEnd(name.firstChild, 1);
    const first = letter.getBoundingClientRect();
    const seen = first.width > 0 && first.left >= left - 1 && first.right <= right + 1;
    return [seen, name.scrollWidth <= name.clientWidth];
  }
"""


@pytest.fixture
def room(owner, transactional_db):
    return factories.MediaItemFactory(owner=owner, kind=Kind.ROOM, title="Office hour")


def address(item, end=""):
    return f"/media/{item.public_id}/session/{end}"


def prove(page: Page, client) -> Page:
    """The page's browser holds the proofs of that test client."""
    name = django_settings.SESSION_COOKIE_NAME
    page.context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "domain": "localhost", "path": "/"}]
    )
    return page


@pytest.fixture
def open_as(open_page, room):
    """`open_as("viewer", name="Grace Hopper")`: the page of somebody invited, or of a "guest"."""

    def make(role, *, item=room, name="Grace Hopper", **window):
        page = open_page(**window)
        if role == "guest":
            link = factories.GuestLinkFactory(item=item, access_on=True)
            return prove(
                page,
                client_with_admissions(
                    factories.GuestAdmissionFactory(guest__link=link, name=name)
                ),
            )
        first, _space, last = name.partition(" ")
        facts = {"first_name": first, "last_name": last, "role": role, "item": item}
        invitation = factories.InvitationFactory(accepted=True, **facts)
        proof = factories.InvitationProofFactory(invitation=invitation)
        return prove(page, client_with_proofs(proof))

    return make


def open_session(page: Page, item) -> None:
    page.goto(item.get_absolute_url())
    page.get_by_role("button", name="Open the session").click()
    expect(page.locator("#live-top").get_by_text("Open", exact=True)).to_be_visible()
    scripts_run(page)


def crowd(session, count=3, **facts):
    """So many people who are there; the last of them."""
    facts = {"admitted_at": timezone.now(), "role": "viewer", "certainty": "confirmed", **facts}
    before = session.participants.count()
    for n in range(count):
        row = Participant.objects.create(
            session=session, key=f"crowd:{before + n}", name=f"Person {n}", **facts
        )
        Stay.objects.create(participant=row)
    return row


# --- in by itself ---------------------------------------------------------------------------------


def come_by(link, page):
    """The one press that a guest makes."""
    page.goto(f"/g/{guest_link_token(link)}/")
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("Email").fill("ada@example.org")
    page.get_by_role("button", name="Join the session").click()
    expect(page.get_by_text("Come back then, the same way as now")).to_be_visible()
    return page


def test_who_comes_before_the_lobby_is_in_it_and_then_live_by_themself(
    open_page, open_as, owner, transactional_db
):
    """Somebody invited who stays on the entrance, a guest whose clock is ahead, and one without
    script."""
    event = factories.MediaItemFactory(
        owner=owner,
        kind=Kind.LIVE_EVENT,
        title="Open lecture",
        starts_at=timezone.now() + timedelta(hours=2),
        ends_at=timezone.now() + timedelta(hours=4),
    )
    viewer = open_as("viewer", item=event)
    viewer.clock.install()
    viewer.goto(event.get_absolute_url())
    expect(viewer.get_by_text("Not yet started")).to_be_visible()
    viewer.goto(address(event))
    expect(viewer.get_by_text("The lobby is not open yet")).to_be_visible()
    link = factories.GuestLinkFactory(item=event, access_on=True)
    ahead = open_page()
    ahead.clock.install(time=timezone.now() + timedelta(hours=2, minutes=7))
    come_by(link, ahead)
    plain = come_by(link, open_page(javascript=False))
    # The time comes, for the site and for the page.
    event.starts_at = timezone.now() + timedelta(minutes=10)
    event.save()
    viewer.clock.fast_forward("02:00:00")
    ahead.clock.fast_forward("00:10")
    plain.reload()
    for page in (viewer, ahead, plain):
        expect(page.get_by_text("The host will open the session")).to_be_visible()
        expect(page).to_have_url(re.compile(r"/session/chat/$"))

    viewer.locator("#live-tab-chat").focus()
    viewer.keyboard.press("Tab")
    viewer.keyboard.press("Shift+Tab")
    host = open_page(user=owner)
    host.goto(address(event))
    host.get_by_role("button", name="Open the session").click()
    expect(viewer.get_by_text("The host will open the session")).to_be_hidden()
    for page in (host, viewer):
        expect(page.locator("#live-top").get_by_text("Open", exact=True)).to_be_visible()
    # The keyboard is where it was, and without script there is a way in beside what was typed.
    expect(viewer.locator("#live-tab-chat")).to_be_focused()
    way_in = plain.frame_locator(".lobby-frame").get_by_role("link", name="Join the session")
    way_in.click()
    expect(plain.locator("#live-top").get_by_text("Open", exact=True)).to_be_visible()

    # And out together.
    host.get_by_role("link", name="End").click()
    expect(host.locator("#dialog")).to_contain_text("4 people are here now")
    host.get_by_role("button", name="End for everybody").click()
    for page in (host, viewer):
        expect(page.get_by_text("This session has ended")).to_be_visible()
    expect(viewer.locator(".stage-lead")).to_be_focused()
    expect(host.get_by_role("button", name="Open again")).to_be_visible()
    expect(viewer.get_by_role("button", name="Open again")).to_have_count(0)


def test_a_button_that_was_just_put_anew_works_at_once(open_page, owner, room):
    host = open_page(user=owner)
    open_session(host, room)
    # As soon as it is there: before the mend its script came 20 ms later, and it was only a link.
    host.evaluate(
        """() => {
            const press = () => document.getElementById("end-session").click();
            document.addEventListener("htmx:afterSwap", () => setTimeout(press), { once: true });
            htmx.trigger("#live-top", "foyer:again");
        }"""
    )
    expect(host.locator("#dialog")).to_contain_text("The session ends for")


def test_a_button_is_not_replaced_while_it_is_pressed(open_page, owner, room):
    host = open_page(user=owner)
    open_session(host, room)
    asked = []
    host.on("request", lambda request: asked.append(request.url))
    end = host.get_by_role("link", name="End", exact=True)
    box = end.bounding_box()
    host.mouse.move(box["x"] + 10, box["y"] + 10)
    host.mouse.down()
    element = host.query_selector("#end-session")
    host.evaluate(
        "document.body.addEventListener('live:session', () => (window.told = true), { once: true })"
    )
    announce(LiveSession.objects.get(), "session")
    host.wait_for_function("() => window.told")
    seen_by_the_site(host)
    assert not [url for url in asked if "/session/top/" in url]
    assert element.evaluate("link => link.isConnected")
    with host.expect_request(lambda request: "/session/top/" in request.url):
        host.mouse.up()
    expect(host.locator("#dialog")).to_contain_text("The session ends for")


# --- the door -------------------------------------------------------------------------------------


def test_a_guest_knocks_at_a_locked_session_and_is_let_in_from_the_panel(
    open_page, open_as, owner, room, axe, picture
):
    host = open_page(user=owner)
    open_session(host, room)
    host.get_by_role("button", name="More for this session").click()
    host.get_by_role("menuitem", name="Lock session").click()
    expect(host.locator("#live-top").get_by_text("Locked", exact=True)).to_be_visible()
    expect(host.locator("#announcements")).to_contain_text("The session is locked")

    guest = open_as("guest", name="Ada Lovelace", **PHONE)
    guest.goto(room.get_absolute_url())
    guest.get_by_role("button", name="Join the session").click()
    expect(guest.get_by_text("Waiting for the host to let you in")).to_be_visible()
    expect(guest.locator("main")).not_to_contain_text("Noa Levi")
    axe(guest)

    # The knock says who it is, and can be answered there.
    expect(host.locator("#knock")).to_contain_text("Ada Lovelace wants to join.")
    expect(host.locator("#knock").get_by_role("button", name="Admit Ada Lovelace")).to_be_visible()
    # By keyboard: the first of the list has the focus, then the next, and after the last the tab
    # that one came from.
    host.get_by_role("link", name="1 waiting").press("Enter")
    waiting = host.locator("#people-waiting")
    expect(waiting.get_by_role("button", name="Admit Ada Lovelace")).to_be_focused()
    axe(host)
    long = "ליאת b>x</b> " + "W" * 60
    second = open_as("guest", name=long)
    second.goto(address(room))
    second.get_by_role("button", name="Join the session").click()
    expect(host.locator("#knock")).to_contain_text("Ada Lovelace and 1 more")
    expect(host.locator("#knock-admit")).to_have_text("Admit Ada Lovelace")
    for scheme in ("light", "dark"):
        host.emulate_media(color_scheme=scheme)
        axe(host)
        picture(host, f"knock-{scheme}")
    expect(waiting).to_contain_text(long)
    expect(waiting.get_by_role("button", name="Admit Ada Lovelace")).to_be_focused()
    host.keyboard.press("Enter")
    expect(host.locator("#announcements")).to_have_text("Ada Lovelace was let in.")
    expect(waiting.get_by_role("button", name=f"Admit {long}")).to_be_focused()
    expect(host.locator("#knock")).to_contain_text(f"{long} wants to join.")
    host.keyboard.press("Enter")
    expect(waiting).to_have_count(0)
    expect(host.locator("#knock")).to_have_count(0)
    expect(host.locator("#people-title")).to_have_text("All participants (3)")
    expect(host.locator("#live-tab-chat")).to_be_focused()
    # A long name of two directions is cut at its end: its first letter is seen.
    assert host.locator(".person-name", has_text="WWW").evaluate(
        """name => {
          const range = document.createRange(), text = name.querySelector("bdi").firstChild;
          range.setStart(text, 0);
          range.setEnd(text, 1);
          const letter = range.getBoundingClientRect(), box = name.getBoundingClientRect();
          return letter.right <= box.right + 1 && letter.left >= box.left - 1;
        }"""
    )
    # Who asks at a guest link knocks, too, and is answered there.
    link = room.guest_links.order_by("pk").first()
    ask_host(link=link, name="Eve", email="eve@example.org", message="")
    expect(host.locator("#asks")).to_contain_text("Eve asks to be let in.")
    axe(host)
    picture(host, "asks")
    host.locator("#asks").get_by_role("button", name="Let in Eve").press("Enter")
    expect(host.locator("#toasts")).to_contain_text("on its way to eve@example.org")
    expect(host.locator("#asks")).to_have_count(0)
    expect(host.locator("#people-rest")).to_contain_text("Ada Lovelace")
    expect(guest).to_have_url(re.compile(r"/session/chat/$"))


def test_who_is_declined_is_told_so_and_can_be_let_in_after_all(open_page, open_as, owner, room):
    host = open_page(user=owner)
    open_session(host, room)
    services.lock_session(session=services.session_of(room))
    guest = open_as("guest", name="Ada Lovelace")
    guest.goto(address(room))
    with answered(guest):
        guest.get_by_role("button", name="Join the session").click()
    host.goto(address(room, "participants/"))
    host.get_by_role("button", name="Decline Ada Lovelace").click()
    expect(guest.get_by_text("The host declined your request to join")).to_be_visible()
    gone = host.locator("#people-gone")
    expect(gone).not_to_have_attribute("open", "")
    # The browser tells of what was unfolded after the press; the list may have come anew by then.
    host.evaluate("""() => {
      const press = () => document.querySelector("#people-gone summary").click();
      addEventListener("htmx:beforeSwap", press, { capture: true, once: true });
      htmx.trigger("#people-list", "foyer:again");
    }""")
    expect(gone).to_have_attribute("open", "")
    gone.locator(".person").hover()
    host.get_by_role("button", name="More for Ada Lovelace").click()
    host.get_by_role("menuitem", name="Let in").click()
    expect(guest).to_have_url(re.compile(r"/session/chat/$"))


# --- hands, and the keyboard ----------------------------------------------------------------------


def test_a_hand_is_raised_seen_in_order_and_lowered(open_page, open_as, owner, room):
    host = open_page(user=owner)
    open_session(host, room)
    host.get_by_role("link", name="Participants").click()
    viewer = open_as("viewer", **PHONE)
    viewer.goto(room.get_absolute_url())
    viewer.get_by_role("button", name="Join the session").click()
    scripts_run(viewer)
    viewer.get_by_role("button", name="Raise hand").click()
    expect(viewer.locator("#live-hand")).to_contain_text("You are number 1.")
    expect(viewer.locator("#announcements")).to_have_text("Your hand is up. You are number 1.")
    hands = host.locator("#people-hands")
    expect(hands).to_contain_text("Grace Hopper")

    # Folded, it stays folded when the list refreshes.
    hands.locator("summary").click()
    viewer.get_by_role("button", name="Lower hand").click()
    expect(hands).to_have_count(0)
    viewer.get_by_role("button", name="Raise hand").click()
    expect(hands).to_be_visible()
    expect(hands).not_to_have_attribute("open", "")
    hands.locator("summary").click()

    # One press asks them on stage; the three dots stay, and keep the keyboard.
    host.get_by_role("button", name="Bring Grace Hopper on stage").press("Enter")
    expect(hands).to_contain_text("Invited on stage")
    expect(host.get_by_role("button", name="Bring Grace Hopper on stage")).to_have_count(0)
    expect(host.get_by_role("button", name="More for Grace Hopper")).to_be_focused()
    viewer.locator("#dialog").get_by_role("button", name="Decline").click()
    expect(hands).to_have_count(0)
    viewer.get_by_role("button", name="Raise hand").click()
    expect(hands).to_be_visible()

    # The host lowers it, by the three dots and the keyboard alone.
    more = host.get_by_role("button", name="More for Grace Hopper")
    more.focus()
    expect(more).to_be_visible()
    host.keyboard.press("ArrowDown")
    expect(host.get_by_role("menuitem", name="Bring on stage")).to_be_focused()
    host.keyboard.type("l")
    expect(host.get_by_role("menuitem", name="Lower hand")).to_be_focused()
    host.keyboard.press("Enter")
    expect(hands).to_have_count(0)
    expect(viewer.get_by_role("button", name="Raise hand")).to_be_visible()
    expect(viewer.locator("#announcements")).to_have_text("Your hand is down.")


def test_the_three_dots_beside_all_participants_by_keyboard_alone(open_page, owner, room):
    host = open_page(user=owner)
    open_session(host, room)
    crowd(services.session_of(room), 1, hand_raised_at=timezone.now())
    host.goto(address(room, "participants/"))
    dots = host.get_by_role("button", name="More for all participants")
    dots.focus()
    host.keyboard.press("Enter")
    for name in ("Invite users", "Invite guests", "Stage access", "Mute all", "Lower all hands"):
        expect(host.get_by_role("menuitem", name=name)).to_be_focused()
        host.keyboard.press("ArrowDown")
    expect(host.get_by_role("menuitem", name="Lock session")).to_be_focused()
    host.keyboard.press("Home")
    host.keyboard.press("Enter")
    expect(host.locator("#dialog h1")).to_have_text("Invite users")
    host.keyboard.press("Escape")
    expect(dots).to_be_focused()
    host.keyboard.press("Enter")
    expect(host.get_by_role("menuitem", name="Invite users")).to_be_focused()
    host.keyboard.press("ArrowDown")
    host.keyboard.press("Enter")
    expect(host.locator("#dialog h1")).to_have_text("Manage guest access")
    host.keyboard.press("Escape")
    expect(dots).to_be_focused()
    host.keyboard.press("Enter")
    expect(host.get_by_role("menuitem", name="Invite users")).to_be_focused()
    host.keyboard.type("s")
    expect(host.get_by_role("menuitem", name="Stage access")).to_be_focused()
    host.keyboard.press("Enter")
    host.locator("#dialog").get_by_role("radio", name="Invite only").check()
    host.locator("#dialog").get_by_role("button", name="Save").click()
    expect(host.locator("#dialog")).to_be_hidden()
    expect(host.locator("#people-menu")).to_contain_text("Invite only")


def test_an_open_menu_outlasts_whoever_comes_meanwhile(open_page, open_as, owner, room):
    host = open_page(user=owner)
    open_session(host, room)
    host.goto(address(room, "participants/"))
    host.get_by_role("button", name="More for all participants").click()
    viewer = open_as("viewer")
    viewer.goto(address(room))
    viewer.get_by_role("button", name="Join the session").click()
    expect(host.locator("#live-top")).to_contain_text("2 people are here")
    expect(host.get_by_role("menuitem", name="Invite users")).to_be_visible()
    host.keyboard.press("Escape")
    expect(host.locator("#people-rest")).to_contain_text("Grace Hopper")


def test_searching_among_many_keeps_the_cursor_while_people_come(open_page, owner, room):
    host = open_page(user=owner)
    open_session(host, room)
    crowd(services.session_of(room), 30)
    host.goto(address(room, "participants/"))
    field = host.get_by_role("searchbox", name="Search by name")
    field.press_sequentially("person 2", delay=40)
    expect(host.locator("#people-rest .person")).to_have_count(11)
    host.evaluate(
        """() => new Promise((drawn) => {
            document.body.addEventListener("htmx:afterSettle", drawn, { once: true });
            document.body.dispatchEvent(new CustomEvent("live:participants"));
        }).then(() => true)"""
    )
    expect(field).to_be_focused()
    expect(field).to_have_value("person 2")
    expect(host.locator("#people-rest .person")).to_have_count(11)
    expect(host.get_by_role("heading", name="All participants (31)")).to_be_visible()


# --- a phone --------------------------------------------------------------------------------------


def test_on_a_phone_the_panel_is_a_sheet(open_page, owner, room):
    host = open_page(**PHONE, user=owner)
    open_session(host, room)
    panel = host.locator("#live-side")
    expect(panel).to_be_hidden()
    button = host.locator("#live-sheet-button")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.focus()
    host.keyboard.press("Enter")
    expect(panel).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(host.get_by_role("link", name="Chat")).to_be_focused()
    session = services.session_of(room)
    for name in LONG_NAMES:
        Participant.objects.filter(pk=crowd(session, 1).pk).update(name=name)
    host.get_by_role("link", name="Participants").click()
    expect(host.get_by_role("heading", name="All participants (3)")).to_be_visible()
    for name in LONG_NAMES:  # cut at their end, whichever side that is
        shown = host.locator(".person-name bdi", has_text=name.strip())
        assert shown.evaluate(IS_SEEN) == [True, False]
    host.get_by_role("button", name="More for all participants").click()
    host.keyboard.press("Escape")  # the menu
    expect(panel).to_be_visible()
    host.keyboard.press("Escape")  # the sheet
    expect(panel).to_be_hidden()
    expect(button).to_be_focused()
    assert host.evaluate("document.documentElement.scrollWidth <= innerWidth")

    # Something new: a dot on the button, until it is opened.
    host.evaluate("document.body.dispatchEvent(new CustomEvent('live:chat'))")
    expect(button.locator(".live-dot")).to_be_visible()
    button.click()
    expect(button.locator(".live-dot")).to_be_hidden()
    host.get_by_role("button", name="Close the panel").click()
    expect(panel).to_be_hidden()


def test_whoever_leaves_is_told_so_and_is_back_by_one_button(open_page, open_as, owner, room, axe):
    host = open_page(user=owner)
    host.goto(room.get_absolute_url())
    host.get_by_role("button", name="Open the session").click()
    for width in (1280, 390):
        person = open_as("viewer", width=width)
        person.goto(room.get_absolute_url())
        person.get_by_role("button", name="Join the session").click()
        person.get_by_role("button", name="Leave session").click()
        expect(person.get_by_role("heading", name="You’ve left")).to_be_visible()
        axe(person)
        person.get_by_role("button", name="Join again").click()
        expect(person.get_by_role("button", name="Leave session")).to_be_visible()


# --- without JavaScript ---------------------------------------------------------------------------


def test_without_javascript_one_comes_in_raises_a_hand_and_is_admitted(
    open_page, open_as, owner, room
):
    host = open_page(user=owner, javascript=False)
    host.goto(room.get_absolute_url())
    host.get_by_role("button", name="Open the session").click()
    services.lock_session(session=services.session_of(room))

    guest = open_as("guest", name="Ada Lovelace", javascript=False, width=390)
    guest.goto(room.get_absolute_url())
    guest.get_by_role("button", name="Join the session").click()
    expect(guest.get_by_text("Waiting for the host to let you in")).to_be_visible()

    host.get_by_role("link", name="1 waiting").or_(
        host.get_by_role("link", name="Participants")
    ).first.click()
    host.get_by_role("button", name="Admit Ada Lovelace").click()
    expect(host.locator("#people-rest")).to_contain_text("Ada Lovelace")

    # The page at the door loads itself again.
    expect(guest).to_have_url(re.compile(r"/session/chat/$"))
    expect(guest.locator("#live-side")).to_be_visible()
    # A frame that loads itself again, and not the page, keeps them among those who are here.
    guest.wait_for_load_state("load")
    assert guest.frame(url=re.compile(r"/session/here/$"))
    guest.get_by_role("button", name="Raise hand").click()
    expect(guest.get_by_text("Your hand is up. You are number 1.")).to_be_visible()
    expect(guest).to_have_url(re.compile(r"/session/chat/$"))
    host.reload()
    expect(host.locator("#people-hands")).to_contain_text("Ada Lovelace")
    with answered(guest):
        guest.get_by_role("button", name="Leave session").click()
    host.reload()
    expect(host.locator("#people-gone")).to_contain_text("Ada Lovelace")


# --- every page, light and dark -------------------------------------------------------------------


@pytest.mark.long
def test_nothing_is_wrong_with_any_page_of_a_session(open_page, open_as, owner, room):
    """As test_every_page: axe-core in light and dark, nothing sideways, large enough to press."""
    host = open_page(user=owner)
    finger = open_as("viewer", **PHONE)
    found = []

    def look(page, name):
        nonlocal found
        found += findings(page, f"{name} ({page.viewport_size['width']})")

    for page in (host, finger):
        page.goto(room.get_absolute_url())
        look(page, "media page")
        page.goto(address(room))
        look(page, "entrance")
        page.get_by_role("button", name="Enter the lobby").click()
        expect(page.locator(".live-lobby")).to_be_visible()
        look(page, "lobby")
    session = services.open_session(item=room)
    # Both lobbies go on by themselves; a page asked for meanwhile would be aborted.
    expect(host.get_by_role("link", name="Go on stage")).to_be_visible()
    expect(finger.get_by_role("button", name="Raise hand")).to_be_visible()
    for page in (host, finger):
        look(page, "empty stage")
    crowd(session, 2)
    crowd(session, 2, admitted_at=None, role="guest", certainty="typed")
    crowd(session, 2, hand_raised_at=timezone.now())
    speaker = crowd(session, 1, role="speaker", level=Level.SPEAKER)
    Seat.objects.create(
        session=session, participant=speaker, kind=SeatKind.STAGE, microphone_on=True
    )
    LiveSession.objects.update(locked_at=timezone.now())
    for panel in ("chat", "qna", "participants"):
        finger.goto(address(room, f"{panel}/"))
        look(finger, panel)
    finger.locator("#live-sheet-button").click()
    look(finger, "sheet")
    for panel in ("participants", "chat", "qna", "backchannel"):
        host.goto(address(room, f"{panel}/"))
        look(host, panel)
    for path in ("settings/", "stage-access/", "end/"):
        host.goto(address(room, path))
        look(host, path)
    services.end_session(session=session)
    expect(finger.get_by_text("has ended")).to_be_visible()
    look(finger, "ended")
    assert found == []
