/** What a live page asks for again because the site did not answer. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Repeats } from "../../static/js/live/fragments.js";
import { useFakeTime } from "./fakes.js";

let time;
let asked;
let repeats;

beforeEach(() => {
  time = useFakeTime();
  time.random = 0.5;
  asked = [];
  repeats = new Repeats((id) => asked.push(id));
});

afterEach(() => time.reset());

test("what failed is asked for again, after ever longer pauses, until it is answered", () => {
  repeats.failed("chat-refresh");
  time.pass(1999);
  assert.deepEqual(asked, []);
  time.pass(1);
  assert.deepEqual(asked, ["chat-refresh"]);
  repeats.failed("chat-refresh");
  time.pass(3999);
  assert.equal(asked.length, 1);
  time.pass(1);
  assert.equal(asked.length, 2);
  repeats.failed("chat-refresh");
  repeats.answered("chat-refresh");
  time.pass(60_000);
  assert.equal(asked.length, 2);
  repeats.failed("chat-refresh");
  time.pass(2000);
  assert.equal(asked.length, 3, "and then from the shortest pause");
});

test("however often it fails, it is asked for twice a minute", () => {
  for (let times = 0; times < 20; times += 1) repeats.failed("chat-refresh");
  time.pass(30_000);
  assert.deepEqual(asked, ["chat-refresh"]);
});

test("a full house spreads it as widely as it spreads its asking", () => {
  repeats.failed("chat-refresh", 9000);
  time.pass(8999);
  assert.deepEqual(asked, []);
  time.pass(1);
  assert.deepEqual(asked, ["chat-refresh"]);
});

test("with a network again it is asked for soon, once", () => {
  for (let times = 0; times < 9; times += 1) repeats.failed("chat-refresh");
  repeats.cameOnline();
  time.pass(500);
  assert.deepEqual(asked, ["chat-refresh"]);
  time.pass(60_000);
  assert.equal(asked.length, 1);
});
