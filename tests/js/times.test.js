/** The countdown's words, and moments on the reader's own clock. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { eventTime, timeLeft, written, zoneName } from "../../static/js/shared/times.js";

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

const WORDS = {
  momentForm: "D j M Y, H:i",
  dayForm: "j M Y",
  timeForm: "H:i",
  months: "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
  weekdays: "Sun Mon Tue Wed Thu Fri Sat",
  eventTime: "(event time: {time})",
};
const NOON_IN_PARIS = new Date("2026-11-28T11:00:00Z");
const in_ = (zone, withZone = false) => ({ zone, words: WORDS, withZone });

for (const [moment, zone, name] of JSON.parse(
  readFileSync(new URL("zone_names.json", import.meta.url), "utf8"),
)) {
  test(`${zone} in ${moment.slice(0, 7)} is ${name}`, () =>
    assert.equal(zoneName(new Date(moment), zone), name));
}

test("one moment has one form, of 24 hours, on the clock that is asked for", () => {
  assert.equal(written(NOON_IN_PARIS, "moment", in_("America/New_York")), "Sat 28 Nov 2026, 06:00");
  assert.equal(written(NOON_IN_PARIS, "moment", in_("America/New_York", true)), "Sat 28 Nov 2026, 06:00 EST");
  assert.equal(written(NOON_IN_PARIS, "time", in_("Asia/Tokyo")), "20:00");
  assert.equal(written(NOON_IN_PARIS, "seconds", in_("Asia/Tokyo")), "20:00:00");
  assert.equal(written(NOON_IN_PARIS, "day", in_("Pacific/Auckland")), "29 Nov 2026");
});

test("a language may write months short, with a stop, or whole", () => {
  const on = (/** @type {string} */ dayForm) => ({ zone: "UTC", words: { ...WORDS, dayForm } });
  for (const letter of "MNF")
    assert.equal(written(NOON_IN_PARIS, "day", on(`j ב${letter} Y`)), "28 בNov 2026");
});

test("UTC is always named", () => {
  assert.equal(written(NOON_IN_PARIS, "moment", in_("UTC")), "Sat 28 Nov 2026, 11:00 UTC");
  assert.equal(written(NOON_IN_PARIS, "day", in_("UTC", true)), "28 Nov 2026");
});

test("midnight is 00, and the day is the reader's", () => {
  const midnight = new Date("2026-11-28T15:00:00Z");
  assert.equal(written(midnight, "moment", in_("Asia/Tokyo")), "Sun 29 Nov 2026, 00:00");
});

test("an end at midnight is the day that it ends, any other its hour", () => {
  const midnight = new Date("2026-11-28T23:00:00Z");
  assert.equal(written(midnight, "until", in_("Europe/Paris")), "28 Nov 2026");
  assert.equal(written(midnight, "until", in_("America/New_York")), "Sat 28 Nov 2026, 18:00 EST");
});

test("the event's own clock stands there only where it shows something else", () => {
  const to = (own) => eventTime(NOON_IN_PARIS, "Europe/Paris", { own, words: WORDS });
  assert.equal(to("Europe/Berlin"), "");
  assert.equal(to("America/New_York"), "(event time: 12:00 CET)");
  assert.equal(to("Pacific/Auckland"), "(event time: Sat 28 Nov 2026, 12:00 CET)");
});

test("two clocks differ in summer only, and that is seen", () => {
  const reader = { own: "Atlantic/Reykjavik", words: WORDS };
  assert.equal(eventTime(new Date("2026-12-01T12:00:00Z"), "Europe/London", reader), "");
  assert.equal(
    eventTime(new Date("2026-07-01T12:00:00Z"), "Europe/London", reader),
    "(event time: 13:00 BST)",
  );
});

test("a zone that nobody knows is refused", () => {
  assert.throws(() => written(NOON_IN_PARIS, "moment", in_("Mars/Olympus")), RangeError);
});
