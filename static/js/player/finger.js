// @ts-check
/** After a tap a browser says that the mouse has left, upon which media-chrome hides the row of buttons it just showed. */

/** @param {HTMLElement} controller what it shows for a finger stays its time */
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
