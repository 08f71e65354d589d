/** The server's clock, whatever the reader's own says. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { ServerClock } from "../../static/js/shared/clock.js";
import { settled, useFakeTime } from "./fakes.js";

const MADE = Date.parse("2026-11-28T12:00:00Z");

let time;
let steadyAt;
let asked;
let answer;

beforeEach(() => {
  time = useFakeTime(); // the reader's clock: it stands in 1970
  steadyAt = 500;
  asked = 0;
  answer = () => Promise.reject(new Error("No connection."));
});
afterEach(() => time.reset());

/** Time goes by; `reader` is what the reader's clock does meanwhile. */
function pass(ms, { reader = ms } = {}) {
  steadyAt += ms;
  time.pass(reader);
}

const clock = (of = {}) =>
  new ServerClock(MADE, {
    steady: () => steadyAt,
    ask: () => {
      asked += 1;
      return answer();
    },
    ...of,
  });

test("it starts from when the page was made and counts by the steady clock", () => {
  const server = clock({ receivedAt: 300 });
  assert.equal(server.now(), MADE + 200);
  pass(30_000);
  assert.equal(server.now(), MADE + 30_200);
  assert.equal(asked, 0);
});

for (const [what, reader] of [
  ["put forward", 60_000],
  ["put back", -60_000],
]) {
  test(`a reader's clock that is ${what} changes nothing, and the server is asked`, async () => {
    const server = clock();
    pass(1000, { reader: 1000 });
    time.mock.timers.setTime(1_001_000 + Math.max(reader, -900_000));
    assert.equal(server.now(), MADE + 1000);
    await settled();
    assert.equal(asked, 1);
    assert.equal(server.now(), MADE + 1000);
  });
}

test("after a sleep, in which the steady clock stood, the server says how late it is", async () => {
  const server = clock();
  answer = async () => MADE + 600_000;
  pass(1000, { reader: 600_000 });
  server.now();
  await settled();
  assert.equal(server.now(), MADE + 600_000);
  assert.equal(asked, 1);
});

test("a page from the browser's memory asks at once", async () => {
  answer = async () => MADE + 90_000;
  const server = clock({ stale: true });
  await settled();
  assert.equal(server.now(), MADE + 90_000);
});

test("it asks again from time to time, once at a time, and an answer that is none changes nothing", async () => {
  const server = clock();
  answer = async () => Number.NaN;
  pass(5 * 60_000 + 1);
  assert.equal(server.now(), server.now());
  await settled();
  assert.equal(asked, 1);
  assert.equal(server.now(), MADE + 5 * 60_000 + 1);
});
