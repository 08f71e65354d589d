/** Whether a browser mixes sound: waited for, but not for long. */
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { isRunning } from "../../static/js/shared/sound.js";
import { settled } from "./fakes.js";

/** @param {(self: { state: string }) => Promise<void>} resume */
const context = (state, resume) => ({
  state,
  resume() {
    return resume(this);
  },
});

test("one that runs is not woken", async () => {
  const asleep = () => assert.fail("woken");
  assert.equal(await isRunning(context("running", asleep)), true);
});

test("one that wakes runs", async () => {
  const wakes = async (self) => {
    self.state = "running";
  };
  assert.equal(await isRunning(context("suspended", wakes)), true);
});

test("one that never wakes is given up after a second, and one that refuses at once", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const never = isRunning(context("suspended", () => new Promise(() => {})));
  let said;
  never.then((runs) => {
    said = runs;
  });
  mock.timers.tick(900);
  await settled();
  assert.equal(said, undefined);
  mock.timers.tick(200);
  assert.equal(await never, false);
  const refuses = () => Promise.reject(new Error("no"));
  assert.equal(await isRunning(context("suspended", refuses)), false);
  mock.timers.reset();
});
