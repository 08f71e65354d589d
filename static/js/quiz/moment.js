// @ts-check
/** Takes the moment of a question from the film beside its field. Also in forms that come into the page later. */
import { announce } from "../shared/notices.js";
import { around, fill } from "../shared/page.js";

/**
 * As the field takes it: hours where there are some, and tenths of a second.
 * @param {number} seconds
 */
export function moment(seconds) {
  const tenths = Math.max(0, Math.floor(seconds * 10 + 0.001));
  const whole = Math.floor(tenths / 10);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  /** @param {number} number */
  const two = (number) => String(number).padStart(2, "0");
  const clock = hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
  return tenths % 10 ? `${clock}.${tenths % 10}` : clock;
}

/** @param {MouseEvent} event */
function onPress(event) {
  const button = around(event, "[data-use-moment]");
  const media = button?.parentElement?.querySelector("video, audio");
  const field = document.getElementById(button?.dataset.useMoment ?? "");
  if (!button || !(media instanceof HTMLMediaElement) || !(field instanceof HTMLInputElement)) return;
  media.pause();
  field.value = moment(media.currentTime);
  for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
  announce(fill(button.dataset.said ?? "", { at: field.value }));
}

if (globalThis.document) document.addEventListener("click", onPress);
