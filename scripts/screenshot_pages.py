"""Which pages `make screenshots` takes, and as whom.

Imported once Django is set up: the addresses come from the rows of the demo.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from playwright.sync_api import Page

from access.guests.models import GuestLink
from access.invitations.models import Invitation
from access.links import guest_link_token, invitation_token
from media_items.models import Gallery, MediaItem

# Addresses that the app `access` has on an item.
OF_ACCESS = {
    "share",
    "guest_links",
    "guests",
    "guest_record",
    "invite_users",
    "create_batch",
    "register",
    "access_trail",
}


@dataclass(frozen=True)
class Shot:
    """`who`: a key of the demo's people, guest, taker or stranger. `then`: what to do before the
    picture.

    `is_ours`: False for pages of Django's admin, which axe does not check.
    """

    name: str
    who: str
    path: str
    then: Callable[[Page], None] | None = None
    is_ours: bool = True


def open_share(page: Page) -> None:
    page.click("#share-button")
    page.wait_for_selector("#dialog[open]")


def open_menu(page: Page) -> None:
    page.click("#item-menu-button")


def open_guest_links(page: Page) -> None:
    open_menu(page)
    page.click("#item-menu a[href$='/guest-links/']")
    page.wait_for_selector("#dialog[open]")


def open_publish(page: Page) -> None:
    open_menu(page)
    page.click("#item-menu a[href$='/publish/']")
    page.wait_for_selector("#dialog[open]")


def open_invite(page: Page) -> None:
    open_menu(page)
    page.click("#item-menu a[href$='/invitations/new/']")
    page.wait_for_selector("#dialog[open] [name=email]")


def open_invite_many(page: Page) -> None:
    open_invite(page)
    page.click("#dialog .tabs a[href$='/many/']")
    page.wait_for_selector("#dialog textarea[name=people]")


def open_co_editors(page: Page) -> None:
    open_invite(page)
    page.click("#dialog .tabs a[href$='/co-editors/']")
    page.wait_for_selector("#dialog form[action$='/co-editors/']")


def open_row_menu(page: Page) -> None:
    page.locator("main [id^=invitation-more-]").nth(1).click()


def check_list(page: Page) -> None:
    page.fill("textarea", "Ada Lovelace <ada@@example.org>\nmaria@example.net\nmae@example.org")
    page.eval_on_selector("main textarea", "box => box.form.requestSubmit()")
    page.wait_for_selector("#batch")


def press_accept(page: Page) -> None:
    page.click("main form[action$='/accept/'] button")
    page.wait_for_load_state()
    page.wait_for_timeout(300)


def send_empty(page: Page) -> None:
    page.eval_on_selector("main form", "form => { form.noValidate = true; form.requestSubmit() }")
    page.wait_for_timeout(500)


def play(page: Page) -> None:
    page.eval_on_selector("video", "video => { video.muted = true; video.currentTime = 15 }")
    page.wait_for_timeout(700)


def open_question(page: Page) -> None:
    """With mathematics in it."""
    page.locator(".sheet [id^='edit-']").nth(4).click()
    page.locator(".question-preview math").first.wait_for()
    page.locator(".sheet-form").evaluate("form => form.scrollIntoView()")


def begin(page: Page) -> None:
    """The attempt of the last picture goes on."""
    page.click(".quiz-go .button-primary")
    page.wait_for_selector("#quiz-form")
    page.locator("#quiz-form [type=radio]:not(:checked)").first.check()
    page.locator("#quiz-saving", has_text="Saved").wait_for()


def watch(page: Page) -> None:
    page.click(".quiz-go .button-primary")
    page.wait_for_selector("#quiz-form")
    page.eval_on_selector("video", "video => { video.muted = true; return video.play() }")
    page.wait_for_selector("button[data-go-on]")


def begin_marking(page: Page) -> None:
    page.locator(".marking-question .button-primary").first.click()
    page.locator(".split .button-primary").click()
    page.wait_for_selector("#marks")


def preview_regrade(page: Page) -> None:
    """Of the question whose key the numbers find wrong."""
    page.get_by_role("link", name="Correct the key").click()
    boxes = page.locator("main form [type=checkbox]")
    was, now = boxes.and_(page.locator(":checked")), boxes.and_(page.locator(":not(:checked)"))
    was.uncheck()
    now.first.check()
    page.get_by_role("button", name="See what changes").click()
    page.wait_for_selector("#preview table")
    page.locator("#preview").evaluate("part => part.scrollIntoView()")


def guest_addresses() -> dict[str, list[str]]:
    """By whom, the links that they join by."""
    return {"guest": [_link("Webinar")], "taker": [_link("Evening class"), _link("Film club")]}


def _link(name: str) -> str:
    link = GuestLink.objects.get(name=name)
    return reverse("access:join", args=[guest_link_token(link)])


def _invite_link(email: str) -> str:
    invitation = Invitation.objects.filter(email=email).earliest("pk")
    return reverse("access:invitation", args=[invitation_token(invitation)])


def _person(email: str) -> str:
    row = Invitation.objects.filter(email=email).earliest("pk")
    return reverse("access:person_outside", args=[f"i{row.pk}"])


def shots() -> list[Shot]:
    items = {item.title: item for item in MediaItem.objects.all()}

    def at(name: str, title: str, *more: object) -> str:
        app = "access" if name in OF_ACCESS else "media_items"
        return reverse(f"{app}:{name}", args=[items[title].public_id, *more])

    mitosis, slides = "Cell division, part 2: Mitosis", "The cell cycle: slides of lecture 3"
    webinar = items[mitosis].guest_links.get(name="Webinar")
    link_args = [items[mitosis].public_id, webinar.pk]
    gallery = Gallery.objects.get(name="Biology 101").public_id
    video = at("media_item", mitosis)
    stranger = [
        Shot("sign-in", "stranger", reverse("access:sign_in")),
        Shot("sign-in-errors", "stranger", reverse("access:sign_in"), send_empty),
        Shot("reset-password", "stranger", reverse("access:reset_password")),
        Shot("reset-password-sent", "stranger", reverse("access:reset_password_sent")),
        Shot("privacy", "stranger", reverse("access:privacy")),
        Shot("not-found", "stranger", "/nothing/here/"),
        Shot("join", "stranger", _link("Webinar")),
        Shot("join-errors", "stranger", _link("Webinar"), send_empty),
        Shot("join-document", "stranger", _link("Colleagues")),
        Shot("join-audio", "stranger", _link("Bird club")),
        Shot("join-live", "stranger", _link("Public")),
        Shot("refusal-full", "stranger", _link("Journal club")),
        Shot("refusal-paused", "stranger", _link("Laboratory visitors")),
        Shot("refusal-expired", "stranger", _link("Trial run")),
        Shot("refusal-off", "stranger", _link("Open day")),
        Shot("refusal-not-yet", "stranger", _link("Preview circle")),
        Shot("refusal-bad-link", "stranger", "/g/3-1.forged-by-somebody/"),
        Shot("ask-host", "stranger", _link("Laboratory visitors") + "ask/"),
        Shot(
            "unlisted-audio",
            "stranger",
            at("media_item", "Ear training: third, fourth, fifth, octave"),
        ),
    ]
    guest = [
        Shot("guest-video", "guest", video, play),
        Shot("guest-video-page", "guest", video),
        Shot("guest-transcript", "guest", at("transcript", mitosis)),
        Shot("guest-record", "guest", at("guest_record", mitosis)),
        Shot("guest-elsewhere", "guest", reverse("media_items:my_media")),
    ]
    host = [
        Shot("my-media", "noa", reverse("media_items:my_media")),
        Shot("my-media-list", "noa", reverse("media_items:my_media") + "?view=list"),
        Shot("my-media-none", "noa", reverse("media_items:my_media") + "?q=zebra"),
        Shot("upload-files", "noa", reverse("media_items:upload_media")),
        Shot("my-media-shared", "noa", reverse("media_items:my_media") + "?tab=shared"),
        Shot("bin", "noa", reverse("media_items:bin")),
        Shot("galleries", "noa", reverse("media_items:galleries")),
        Shot("gallery", "noa", reverse("media_items:gallery", args=[gallery])),
        Shot("new-video", "noa", reverse("media_items:create_media_item", args=["video"])),
        Shot("new-room", "noa", reverse("media_items:create_media_item", args=["room"])),
        Shot(
            "new-errors", "noa", reverse("media_items:create_media_item", args=["room"]), send_empty
        ),
        Shot("account", "noa", reverse("access:account")),
        Shot("change-password", "noa", reverse("access:change_password")),
        Shot("mail", "noa", "/dev/mail/"),
        Shot("media-video", "noa", video, play),
        Shot("media-video-page", "noa", video),
        Shot("media-document", "noa", at("media_item", slides)),
        Shot("media-handbook", "noa", at("media_item", "Laboratory handbook: the microscope")),
        Shot("media-room", "noa", at("media_item", "Office hours")),
        Shot("media-not-yet", "noa", at("media_item", "Cell division, part 3: Meiosis")),
        Shot("edit", "noa", at("edit_media_item", mitosis)),
        Shot("captions", "noa", at("captions", mitosis)),
        Shot("page-share", "noa", at("share", mitosis)),
        Shot("page-guest-links", "noa", at("guest_links", mitosis)),
        Shot("guests", "noa", at("guests", mitosis)),
        Shot("edit-guest-link", "noa", reverse("access:edit_guest_link", args=link_args)),
        Shot("guest-link", "noa", reverse("access:guest_link", args=link_args)),
        Shot("menu", "noa", video, open_menu),
        Shot("dialog-share", "noa", video, open_share),
        Shot("dialog-guest-links", "noa", video, open_guest_links),
        Shot("dialog-publish", "noa", video, open_publish),
    ]
    others = [
        Shot("media-audio", "sam", at("media_item", "Dawn chorus at the marsh")),
        Shot("media-failed", "sam", at("media_item", "Marsh walk, raw material")),
        Shot("sam-media", "sam", reverse("media_items:my_media")),
        Shot("no-guest-links", "sam", at("guest_links", "Rain on a tin roof")),
        Shot("media-live", "mei", at("media_item", "The sound of a coral reef")),
        Shot("media-live-ended", "mei", at("media_item", "Opening of the autumn series")),
        Shot("student-media", "lena", reverse("media_items:my_media")),
        Shot("student-video", "lena", video),
    ]
    invited = [
        Shot("invitation", "stranger", _invite_link("mae@example.org")),
        Shot("invitation-code", "stranger", _invite_link("mae@example.org"), press_accept),
        Shot("invitation-live", "stranger", _invite_link("rachel@example.org")),
        Shot("invitation-declined", "stranger", _invite_link("alan@example.org")),
        Shot("invitation-somebody-else", "sam", _invite_link("mae@example.org")),
        Shot("invitation-expired", "stranger", _invite_link("maria@example.org")),
        Shot("invitation-taken-back", "stranger", _invite_link("omar.haddad@example.edu")),
        Shot("invitation-bad-link", "stranger", "/i/3-1.forged-by-somebody/"),
        Shot("invitee-room", "lena", at("media_item", "Office hours")),
    ]
    inviting = [
        Shot("dialog-invite", "noa", video, open_invite),
        Shot("dialog-invite-many", "noa", video, open_invite_many),
        Shot("dialog-co-editors", "noa", video, open_co_editors),
        Shot("invite-list", "noa", at("create_batch", mitosis), check_list),
        Shot("page-invite", "noa", at("invite_users", mitosis)),
        Shot("page-invite-live", "mei", at("invite_users", "The sound of a coral reef")),
        Shot("register", "noa", at("register", mitosis)),
        Shot("register-menu", "noa", at("register", mitosis), open_row_menu),
        Shot("register-problems", "noa", at("register", mitosis) + "?show=problems"),
        Shot("register-taken-back", "noa", at("register", mitosis) + "?state=revoked"),
        Shot("access-trail", "noa", at("access_trail", mitosis)),
        Shot("people-outside", "noa", reverse("access:people_outside")),
        Shot("person-outside", "noa", _person("grace.hopper@example.com")),
    ]
    check, on_film = "Check yourself: the cell cycle", "Questions on the film: mitosis"
    quizzes = [
        Shot("quiz-start", "taker", at("media_item", check)),
        Shot("quiz-attempt", "taker", at("media_item", check), begin),
        Shot("quiz-film", "taker", at("media_item", on_film), watch),
        Shot("quiz-questions", "noa", at("quiz_questions", check)),
        Shot("quiz-editor", "noa", at("quiz_questions", check), open_question),
        Shot("quiz-settings", "noa", at("quiz_settings", check)),
        Shot("quiz-import", "noa", at("import_questions", check)),
        Shot("quiz-results", "noa", at("quiz_results", check)),
        Shot("quiz-by-question", "noa", at("quiz_results_questions", check)),
        Shot("quiz-marking", "noa", at("marking", check)),
        Shot("quiz-mark-answer", "noa", at("marking", check), begin_marking),
        Shot("quiz-regrade", "noa", at("quiz_results_questions", check), preview_regrade),
    ]
    admin = [
        Shot("admin", "admin", reverse("admin:index"), is_ours=False),
        *(
            Shot(f"admin-{name}", "admin", reverse(f"admin:{app}_{name}_changelist"), is_ours=False)
            for app, name in (
                ("accounts", "user"),
                ("guests", "guestlink"),
                ("guests", "guest"),
                ("media_items", "mediaitem"),
                ("media_items", "gallery"),
                ("access", "sitepolicy"),
            )
        ),
    ]
    return [*stranger, *guest, *host, *others, *invited, *inviting, *quizzes, *admin]
