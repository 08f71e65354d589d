/** The list behind an upload is asked for again when the line is back, and says once that it is away. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { settled, useFakeTime } from "./fakes.js";

let time;
let isThere;
let heads;

beforeEach(() => {
  time = useFakeTime();
  [isThere, heads] = [false, 0];
  globalThis.addEventListener = () => {};
  globalThis.location = { href: "https://foyer.example/media/" };
  globalThis.fetch = async (_address, { method }) => {
    assert.equal(method, "HEAD");
    heads += 1;
    if (!isThere) throw new TypeError("away");
  };
});
afterEach(() => time.reset());

test("as long as the line is away, the list is not asked for again, and nothing is said", async () => {
  const { afterTheLine } = await import("../../static/js/host/queue.js");
  let asked = 0;
  let isDone = false;
  afterTheLine(async () => {
    asked += 1;
    if (!isThere) throw new Error("away");
  }).then(() => {
    isDone = true;
  });
  await settled();
  await time.walk(200_000, 1000);
  assert.equal(asked, 1);
  assert.ok(heads > 3);
  isThere = true;
  await time.walk(60_000, 1000);
  assert.equal(asked, 2);
  assert.ok(isDone);
});
