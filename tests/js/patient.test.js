/** How often a page asks what has become of what waits on it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Patience } from "../../static/js/host/patient.js";

/** The seconds at which it asks, looked at every two. */
function askedAt(patience, { from = 0, until }) {
  const asked = [];
  for (let second = from; second <= until; second += 2) {
    if (!patience.isOver(second * 1000)) continue;
    patience.asks(second * 1000, 2);
    asked.push(second);
  }
  return asked;
}

test("it asks at once, then ever more seldom, and once a minute in the end", () => {
  const asked = askedAt(new Patience(), { until: 3600 });
  const pauses = asked.slice(1).map((second, n) => second - asked[n]);
  assert.deepEqual(asked.slice(0, 5), [0, 2, 6, 12, 20]);
  assert.deepEqual(
    pauses,
    [...pauses].sort((one, other) => one - other),
  );
  assert.equal(pauses.at(-1), 60);
  assert.ok(asked.length < 70);
});

test("once something has happened it asks as often as at first", () => {
  const patience = new Patience();
  askedAt(patience, { until: 600 });
  patience.hears(1);
  assert.deepEqual(askedAt(patience, { from: 602, until: 610 }), [602, 604, 608]);
});

test("an answer after which as many wait as before is no news", () => {
  const patience = new Patience();
  askedAt(patience, { until: 600 });
  patience.hears(2);
  assert.deepEqual(askedAt(patience, { from: 602, until: 610 }), []);
});
