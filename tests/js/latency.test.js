import assert from "node:assert/strict";
import { test } from "node:test";
import { Latency } from "../../static/js/broadcast/latency.js";

test("while the picture goes on, it is what the player says", () => {
  const behind = new Latency();
  assert.equal(behind.seconds(10, 4, 0), 4);
  assert.equal(behind.seconds(11, 4, 1000), 4);
});

test("while the picture stands still, each second is one more, though the player says nothing new", () => {
  const behind = new Latency();
  behind.seconds(10, 4, 0);
  assert.equal(behind.seconds(10, 4, 5000), 9);
  assert.equal(behind.seconds(10, 4, 20_000), 24);
});

test("once it moves again it is what the player says again", () => {
  const behind = new Latency();
  behind.seconds(10, 4, 0);
  behind.seconds(10, 4, 9000);
  assert.equal(behind.seconds(19, 5, 10_000), 5);
});
