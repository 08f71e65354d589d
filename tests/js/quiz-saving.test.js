import assert from "node:assert/strict";
import { test } from "node:test";
import { Saving } from "../../static/js/quiz/saving.js";

/** What is sent waits until the test says how it came out. */
function site() {
  const sent = new Map();
  const told = [];
  const saving = new Saving({
    send: (question) => new Promise((resolve) => sent.set(question, resolve)),
    tell: (state, at) => told.push(at ? `${state} ${at}` : state),
  });
  return { saving, sent, told };
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 5));

test("a page that comes back says that all is saved", async () => {
  const { saving, sent, told } = site();
  saving.change("one", 60_000);
  saving.change("two", 60_000);
  const left = saving.leave();
  assert.deepEqual([...sent.keys()], ["one", "two"]);
  sent.get("two")({ kind: "saved", at: "10:00" });
  sent.get("one")({ kind: "saved", at: "10:01" });
  await left;
  assert.deepEqual(told, ["saved 10:01"]);
  assert.equal(saving.isClean, true);
});

test("what was sent as the page was left is not saved before the site says so", async () => {
  const { saving, sent } = site();
  saving.change("one", 60_000);
  const left = saving.leave();
  assert.equal(saving.isClean, false);
  assert.equal(saving.isWaiting("one"), true);
  const flushed = saving.flush();
  let isThrough = false;
  flushed.then(() => {
    isThrough = true;
  });
  await soon();
  assert.equal(isThrough, false, "a hand in waits for it");
  sent.get("one")({ kind: "saved", at: "10:00" });
  await left;
  assert.equal(await flushed, true);
  assert.equal(saving.isWaiting("one"), false);
});

test("what did not arrive waits again, and nothing says that it is saved", async () => {
  const { saving, sent, told } = site();
  saving.change("one", 60_000);
  const left = saving.leave();
  sent.get("one")({ kind: "offline" });
  await left;
  assert.deepEqual(told, []);
  assert.equal(saving.isWaiting("one"), true);
  saving.end();
});
