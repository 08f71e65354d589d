// @ts-check
/**
 * Times as the reader's clock has them.
 *
 * - <time data-countdown datetime>: how long until then by the server's clock, counting; with data-reload the page is
 *   fetched again when the time has come, and again while the server still shows it.
 * - <time data-local="Europe/Paris" datetime>: adds the reader's own time when it differs from that zone, at the
 *   end of its [data-local-line] if it is in one.
 * - <time data-clock datetime>: a time of today, put on the reader's clock.
 */
import { clockOfPage } from "./clock.js";
import { language, word } from "./page.js";

const AGAIN_MS = 15_000;

// As the server writes times: 24 hours.
const CLOCK = /** @type {const} */ ({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const DAY = /** @type {const} */ ({ weekday: "short", day: "numeric", month: "short", year: "numeric" });
const DAY_AND_CLOCK = /** @type {const} */ ({ ...DAY, ...CLOCK });
const WHOLE = /** @type {const} */ ({ dateStyle: "short", timeStyle: "short" });

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
 * The moment on the reader's clock, or null when that says the same as the clock of `zone`.
 * @param {Date} moment
 * @param {string} zone
 * @param {{ inLanguage?: string, own?: string }} [of] `own`: the reader's zone, the browser's unless said
 */
export function ownTime(moment, zone, { inLanguage = language, own } = {}) {
  if (Number.isNaN(moment.valueOf())) return null;
  /** @param {Intl.DateTimeFormatOptions} options @param {string} [timeZone] */
  const written = (options, timeZone) =>
    new Intl.DateTimeFormat(inLanguage, { ...options, timeZone }).format(moment);
  try {
    if (written(WHOLE, own) === written(WHOLE, zone)) return null;
  } catch {
    return null; // a time zone this browser does not know
  }
  return asOnPages(new Intl.DateTimeFormat(inLanguage, { ...DAY_AND_CLOCK, timeZone: own }), moment);
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
  time.after(shown);

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

/** @param {HTMLTimeElement} time */
function addOwn(time) {
  if (time.dataset.localShown) return;
  time.dataset.localShown = "yes";
  const own = ownTime(new Date(time.dateTime), time.dataset.local || "UTC");
  if (!own) return;
  const mine = document.createElement("span");
  mine.className = "local-time";
  mine.textContent = `(${word("yourTime", { time: own })})`;
  const line = time.closest("[data-local-line]");
  if (line) line.append(" ", mine);
  else time.after(" ", mine);
}

/** @param {HTMLTimeElement} time */
function putOnClock(time) {
  const moment = new Date(time.dateTime);
  if (!Number.isNaN(moment.valueOf())) time.textContent = moment.toLocaleTimeString(language, CLOCK);
  time.removeAttribute("data-clock");
}

/**
 * "Sat 28 Nov 2026, 19:45", in the order in which the server writes days.
 * @param {Intl.DateTimeFormat} format
 * @param {Date} moment
 */
function asOnPages(format, moment) {
  const part = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, value]));
  return `${part.weekday} ${part.day} ${part.month} ${part.year}, ${part.hour}:${part.minute}`;
}

/** @param {ParentNode} root */
function show(root) {
  /** @type {[string, (time: HTMLTimeElement) => void][]} */
  const kinds = [
    ["countdown", count],
    ["local", addOwn],
    ["clock", putOnClock],
  ]; // prettier-ignore
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
  const look = () => {
    show(document);
    markEmpty();
  };
  look();
  document.addEventListener("htmx:afterSettle", look);
  for (const name of ["input", "change"]) document.addEventListener(name, markEmpty);
  addEventListener("pageshow", markEmpty); // what the browser itself gives back
}
