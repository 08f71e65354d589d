"""What can be wrong with the look of a page: axe-core in light and dark, sideways, for a finger."""

from __future__ import annotations

from collections.abc import Callable

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

FINGER_PX = 44
# What one presses to get on; links inside a sentence are not meant.
CONTROLS = (
    ".button, .icon-button, .menu-item, .switch-button, .form-select, summary,"
    " input.form-control, textarea.form-control, .site-nav a, .choice"
)
TOO_SMALL = """([controls, least]) => [...document.querySelectorAll(controls)]
  .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
  .map((one) => [one, one.getBoundingClientRect()])
  .filter(([, box]) => box.width && box.height && (box.height < least - 0.5 || box.width < 24))
  .map(([one, box]) => `${one.outerHTML.slice(0, 90)} ${box.width | 0}×${box.height | 0}`)"""
SIDEWAYS = """() => {
  const root = document.documentElement, dialog = document.querySelector("dialog[open]");
  return Math.max(root.scrollWidth - root.clientWidth,
    dialog ? dialog.scrollWidth - dialog.clientWidth : 0) }"""
OUT_AT_A_SIDE = """(outer, inner) => {
  const box = outer.getBoundingClientRect(), style = getComputedStyle(outer);
  const left = box.left + parseFloat(style.paddingLeft);
  const right = box.right - parseFloat(style.paddingRight);
  return [...outer.querySelectorAll(inner)].map((one) => one.getBoundingClientRect())
    .reduce((most, one) => Math.max(most, left - one.left, one.right - right), 0) | 0 }"""
# Without `preload` it copies no styles into a document of its own, where our policy refuses them;
# two rules want it, about a locked orientation and sound that begins by itself.
AXE_FINDS = """async (options) => {
  for (const change of document.getAnimations()) change.finish();
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const { violations } = await axe.run({ ...options, preload: false, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map((node) =>
    `${id}: ${node.html.slice(0, 120)} ${node.any[0]?.message ?? ""}`)) }"""


# The first few that reach beside the page.
REACHING_OUT = """() => [...document.querySelectorAll("body *")]
  .filter((one) => { const { right, left } = one.getBoundingClientRect();
    return right > document.documentElement.clientWidth + 1 || left < -1; })
  .slice(0, 4).map((one) => `${one.tagName} ${one.id} ${one.className}`).join(", ")"""


def no_wider_than(page: Page, width: int) -> None:
    """The page that is there, or the one on its way, does not scroll sideways."""
    page.wait_for_load_state()
    # By way of its body: between two pages there is a document without an element.
    assert page.locator("body").evaluate("body => body.parentNode.scrollWidth") <= width


def keeps_within(page: Page, inner: str, outer: str) -> None:
    """Not a pixel of the one is beside the other's content, on a page that may have room for it."""
    page.wait_for_load_state()
    out = page.locator(outer).first.evaluate(OUT_AT_A_SIDE, inner)
    assert not out, f"{inner} reaches {out} px out of {outer}"


def findings(page: Page, where: str) -> list[str]:
    """Of the page as it stands, with its styles; `where` is said with each."""
    page.wait_for_load_state()
    found = []
    if (wider := page.evaluate(SIDEWAYS)) > 0:
        reaching = page.evaluate(REACHING_OUT)
        found.append(f"{where}: scrolls sideways by {wider} px: {reaching}")
    if page.viewport_size["width"] < 640:
        found += [f"{where}: {one}" for one in page.evaluate(TOO_SMALL, [CONTROLS, FINGER_PX])]
    page.evaluate(AXE_SCRIPT)
    for scheme, rules in (("light", {}), ("dark", {"runOnly": ["color-contrast"]})):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{where}, {scheme}: {one}" for one in page.evaluate(AXE_FINDS, rules)]
    return found


def sideways(page: Page, where: str, *, widths: tuple[int, ...]) -> list[str]:
    """At which of these widths of its window the page scrolls sideways, and by what."""
    found, before = [], page.viewport_size
    for width in widths:
        page.set_viewport_size({"width": width, "height": before["height"]})
        if (wider := page.evaluate(SIDEWAYS)) > 0:
            reaching = page.evaluate(REACHING_OUT)
            found.append(f"{where}, {width}: scrolls sideways by {wider} px: {reaching}")
    page.set_viewport_size(before)
    return found


# Sizes at which every control can be pressed: phones on their side and upright, and a window of
# 1280 by 800 at twice its size.
SMALL = ((844, 390), (667, 375), (568, 320), (320, 640), (640, 400))
COVERED = """(within) => [...document.querySelectorAll(within)].flatMap((part) =>
  [...part.querySelectorAll("a[href], button, input, select, textarea, summary")])
  .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
  .filter((one) => !one.disabled && one.type !== "hidden")
  .flatMap((one) => {
    one.scrollIntoView({ block: "nearest", inline: "nearest" });
    const box = one.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) return [];
    const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    if (hit && (one.contains(hit) || hit.closest("label")?.control === one)) return [];
    return [`${one.outerHTML.slice(0, 90)} is under ${hit?.outerHTML.slice(0, 60)}`];
  })"""


# The window of a desk, and phones upright and on their side.
LAYOUTS = ((1280, 800), (390, 844), (844, 390), (667, 375))
OUT_OF_REACH = """(wanted) => wanted.flatMap((selector) => {
  const one = document.querySelector(selector);
  const box = one?.getBoundingClientRect();
  if (!box?.width || !box.height) return [`${selector} is not there`];
  const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return one.contains(hit) ? [] : [`${selector} is under ${hit?.outerHTML.slice(0, 80)}`];
})"""


def in_reach(page: Page, *wanted: str, look: Callable[[Page, str], None], name: str) -> None:
    """Each of these is seen and can be pressed as the page stands, without scrolling, in every
    layout, with the panel put away and shown."""
    found = []
    for width, height in LAYOUTS:
        page.set_viewport_size({"width": width, "height": height})
        is_sheet = width < 864
        for is_up in (False, True) if is_sheet else (True,):
            button = page.locator("#live-sheet-button")
            if is_sheet and (button.get_attribute("aria-expanded") == "true") != is_up:
                page.locator("#live-sheet-button" if is_up else "#live-sheet-close").click()
            where = f"{width} by {height}, panel {'shown' if is_up else 'put away'}"
            look(page, f"{name}-{width}-{height}-{is_up}")
            found += [f"{where}: {one}" for one in page.evaluate(OUT_OF_REACH, list(wanted))]
    assert not found, "\n".join(found)


def covered(page: Page, within: str = "body") -> list[str]:
    """The controls that one cannot press at their middle, scrolled to where they can be seen."""
    return page.evaluate(COVERED, within)


def pressable_when_small(page: Page, within: str = "#live") -> None:
    """At each of the sizes, with the sheet down and up."""
    found = []
    for width, height in SMALL:
        page.set_viewport_size({"width": width, "height": height})
        for is_up in (False, True):
            button = page.locator("#live-sheet-button")
            if (button.get_attribute("aria-expanded") == "true") != is_up:
                page.locator(
                    "#live-sheet-close" if is_up is False else "#live-sheet-button"
                ).click()
            found += [f"{width} by {height}, sheet {is_up}: {one}" for one in covered(page, within)]
            if (wider := page.evaluate(SIDEWAYS)) > 0:
                found.append(f"{width} by {height}, sheet {is_up}: sideways by {wider} px")
    assert not found, "\n".join(found)
