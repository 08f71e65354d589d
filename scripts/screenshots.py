"""`make screenshots`: every page of the demo course, wide and narrow, light and dark.

Seeds a data folder of its own, serves it, and opens it with the browser in FOYER_BROWSER. All
pictures go to build/screenshots; a selection of them, in few colours, to docs/screenshots. Prints
what axe-core finds and the errors that the pages write on the console. With names of pages as
arguments (`my-media join`) only those are taken.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import django
import find_browser
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright

if TYPE_CHECKING:
    from screenshot_pages import Shot

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "build" / "screenshots"
KEPT = ROOT / "docs" / "screenshots"
LOG = ROOT / "build" / "screenshots.log"
WIDTHS = {1280: 800, 390: 844}
SCHEMES = ("light", "dark")
PATIENCE_MS = 15_000
# axe-core copies the styles of every shadow tree into the page, which the page's policy refuses.
_WITHOUT_COPIES = {"preload": False}
# Those kept in docs/screenshots.
CURATED = [
    "my-media-1280-light",
    "my-media-390-dark",
    "media-video-1280-light",
    "media-video-1280-dark",
    "media-video-390-light",
    "media-document-1280-light",
    "dialog-share-1280-light",
    "dialog-guest-links-1280-light",
    "dialog-guest-links-390-dark",
    "guests-1280-light",
    "join-1280-light",
    "join-390-light",
    "join-390-dark",
    "guest-video-1280-light",
    "guest-video-390-light",
    "refusal-full-390-light",
    "gallery-1280-dark",
    "register-1280-light",
    "register-390-dark",
    "dialog-invite-1280-light",
    "dialog-invite-many-390-light",
    "invitation-390-light",
    "invitation-code-390-dark",
    "quiz-editor-1280-light",
    "quiz-start-390-light",
    "quiz-attempt-390-light",
    "quiz-attempt-390-dark",
    "quiz-film-1280-light",
    "quiz-film-390-dark",
    "quiz-results-1280-light",
    "quiz-by-question-1280-light",
    "quiz-mark-answer-1280-light",
    "quiz-regrade-1280-light",
]


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="foyer-screenshots-"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    os.environ |= {
        "ENV_FILE": str(folder / "no.env"),
        "DATA_DIR": str(folder / "data"),
        "STATIC_ROOT": str(folder / "static"),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "DEVELOPMENT_PAGES": "true",
        "SITE_URL": f"http://localhost:{port}",
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        # Playwright leaves an event loop running in this thread.
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    }
    server = None
    LOG.parent.mkdir(exist_ok=True)
    try:
        for command in (["migrate", "--no-input", "--verbosity", "0"], ["seed_demo", "--brief"]):
            subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, check=True)
        server = subprocess.Popen(
            [sys.executable, "-m", "config.serve", "--port", str(port), "--development-pages"],
            cwd=ROOT,
            stdout=LOG.open("wb"),
            stderr=subprocess.STDOUT,
        )
        wait_for(port)
        count = take_all(f"http://localhost:{port}")
    except find_browser.NoBrowser as reason:
        print(f"Foyer: {reason}", file=sys.stderr)
        return 1
    finally:
        if server is not None:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{count} pictures in {PICTURES.relative_to(ROOT)}")
    return 0


def wait_for(port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"Foyer: the server did not open; see {LOG.relative_to(ROOT)}.")


def take_all(site: str) -> int:
    sys.path.insert(0, str(ROOT))
    django.setup()
    # Django forces it: modules with models can be imported from here on.
    from screenshot_pages import guest_addresses, shots

    from demo.accounts import PASSWORD, PEOPLE

    wanted = sys.argv[1:]
    pages = [shot for shot in shots() if not wanted or shot.name in wanted]
    if not wanted:
        shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True, exist_ok=True)
    found = Findings()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser.find(),
            args=["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"],
        )
        emails = {person.key: person.email for person in PEOPLE}
        people = proofs(
            browser,
            site,
            {shot.who for shot in pages},
            emails=emails,
            password=PASSWORD,
            guest_addresses=guest_addresses(),
        )
        for width in WIDTHS:
            for scheme in SCHEMES:
                for who, proof in people.items():
                    theirs = [shot for shot in pages if shot.who == who]
                    context = new_context(browser, site, width, scheme, proof)
                    take(context, theirs, f"{width}-{scheme}", found)
                    context.close()
        browser.close()
    found.print_all()
    keep_selection()
    return len(list(PICTURES.glob("*.png")))


def proofs(
    browser: Browser,
    site: str,
    wanted: set[str],
    *,
    emails: dict[str, str],
    password: str,
    guest_addresses: dict[str, list[str]],
) -> dict[str, StorageState | None]:
    """The cookies of everybody in `wanted`: accounts sign in, guests join by the form."""
    people: dict[str, StorageState | None] = {}
    for who in sorted(wanted):
        context = browser.new_context(base_url=site)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        if who in emails:
            page.goto("/accounts/sign-in/")
            page.fill("input[type=email], input[name=username]", emails[who])
            page.fill("input[type=password]", password)
            page.locator("main form button[type=submit]").first.click()
            page.wait_for_url("**/media/**")
        for address in guest_addresses.get(who, ()):
            page.goto(address)
            page.fill("[name=name]", "Ada Lovelace")
            page.fill("[name=email]", "ada@example.org")
            page.locator("main form button[type=submit]").first.click()
            page.wait_for_url("**/media/**")
        people[who] = context.storage_state() if who != "stranger" else None
        context.close()
    return people


def new_context(
    browser: Browser, site: str, width: int, scheme: str, proof: StorageState | None
) -> BrowserContext:
    context = browser.new_context(
        base_url=site,
        viewport={"width": width, "height": WIDTHS[width]},
        color_scheme=scheme,
        reduced_motion="reduce",
        is_mobile=width < 640,
        has_touch=width < 640,
        locale="en-GB",
        timezone_id="Europe/Berlin",
        storage_state=proof,
    )
    context.set_default_timeout(PATIENCE_MS)
    return context


def take(context: BrowserContext, pages: list[Shot], variant: str, found: Findings) -> None:
    page = context.new_page()
    current = [""]
    page.on("console", lambda said: found.note_console(current[0], said.type, said.text))
    page.on("pageerror", lambda error: found.note_console(current[0], "error", str(error)))
    for shot in pages:
        current[0] = shot.name
        try:
            page.goto(shot.path, wait_until="load")
            page.evaluate("document.querySelectorAll('img').forEach(i => { i.loading = 'eager' })")
            page.wait_for_timeout(300)  # pictures further down, and fragments that load later
            if shot.then is not None:
                shot.then(page)
                page.wait_for_timeout(300)
            whole = shot.then is None
            page.screenshot(path=PICTURES / f"{shot.name}-{variant}.png", full_page=whole)
            if shot.is_ours:
                found.check(page, shot.name, variant)
        except Exception as error:  # noqa: BLE001 (the other pictures are taken all the same)
            found.note_console(shot.name, "error", f"not taken ({variant}): {str(error)[:300]}")


class Findings:
    """What is wrong with the pages, each counted."""

    def __init__(self) -> None:
        self.seen: Counter[tuple[str, str]] = Counter()

    def note_console(self, name: str, kind: str, words: str) -> None:
        expected = words.startswith("Failed to load resource") and " status of 4" in words
        if kind == "error" and not expected:
            self.seen[name, words] += 1

    def check(self, page: Page, name: str, variant: str) -> None:
        for violation in Axe().run(page, options=_WITHOUT_COPIES).response["violations"]:
            where = ", ".join(str(node["target"][0]) for node in violation["nodes"][:3])
            self.seen[name, f"axe {violation['id']} ({violation['impact']}): {where}"] += 1
        width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if width > 0:
            self.seen[name, f"{variant}: wider than the window by {width} px"] += 1

    def print_all(self) -> None:
        for (name, words), times in sorted(self.seen.items()):
            print(f"  {name}: {words} [{times}]")
        print(f"{len(self.seen)} findings")


def keep_selection() -> None:
    """Saves the selection for the documentation in few colours, because it is in the repository."""
    KEPT.mkdir(parents=True, exist_ok=True)
    for old in KEPT.glob("*.png"):
        if old.stem not in CURATED:
            old.unlink()
    for name in CURATED:
        source = PICTURES / f"{name}.png"
        if not source.exists():
            continue
        with Image.open(source) as opened:
            picture = opened.convert("RGB")
        picture = picture.crop((0, 0, picture.width, min(picture.height, picture.width * 9 // 4)))
        if picture.width > 960:
            size = (960, round(picture.height * 960 / picture.width))
            picture = picture.resize(size, Image.Resampling.LANCZOS)
        for colours in (128, 64, 32):
            few = picture.quantize(colours, dither=Image.Dither.NONE)
            few.save(KEPT / f"{name}.png", optimize=True)
            if (KEPT / f"{name}.png").stat().st_size < 120_000:
                break


if __name__ == "__main__":
    sys.exit(main())
