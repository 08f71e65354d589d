// @ts-check
/** Whether this browser mixes sound just now. Without a sound output, or a click yet, some never begin to. */

const BEGINS_MS = 1000;

/**
 * Wakes it and waits, but not for long.
 * @param {AudioContext} context
 */
export async function isRunning(context) {
  // Asked anew each time: while one waits, it becomes another.
  const runs = () => /** @type {string} */ (context.state) === "running";
  if (!runs()) {
    const late = new Promise((done) => setTimeout(done, BEGINS_MS));
    await Promise.race([context.resume(), late]).catch(() => {});
  }
  return runs();
}
