/** The countdown's words, and the reader's own time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ownTime, timeLeft } from "../../static/js/shared/times.js";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

for (const [seconds, words] of [
  [1, "0:01"],
  [59, "0:59"],
  [MINUTE, "1:00"],
  [6 * MINUTE + 7, "6:07"],
  [HOUR - 1, "59:59"],
  [HOUR, "1 hour 0 minutes"],
  [4 * HOUR + 5 * MINUTE + 59, "4 hours 5 minutes"],
  [DAY - 1, "23 hours 59 minutes"],
  [DAY, "1 day"],
  [2 * DAY + 3 * HOUR + 59 * MINUTE, "2 days 3 hours"],
]) {
  test(`${seconds} seconds are left: ${words}`, () => assert.equal(timeLeft(seconds, "en"), words));
}

test("the words are the page's language", () => {
  assert.match(timeLeft(2 * DAY, "fr"), /^2\sjours$/);
});

const NOON_IN_PARIS = new Date("2026-11-28T11:00:00Z");

test("a reader in the page's zone is told nothing twice", () => {
  assert.equal(ownTime(NOON_IN_PARIS, "Europe/Paris", { inLanguage: "en", own: "Europe/Paris" }), null);
  assert.equal(ownTime(NOON_IN_PARIS, "Europe/Paris", { inLanguage: "en", own: "Europe/Berlin" }), null);
});

test("a reader elsewhere is told their own time, of 24 hours", () => {
  const own = ownTime(NOON_IN_PARIS, "Europe/Paris", { inLanguage: "en-GB", own: "America/New_York" });
  assert.equal(own, "Sat 28 Nov 2026, 06:00");
  assert.equal(
    ownTime(NOON_IN_PARIS, "Europe/Paris", { inLanguage: "en-US", own: "America/New_York" }),
    "Sat 28 Nov 2026, 06:00",
  );
  assert.match(ownTime(NOON_IN_PARIS, "Europe/Paris", { inLanguage: "en", own: "Asia/Tokyo" }), /20:00/);
});

test("midnight is 00, and the day is the reader's", () => {
  const own = ownTime(new Date("2026-11-28T15:00:00Z"), "UTC", { inLanguage: "en-GB", own: "Asia/Tokyo" });
  assert.match(own, /Sun.*29 Nov.*00:00/);
});

test("the two clocks differ in summer only, and that is seen", () => {
  const zones = { inLanguage: "en", own: "Atlantic/Reykjavik" };
  assert.equal(ownTime(new Date("2026-12-01T12:00:00Z"), "Europe/London", zones), null);
  assert.match(ownTime(new Date("2026-07-01T12:00:00Z"), "Europe/London", zones), /12:00/);
});

test("what is no time, or a zone that nobody knows, adds nothing", () => {
  assert.equal(ownTime(new Date("soon"), "UTC"), null);
  assert.equal(ownTime(NOON_IN_PARIS, "Mars/Olympus"), null);
});
