"""What can be wrong with the look of a page: axe-core in light and dark, sideways, for a finger."""

from __future__ import annotations

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
AXE_FINDS = """async (options) => {
  for (const change of document.getAnimations()) change.finish();
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const { violations } = await axe.run({ ...options, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map((node) =>
    `${id}: ${node.html.slice(0, 120)} ${node.any[0]?.message ?? ""}`)) }"""


def no_wider_than(page: Page, width: int) -> None:
    """The page that is there, or the one on its way, does not scroll sideways."""
    page.wait_for_load_state()
    # By way of its body: between two pages there is a document without an element.
    assert page.locator("body").evaluate("body => body.parentNode.scrollWidth") <= width


def findings(page: Page, where: str) -> list[str]:
    """Of the page as it stands; `where` is said with each."""
    found = []
    if (wider := page.evaluate(SIDEWAYS)) > 0:
        found.append(f"{where}: scrolls sideways by {wider} px")
    if page.viewport_size["width"] < 640:
        found += [f"{where}: {one}" for one in page.evaluate(TOO_SMALL, [CONTROLS, FINGER_PX])]
    page.evaluate(AXE_SCRIPT)
    for scheme, rules in (("light", {}), ("dark", {"runOnly": ["color-contrast"]})):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{where}, {scheme}: {one}" for one in page.evaluate(AXE_FINDS, rules)]
    return found
