import assert from "node:assert/strict";
import { test } from "node:test";
import { nextGate } from "../../static/js/quiz/gates.js";

const gates = [
  { at: 20_000, of: "a" },
  { at: 30_000, of: "b" },
];

test("the film waits at the first question that it has come to", () => {
  assert.equal(nextGate(gates, new Set(), 0, 19_999), undefined);
  assert.equal(nextGate(gates, new Set(), 19_900, 20_100)?.of, "a");
  assert.equal(nextGate(gates, new Set(), 0, 31_000)?.of, "a");
});

test("what was passed does not stop it again", () => {
  assert.equal(nextGate(gates, new Set(["a"]), 19_900, 20_100), undefined);
  assert.equal(nextGate(gates, new Set(["a"]), 20_100, 30_000)?.of, "b");
});

test("who comes back later is not stopped where they were before", () => {
  assert.equal(nextGate(gates, new Set(), 25_000, 25_200), undefined);
});
