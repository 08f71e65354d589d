/** How good a line is, and whose fault it is. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { countsIn, isOwnLinePoor, qualityOf } from "../../static/js/stage/line.js";

const counts = (more = {}) => ({ received: 0, lost: 0, lostByThem: null, roundTrip: null, ...more });
const GOOD = { theirs: "good", ours: "good" };

test("what a connection counts is read from all its streams", () => {
  const read = countsIn([
    { type: "inbound-rtp", packetsReceived: 100, packetsLost: 3 },
    { type: "inbound-rtp", packetsReceived: 50, packetsLost: 1 },
    { type: "remote-inbound-rtp", fractionLost: 0.02 },
    { type: "remote-inbound-rtp", fractionLost: 0.2 },
    { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.04 },
    { type: "candidate-pair", nominated: false, currentRoundTripTime: 9 },
    { type: "codec" },
  ]);
  assert.deepEqual(read, { received: 150, lost: 4, lostByThem: 0.2, roundTrip: 0.04 });
});

test("a connection that counts nothing yet is good", () => {
  assert.deepEqual(qualityOf(null, countsIn([])), GOOD);
});

test("what was lost before is over", () => {
  const before = counts({ received: 100, lost: 90 });
  assert.deepEqual(qualityOf(before, counts({ received: 300, lost: 90 })), GOOD);
});

test("lost packets are theirs, what they say is lost is ours", () => {
  const before = counts({ received: 100 });
  assert.deepEqual(qualityOf(before, counts({ received: 190, lost: 10 })), { theirs: "poor", ours: "good" });
  assert.deepEqual(qualityOf(before, counts({ received: 200, lostByThem: 0.1 })), {
    theirs: "good",
    ours: "poor",
  });
});

test("a few packets say nothing", () => {
  assert.deepEqual(qualityOf(counts(), counts({ received: 9, lost: 9 })), GOOD);
});

test("a long way is poor in both directions", () => {
  assert.deepEqual(qualityOf(null, counts({ roundTrip: 0.7 })), { theirs: "poor", ours: "poor" });
});

test("a loss that is counted back is none", () => {
  assert.deepEqual(qualityOf(counts({ received: 10, lost: 5 }), counts({ received: 200, lost: 2 })), GOOD);
});

test("our own line is poor when most get us badly, or we get most badly", () => {
  const [fine, getUsBadly, weGetBadly] = [
    GOOD,
    { theirs: "good", ours: "poor" },
    { theirs: "poor", ours: "good" },
  ];
  assert.equal(isOwnLinePoor([]), false);
  assert.equal(isOwnLinePoor([getUsBadly]), true);
  assert.equal(isOwnLinePoor([weGetBadly]), false, "it may as well be theirs");
  assert.equal(isOwnLinePoor([weGetBadly, weGetBadly, fine]), true);
  assert.equal(isOwnLinePoor([getUsBadly, fine]), false);
});
