"""What a page says about time: one clock, the reader's; one that nobody knows is named."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http.response import HttpResponseBase
from django.test import Client

# Its minutes are those of no other clock.
OWN_ZONE, _OWN_NAME = "Asia/Kathmandu", "UTC+5:45"
_SITE = ZoneInfo("UTC")
_TIME = re.compile(r"<time\b([^>]*)>(.*?)</time>", re.DOTALL)
_DATETIME = re.compile(r'datetime="([^"]+)"')
_READING = re.compile(r"\b\d{1,2}:\d{2}(?::\d{2})?\b")
_ZONE = re.compile(r"\bUTC\b|\bGMT\b|\+00:00")
# Nobody reads these, and a list of time zones tells no time.
_UNSEEN = re.compile(r"<(script|style|option|svg)\b.*?</\1>|<!--.*?-->|<[^>]*>", re.DOTALL)
_EVENT_TIME = re.compile(r'<span class="event-time">.*?</span>', re.DOTALL)


def tell_zone(browser: Client) -> Client:
    """As times.js does."""
    browser.cookies["foyer_zone"] = OWN_ZONE
    return browser


def wrong_times(browser: Client, answer: HttpResponseBase, body: bytes) -> list[str]:
    """What the answer says about time that is not on this reader's clock, or does not say on whose
    it is, or is said beside it once more."""
    if not answer.headers.get("Content-Type", "").startswith("text/html"):
        return []
    told = browser.cookies.get("foyer_zone")
    zone = ZoneInfo(told.value) if told else _SITE
    page = body.decode()
    wrong = []
    for attributes, words in _TIME.findall(page):
        moment = _DATETIME.search(attributes)
        if moment is None or "data-moment" not in attributes:
            wrong.append(f"not by the tag: {attributes}")
            continue
        there = datetime.fromisoformat(moment[1]).astimezone(zone)
        readings = _READING.findall(words.replace(_OWN_NAME, ""))
        if readings and (len(readings) > 1 or not f"{there:%H:%M:%S}".startswith(readings[0])):
            wrong.append(f"another clock: {moment[1]} as {words}")
        if readings and not told and not words.endswith(" UTC"):
            wrong.append(f"no zone: {words}")
        if told and _ZONE.search(words.replace(_OWN_NAME, "")):
            wrong.append(f"another zone: {words}")
    rest = _UNSEEN.sub(" ", _EVENT_TIME.sub("", _TIME.sub("", page))).replace(_OWN_NAME, "")
    wrong += [f"beside: {one}" for one in _READING.findall(rest)]
    wrong += [f"a zone: {one}" for one in _ZONE.findall(rest) if told]
    return wrong
