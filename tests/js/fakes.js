/** Stand-ins for what tests cannot wait for, or what only a browser has. */
import { mock } from "node:test";

/** Lets everything run that waits for promises only. */
export async function settled() {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** A clock that stands still until it is moved, and dice that fall as said. */
export function useFakeTime() {
  const time = {
    mock,
    random: 0.5,
    /** @param {number} ms */
    pass: (ms) => mock.timers.tick(ms),
    /** Like `pass`, with time for promises at every step. */
    async walk(ms, step = 50) {
      for (let gone = 0; gone < ms; gone += step) {
        mock.timers.tick(Math.min(step, ms - gone));
        await settled();
      }
    },
    reset() {
      mock.timers.reset();
      mock.restoreAll();
    },
  };
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: 1_000_000 });
  mock.method(Math, "random", () => time.random);
  return time;
}
