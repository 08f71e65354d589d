// @ts-check
/** The transcript under the player: its lines go there, and the one that is spoken is marked and in view. */
import { all, around } from "../shared/page.js";

/**
 * Long transcripts come in parts: fetches the one before or after when the player has gone there.
 * @param {number} seconds
 */
function turnTranscript(seconds) {
  const body = document.querySelector(".transcript-body");
  if (!body || body.contains(document.activeElement) || body.matches(":hover")) return;
  const [later] = all(body, "[data-transcript=later]");
  const [earlier] = all(body, "[data-transcript=earlier]");
  const [first] = all(body, "[data-start]");
  const wanted =
    later && seconds >= Number(later.dataset.partStart)
      ? later
      : earlier && first && seconds < Number(first.dataset.start)
        ? earlier
        : undefined;
  if (!wanted || wanted.dataset.asked) return;
  wanted.dataset.asked = "yes";
  wanted.click();
}

/** @param {HTMLMediaElement} media */
export function followTranscript(media) {
  document.addEventListener("click", (event) => {
    const line = around(event, "[data-start]");
    if (!line) return;
    media.currentTime = Number(line.dataset.start);
    media.play().catch(() => {}); // a browser may refuse; its own button is there
  });

  /** @type {HTMLElement | undefined} */
  let current;
  media.addEventListener("timeupdate", () => {
    turnTranscript(media.currentTime);
    const lines = all(document, "[data-start]");
    const now = lines.findLast((line) => Number(line.dataset.start) <= media.currentTime + 0.05);
    if (now === current) return;
    current?.removeAttribute("aria-current");
    now?.setAttribute("aria-current", "true");
    current = now;
    const list = now?.closest(".transcript-lines");
    // Only the list scrolls, never the page, and not while somebody is reading in it.
    if (
      now &&
      list instanceof HTMLElement &&
      !list.contains(document.activeElement) &&
      !list.matches(":hover")
    ) {
      list.scrollTop = now.offsetTop - list.offsetTop - list.clientHeight / 2;
    }
  });
}
