/** Answers on their way: each is sent, none twice at once, and none is given up. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Saving } from "../../static/js/quiz/saving.js";
import { Timer } from "../../static/js/quiz/timer.js";
import { settled, useFakeTime } from "./fakes.js";

const SAVED = { kind: "saved", at: "14:02" };

let time;
let sent;
let told;
let answer;

beforeEach(() => {
  time = useFakeTime();
  [sent, told] = [[], []];
  answer = async () => SAVED;
});
afterEach(() => time.reset());

const saving = () =>
  new Saving({
    send: (question) => {
      sent.push(question);
      return answer(question);
    },
    tell: (state, at) => told.push(at ? `${state} ${at}` : state),
    now: () => Date.now(),
  });

test("what changes is sent at once, and said", async () => {
  const one = saving();
  one.change("q1");
  assert.equal(one.isClean, false);
  await time.walk(10);
  assert.deepEqual(sent, ["q1"]);
  assert.deepEqual(told, ["saving", "saved 14:02"]);
  assert.equal(one.isClean, true);
});

test("typing is sent every so often, also when it does not stop", async () => {
  const one = saving();
  for (let letter = 0; letter < 20; letter += 1) {
    one.change("q1", 800);
    await time.walk(100);
  }
  assert.equal(sent.length, 2);
});

test("one after the other, and what changes meanwhile once more", async () => {
  const waiting = [];
  answer = () => new Promise((resolve) => waiting.push(() => resolve(SAVED)));
  const one = saving();
  one.change("q1");
  one.change("q2");
  await time.walk(10);
  assert.deepEqual(sent, ["q1"]);
  one.change("q1");
  for (let turn = 0; turn < 3; turn += 1) {
    waiting[turn]();
    await settled();
  }
  assert.deepEqual(sent, ["q1", "q2", "q1"]);
  assert.equal(one.isClean, true);
});

test("without a line it is tried again after growing pauses, and at once when asked", async () => {
  answer = async () => ({ kind: "offline" });
  const one = saving();
  one.change("q1");
  await time.walk(60_000, 250);
  assert.ok(sent.length >= 4 && sent.length <= 7, `${sent.length}`);
  assert.equal(told.at(-1), "offline");
  assert.equal(one.isClean, false);
  answer = async () => SAVED;
  assert.equal(await one.flush(), true);
  assert.equal(told.at(-1), "saved 14:02");
});

test("what is refused waits for its next change and does not hold up the others", async () => {
  answer = async (question) => (question === "q1" ? { kind: "refused" } : SAVED);
  const one = saving();
  one.change("q1");
  one.change("q2");
  await time.walk(10);
  assert.deepEqual(sent, ["q1", "q2"]);
  assert.equal(one.isClean, true);
});

test("when the page is left all that waits is sent at once", async () => {
  let answered;
  answer = () => new Promise((resolve) => (answered = resolve));
  const one = saving();
  one.change("q1");
  await time.walk(10);
  one.change("q2", 800);
  one.change("q3", 800);
  answer = async () => ({ kind: "failed" });
  one.leave();
  assert.deepEqual(sent, ["q1", "q2", "q3"]);
  answer = async () => SAVED;
  answered(SAVED);
  await time.walk(5000); // the page was not left after all
  assert.deepEqual(sent.slice(3).sort(), ["q2", "q3"]);
  assert.equal(one.isClean, true);
});

test("whoever may not go on is not told that waiting helps", async () => {
  for (const kind of ["signedOut", "noAccess", "interrupted"]) {
    answer = async () => ({ kind });
    const one = saving();
    one.change("q1");
    await time.walk(10);
    assert.equal(one.mayComeBack, false, kind);
    answer = async () => ({ kind: "failed" });
    await one.flush();
    assert.equal(one.mayComeBack, true);
    one.end();
  }
});

test("when the attempt is over nothing is sent any more", async () => {
  answer = async () => ({ kind: "over" });
  const one = saving();
  one.change("q1");
  one.change("q2");
  await time.walk(10);
  one.change("q3");
  await time.walk(1000);
  assert.deepEqual(sent, ["q1"]);
});

test("the time counts from what the server said, and each warning comes once", () => {
  let now = 1000;
  const timer = new Timer(302, { at: 500, now: () => now });
  assert.equal(timer.left, 302);
  assert.equal(timer.due, undefined);
  now += 2000;
  assert.equal(timer.due, 300);
  assert.equal(timer.due, undefined);
  timer.set(299); // as counted here
  assert.equal(timer.left, 300);
  timer.set(600); // the host has given more time
  assert.equal(timer.left, 600);
  now += 541_000;
  assert.equal(timer.due, 60);
  now += 100_000;
  assert.equal(timer.left, 0);
});

test("whoever begins with less than a warning is not warned of it", () => {
  const timer = new Timer(50, { now: () => 0 });
  assert.equal(timer.due, undefined);
});
