// @ts-check
/**
 * Times as the reader's clock has them.
 *
 * - <time data-moment="moment|day|time|seconds|until" datetime>: the server writes it on the reader's clock, if it
 *   knows whose that is (<html data-zone data-zone-of>). Where it does not, or the browser is elsewhere by now, it is
 *   written again here, in the same form (media_items/moments.py), and a cookie tells the zone for the next page.
 *   data-with-zone: with the zone's short name; data-event-zone: of something scheduled, whose own clock stands behind
 *   where it differs.
 * - <time data-countdown datetime>: how long until then by the server's clock, counting; with data-reload the page is
 *   fetched again when the time has come, and again while the server still shows it.
 */
import { clockOfPage } from "./clock.js";
import { fill, language, word } from "./page.js";

const AGAIN_MS = 15_000;

const ZONE_COOKIE = "foyer_zone";
const A_YEAR_S = 365 * 24 * 60 * 60;
// Between them they have the short names that media_items/moments.py has.
const NAMERS = ["en-GB", "en-US", "en-AU", "en-NZ", "en-ZA"];
const NAMES =
  /^(GMT|WES?T|BST|CES?T|EES?T|[ECMP][SD]T|A[SD]T|AK[SD]T|HST|AWST|AC[SD]T|AE[SD]T|NZ[SD]T|SAST|WAT|CAT|EAT)$/;
const UTC = "UTC";

/**
 * "2 days, 3 hours", "4 hours, 5 minutes", "6:07".
 * @param {number} seconds whole
 * @param {string} [inLanguage]
 */
export function timeLeft(seconds, inLanguage = language) {
  /** @param {number} value @param {string} unit */
  const part = (value, unit) =>
    new Intl.NumberFormat(inLanguage, { style: "unit", unit, unitDisplay: "long" }).format(value);
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor((seconds % 86400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const list = new Intl.ListFormat(inLanguage, { style: "narrow", type: "unit" });
  if (days) return list.format([part(days, "day"), ...(hours ? [part(hours, "hour")] : [])]);
  if (hours) return list.format([part(hours, "hour"), part(minutes, "minute")]);
  return `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
}

/**
 * @typedef {{ momentForm: string, dayForm: string, timeForm: string, months: string, weekdays: string,
 *   eventTime: string }} Words of the page (moment_words): forms as Django spells them, and the names in them
 */

/** @type {Record<string, Intl.DateTimeFormat>} */
const formats = {};

/**
 * What clocks in the zone show, as numbers; `offset` in minutes.
 * @param {Date} moment
 * @param {string} zone
 * @throws {RangeError} for a zone that this browser does not know
 */
function reading(moment, zone) {
  formats[zone] ??= new Intl.DateTimeFormat("en-US-u-ca-gregory-nu-latn", {
    timeZone: zone,
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
    hourCycle: "h23",
  });
  const parts = formats[zone].formatToParts(moment).map(({ type, value }) => [type, Number(value)]);
  const { year, month, day, hour, minute, second } = Object.fromEntries(parts);
  const there = Date.UTC(year, month - 1, day, hour, minute, second);
  const offset = Math.round((there - Math.floor(moment.valueOf() / 1000) * 1000) / 60_000);
  return { year, month, day, hour, minute, second, weekday: new Date(there).getUTCDay(), offset };
}

/**
 * "CET", "UTC+5:45": the zone's short name at that moment.
 * @param {Date} moment
 * @param {string} zone
 */
export function zoneName(moment, zone) {
  const { offset } = reading(moment, zone);
  for (const namer of NAMERS) {
    const parts = new Intl.DateTimeFormat(namer, { timeZone: zone, timeZoneName: "short" }).formatToParts(
      moment,
    );
    const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
    if (NAMES.test(name)) return name;
  }
  if (!offset) return UTC;
  const minutes = Math.abs(offset);
  const rest = minutes % 60 ? `:${String(minutes % 60).padStart(2, "0")}` : "";
  return `${UTC}${offset > 0 ? "+" : "-"}${Math.floor(minutes / 60)}${rest}`;
}

/**
 * The moment on the clock of `zone`, as `written` of media_items/moments.py.
 * @param {Date} moment
 * @param {string} form
 * @param {{ zone: string, words: Words, withZone?: boolean }} on
 * @returns {string}
 */
export function written(moment, form, { zone, words, withZone = false }) {
  const there = reading(moment, zone);
  if (form === "until") {
    const before = new Date(moment.valueOf() - 1);
    if (reading(before, zone).day !== there.day) return written(before, "day", { zone, words });
    return written(moment, "moment", { zone, words, withZone: true });
  }
  /** @param {number} number */
  const two = (number) => String(number).padStart(2, "0");
  const month = words.months.split(" ")[there.month - 1];
  /** @type {Record<string, string | number>} */
  const letters = {
    D: words.weekdays.split(" ")[there.weekday],
    j: there.day,
    M: month,
    N: month,
    F: month,
    Y: there.year,
    H: two(there.hour),
    i: two(there.minute),
    s: two(there.second),
  };
  const forms = { day: words.dayForm, time: words.timeForm, seconds: "H:i:s" };
  const pattern = forms[/** @type {keyof typeof forms} */ (form)] ?? words.momentForm;
  const text = pattern.replace(/[DjMNFYHis]/g, (letter) => String(letters[letter]));
  if (form === "day") return text;
  const name = zoneName(moment, zone);
  return withZone || name === UTC ? `${text} ${name}` : text;
}

/**
 * What stands behind a scheduled moment: it on the event's own clock, or nothing where `own` shows the same.
 * @param {Date} moment
 * @param {string} zone
 * @param {{ own: string, words: Words }} reader
 */
export function eventTime(moment, zone, { own, words }) {
  const [here, there] = [reading(moment, own), reading(moment, zone)];
  if (here.offset === there.offset) return "";
  const form = here.day === there.day ? "time" : "moment";
  return fill(words.eventTime, { time: written(moment, form, { zone, words, withZone: true }) });
}

/** @type {import("./clock.js").ServerClock | undefined} */
let clock;
const now = () => {
  clock ??= clockOfPage();
  return clock.now();
};

/** @param {HTMLTimeElement} time */
function count(time) {
  if (time.dataset.counting) return;
  time.dataset.counting = "yes";
  const end = Date.parse(time.dateTime);
  const first = end - now();
  if (Number.isNaN(first)) return;
  // Not everybody in the same second.
  /** @param {number} least */
  const reload = (least) => setTimeout(() => location.reload(), least + Math.random() * 4000);
  if (first <= 0) {
    if ("reload" in time.dataset) reload(AGAIN_MS);
    return;
  }
  const shown = document.createElement("span");
  shown.className = "countdown-left";
  shown.setAttribute("role", "timer");
  // Behind the sentence that the time stands in.
  (time.parentElement ?? time).append(shown);

  const tick = () => {
    if (!time.isConnected) return;
    const left = Math.max(0, end - now());
    const seconds = Math.ceil(left / 1000);
    const words = seconds ? word("startsIn", { time: timeLeft(seconds) }) : word("now");
    if (shown.textContent !== words) shown.textContent = words;
    if (seconds) setTimeout(tick, left % 1000 || 1000);
    else if ("reload" in time.dataset) reload(1000);
  };
  tick();
}

const page = () => document.documentElement.dataset;

/** The zone of this browser; empty where it does not say. */
const zoneOfBrowser = () => new Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";

/** For the next page. Nothing but the zone's name; a page in a frame of another site tells nothing. */
function tellZone() {
  const told = `${ZONE_COOKIE}=${zoneOfBrowser()}`;
  if (!/=[\w+/-]+$/.test(told) || window.top !== window || document.cookie.split("; ").includes(told)) return;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser, nor without TLS.
  document.cookie = `${told}; Path=/; Max-Age=${A_YEAR_S}; SameSite=Lax${secure}`;
}

/**
 * @param {HTMLTimeElement} time
 * @param {string} [own]
 */
function writeAgain(time, own = zoneOfBrowser()) {
  if (time.dataset.own) return;
  time.dataset.own = "yes";
  const moment = new Date(time.dateTime);
  const words = /** @type {Words | undefined} */ (document.getElementById("words")?.dataset);
  if (Number.isNaN(moment.valueOf()) || !words) return;
  const { eventZone, withZone } = time.dataset;
  try {
    const text = written(moment, time.dataset.moment ?? "", {
      zone: own,
      words,
      withZone: withZone !== undefined,
    });
    const there = eventZone ? eventTime(moment, eventZone, { own, words }) : "";
    if (time.textContent !== text) time.textContent = text;
    if (eventZone) putBehind(time, there);
  } catch {
    // A zone that this browser does not know: what the server wrote names its own.
  }
}

/** @param {HTMLTimeElement} time */
function eventTimeBehind(time) {
  const next = time.nextElementSibling;
  return next instanceof HTMLElement && next.classList.contains("event-time") ? next : null;
}

/**
 * @param {HTMLTimeElement} time
 * @param {string} there
 */
function putBehind(time, there) {
  let behind = eventTimeBehind(time);
  if (!there) {
    behind?.remove();
    return;
  }
  if (!behind) {
    behind = document.createElement("span");
    behind.className = "event-time";
    time.after(" ", behind);
  }
  if (behind.textContent !== there) behind.textContent = there;
}

/**
 * What the server wrote for readers of many clocks, on the clock of this page.
 * @param {ParentNode} root
 */
export function writeOnPagesClock(root) {
  const own = (page().zoneOf === "account" && page().zone) || zoneOfBrowser();
  for (const time of root.querySelectorAll("time[data-moment]")) {
    if (time instanceof HTMLTimeElement) writeAgain(time, own);
  }
}

/** @param {ParentNode} root */
function show(root) {
  const isKnown = page().zoneOf === "account" || page().zone === zoneOfBrowser() || !page().zone;
  /** @type {[string, (time: HTMLTimeElement) => void][]} */
  const kinds = [
    ...(isKnown ? [] : [/** @type {[string, typeof writeAgain]} */ (["moment", writeAgain])]),
    ["countdown", count],
  ];
  for (const [kind, act] of kinds) {
    for (const time of root.querySelectorAll(`time[data-${kind}]`)) {
      if (time instanceof HTMLTimeElement) act(time);
    }
  }
}

/** WebKit writes today's date into an empty date field, in grey: field.css hides it. */
function markEmpty() {
  /** @type {NodeListOf<HTMLInputElement>} */
  const fields = document.querySelectorAll('input:is([type="date"], [type="datetime-local"])');
  for (const field of fields)
    field.classList.toggle("is-empty", field.value === "" && !field.validity.badInput);
}

export function start() {
  tellZone();
  const look = () => {
    show(document);
    markEmpty();
  };
  look();
  document.addEventListener("htmx:afterSettle", look);
  for (const name of ["input", "change"]) document.addEventListener(name, markEmpty);
  addEventListener("pageshow", markEmpty); // what the browser itself gives back
}
