// @ts-check
/** The script of the pages where a stranger has one thing to do, and of pages in a frame of another site. */
import * as keeping from "./shared/keeping.js";
import * as notices from "./shared/notices.js";
import { fill } from "./shared/page.js";
import * as times from "./shared/times.js";

/**
 * <button data-wait="23" data-words="Send again in {seconds} s">Send again</button>: counts down and can be
 * pressed when the time has come. The server keeps the same rule without this.
 * @param {HTMLButtonElement} button
 */
function wait(button) {
  const words = button.textContent;
  const end = performance.now() + Number(button.dataset.wait) * 1000;
  const tick = () => {
    const seconds = Math.ceil((end - performance.now()) / 1000);
    button.disabled = seconds > 0;
    button.textContent = seconds > 0 ? fill(button.dataset.words ?? "", { seconds }) : words;
    if (seconds > 0) setTimeout(tick, 1000);
  };
  tick();
}

notices.start();
times.start();
keeping.start();
if (document.querySelector(".invalid-feedback"))
  import("./shared/typed.js").then(({ forgetErrors }) => forgetErrors());
/** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("button[data-wait]")).forEach(wait);
