// @ts-check
/**
 * media-chrome's controls: how long a tap keeps them, and what they are called. It says that in English words of its
 * own, again with each change; here the page's words take their place:
 *   data-name="Pause" data-where="[mediapaused]" data-name-there="Play"   a control, and its name in another state
 *   data-words="{now} of {all}"   on the position: what its value says; on the loading indicator: what it says
 */
import { all, fill, language } from "../shared/page.js";

/**
 * @param {Element | null | undefined} element
 * @param {string} attribute
 * @param {string} words
 */
function put(element, attribute, words) {
  if (element && element.getAttribute(attribute) !== words) element.setAttribute(attribute, words);
}

/**
 * “1 hour, 2 minutes, 3 seconds” in the page's language.
 * @param {number} seconds
 * @param {string} [of] a language
 */
export function timeInWords(seconds, of = language) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  /** @type {[number, string][]} */
  const parts = [
    [Math.floor(whole / 3600), "hour"],
    [Math.floor(whole / 60) % 60, "minute"],
    [whole % 60, "second"],
  ];
  const shown = parts.filter(([value, unit]) => value || (unit === "second" && whole < 60));
  const said = shown.map(([value, unit]) =>
    new Intl.NumberFormat(of, { style: "unit", unit, unitDisplay: "long" }).format(value),
  );
  return new Intl.ListFormat(of, { type: "unit" }).format(said);
}

/** @param {HTMLElement} control */
function nameOf(control) {
  const { name = "", where, nameThere = "" } = control.dataset;
  return where && control.matches(where) ? nameThere : name;
}

/** @param {Element} control @returns {HTMLInputElement | null | undefined} the slider inside it */
const sliderOf = (control) => control.shadowRoot?.querySelector("input");

/**
 * @param {HTMLElement} position
 * @param {HTMLMediaElement} media
 */
function sayValue(position, media) {
  const all = Number.isFinite(media.duration)
    ? media.duration
    : Number(position.getAttribute("mediaduration"));
  const values = { now: timeInWords(media.currentTime), all: timeInWords(all) };
  put(sliderOf(position), "aria-valuetext", fill(position.dataset.words ?? "", values));
}

/**
 * @param {HTMLElement} controller
 * @param {HTMLMediaElement} media
 */
export function nameControls(controller, media) {
  const controls = [controller, ...all(controller, "[data-name]")];
  const name = () => {
    for (const control of controls) put(sliderOf(control) ?? control, "aria-label", nameOf(control));
  };
  new MutationObserver(name).observe(controller, { subtree: true, attributeFilter: ["aria-label"] });
  name();
  for (const position of all(controller, "media-time-range[data-words]")) {
    const slider = sliderOf(position);
    if (!slider) continue;
    const say = () => sayValue(position, media);
    new MutationObserver(say).observe(slider, { attributeFilter: ["aria-valuetext"] });
    say();
  }
  for (const indicator of all(controller, "media-loading-indicator[data-words]")) {
    const status = indicator.shadowRoot?.getElementById("status");
    if (status) status.textContent = indicator.dataset.words ?? "";
  }
}

/**
 * After a tap a browser says that the mouse has left, upon which media-chrome hides the row of buttons it just showed.
 * @param {HTMLElement} controller what it shows for a finger stays its time
 */
export function keepAfterTap(controller) {
  let isFinger = false;
  for (const type of ["pointerdown", "pointermove"])
    controller.addEventListener(
      type,
      (event) => {
        isFinger = event instanceof PointerEvent && event.pointerType === "touch";
      },
      true,
    );
  controller.addEventListener("mouseleave", (event) => isFinger && event.stopImmediatePropagation(), true);
}
