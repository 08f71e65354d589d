"""Nobody presses a button in the moment in which the page is still being read.

A browser can: it finds a link that is drawn while the scripts have not run, follows it as a link,
and the dialog of the journey is a page of its own. That is right, and tried without JavaScript;
before a page with scripts a journey waits for them, each time it presses something.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from weakref import WeakSet

from playwright.sync_api import BrowserContext, Keyboard, Locator, Page

# The scripts of a page are deferred: they have run by then, and so have those that wait for the
# document to be ready.
IS_READY = "() => document.readyState === 'complete'"
PRESSES = ("click", "dblclick", "tap", "press", "check", "uncheck", "set_checked")

_scripted: WeakSet[BrowserContext] = WeakSet()


def be_patient(context: BrowserContext) -> None:
    """For a browser with JavaScript, before its first page."""
    _scripted.add(context)


def wait_for_scripts(page: Page) -> None:
    if page.context in _scripted:
        page.wait_for_function(IS_READY)


def _patiently(press: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(press)
    def wait_and_press(locator: Locator, *args: Any, **options: Any) -> Any:
        wait_for_scripts(locator.page)
        return press(locator, *args, **options)

    return wait_and_press


def _patient_keyboard(keyboard: property) -> property:
    def wait_and_give(page: Page) -> Keyboard:
        wait_for_scripts(page)
        return keyboard.fget(page)

    return property(wait_and_give)


def install() -> None:
    """Once, for all journeys."""
    for name in PRESSES:
        setattr(Locator, name, _patiently(getattr(Locator, name)))
    Page.keyboard = _patient_keyboard(Page.keyboard)
