// @ts-check
/** What comes from the site while something is being pressed would move it away: then the press is lost. */

// What opens a menu of the browser need not tell of its end.
const PRESSED = "button, label, a, summary, input:not([type=file]), textarea";
const LONGEST_PRESS_MS = 2000;

/** @type {(() => void)[]} */
let waiting = [];
/** @type {ReturnType<typeof setTimeout> | undefined} */
let ends;

function end() {
  clearTimeout(ends);
  ends = undefined;
  const acts = waiting;
  waiting = [];
  for (const act of acts) act();
}

export const isPressed = () => ends !== undefined;

/** Now, or once what is pressed has been released. @param {() => void} act */
export function afterPress(act) {
  if (!isPressed()) act();
  else waiting.push(act);
}

globalThis.document?.addEventListener(
  "pointerdown",
  ({ target }) => {
    if (!(target instanceof Element) || !target.closest(PRESSED)) return;
    clearTimeout(ends);
    ends = setTimeout(end, LONGEST_PRESS_MS);
  },
  true,
);
// The click comes in the same turn, after this.
for (const name of ["pointerup", "pointercancel"])
  globalThis.document?.addEventListener(name, () => isPressed() && setTimeout(end), true);
