// @ts-check
/**
 * How far one has watched, kept in this browser, and gone on from. Whoever the site does not know gets it in this tab
 * only: two of them cannot be told apart. Leaving takes it along (shared/keeping.js).
 *
 * SECURITY: each entry goes by a digest that the site makes of the person and the item: nobody else finds it, or can
 * tell of what it is.
 */
import { leavings, WATCHED } from "../shared/keeping.js";
import { all, browserMemory, digest, fill, windowMemory } from "../shared/page.js";

/** @typedef {[who: string, seconds: number][]} Entries the newest last */

const MOST_ENTRIES = 60;
const SHORTEST_SECONDS = 60;
const FIRST_SECONDS = 10;
const LAST_PART = 0.05;
const EVERY_MS = 5000;
const SAID_MS = 12_000;

/**
 * Is it worth going on from here? Not at the beginning, in the last part, or of what is short.
 * @param {number} seconds
 * @param {number} length
 */
export const isWorth = (seconds, length) =>
  length >= SHORTEST_SECONDS && seconds >= FIRST_SECONDS && seconds < length * (1 - LAST_PART);

/**
 * @param {unknown} kept
 * @param {string} who
 * @param {number} seconds 0 forgets it
 * @returns {Entries}
 */
export function noted(kept, who, seconds) {
  const others = /** @type {Entries} */ (Array.isArray(kept) ? kept : []).filter(([one]) => one !== who);
  return /** @type {Entries} */ ([...others, ...(seconds ? [[who, seconds]] : [])]).slice(-MOST_ENTRIES);
}

/**
 * 75 → “1:15”, 3675 → “1:01:15”.
 * @param {number} seconds
 */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const end = String(rest).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${end}` : `${minutes}:${end}`;
}

/**
 * @param {HTMLElement} stage
 * @param {HTMLMediaElement} media
 */
export function resume(stage, media) {
  const watcher = stage.dataset.watcher || digest(location.pathname);
  const memory = stage.dataset.watcher ? browserMemory : windowMemory;
  const whenBegun = leavings();
  const [line] = all(stage, "[data-resumed]");

  const note = () => {
    // Whoever has left in another tab has left this one, too.
    if (leavings() !== whenBegun || !media.duration) return;
    const seconds = isWorth(media.currentTime, media.duration) ? Math.floor(media.currentTime) : 0;
    memory.set(WATCHED, noted(memory.get(WATCHED), watcher, seconds));
  };
  let notedAt = 0;
  const noteNowAndThen = () => {
    if (performance.now() - notedAt < EVERY_MS) return;
    notedAt = performance.now();
    note();
  };

  const goOn = () => {
    const kept = /** @type {Entries} */ (memory.get(WATCHED) ?? []);
    const seconds = Array.isArray(kept) ? kept.find(([who]) => who === watcher)?.[1] : 0;
    if (!stage.dataset.beginsAt && seconds && isWorth(seconds, media.duration)) {
      media.currentTime = seconds;
      say(seconds);
    }
    media.addEventListener("timeupdate", () => !media.paused && noteNowAndThen());
    for (const name of ["pause", "seeked", "ended"]) media.addEventListener(name, note);
    addEventListener("pagehide", () => media.currentTime && note());
  };

  /** @param {number} seconds */
  const say = (seconds) => {
    const words = line?.querySelector("[data-resumed-says]");
    if (!line || !words) return;
    words.textContent = `${fill(line.dataset.words ?? "", { time: clock(seconds) })} ·`;
    line.hidden = false;
    const leave = () => {
      if (line.matches(":hover, :focus-within")) setTimeout(leave, SAID_MS);
      else line.hidden = true;
    };
    media.addEventListener("play", () => setTimeout(leave, SAID_MS), { once: true });
  };
  line?.querySelector("[data-start-over]")?.addEventListener("click", () => {
    line.hidden = true;
    media.currentTime = 0;
    media.play().catch(() => {});
    all(stage, "media-controller")[0]?.focus();
  });

  if (media.readyState >= HTMLMediaElement.HAVE_METADATA) goOn();
  else media.addEventListener("loadedmetadata", goOn, { once: true });
}
