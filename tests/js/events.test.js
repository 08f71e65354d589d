/** The event stream of a live page: what it passes on, and how it comes back. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { EventStream, FactRelay } from "../../static/js/live/events.js";
import { settled, useFakeTime } from "./fakes.js";

const KINDS = { states: ["session", "qna"], moments: ["signal", "reaction"] };

class FakeSource extends EventTarget {
  CLOSED = 2;
  readyState = 0;
  isClosed = false;
  #said = 0;

  close() {
    this.isClosed = true;
  }

  fails({ isRefused = false } = {}) {
    this.readyState = isRefused ? this.CLOSED : 0;
    this.dispatchEvent(new Event("error"));
  }

  opens() {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }

  says(kind, fact = {}, number = `fact ${this.#said}`) {
    this.#said += 1;
    this.dispatchEvent(new MessageEvent(kind, { data: JSON.stringify(fact), lastEventId: number }));
  }
}

let time;
let passed;
let relay;

/** A page whose streams are kept in `sources`; the site answers beats with `found`. */
function page({ found = "here" } = {}) {
  const made = { sources: [], shown: [], beats: 0, found };
  made.stream = new EventStream(
    {
      open: () => made.sources[made.sources.push(new FakeSource()) - 1],
      async beat() {
        made.beats += 1;
        return made.found;
      },
      show: (how) => made.shown.push(how),
    },
    relay,
    KINDS,
  );
  made.stream.start();
  return made;
}

const kinds = () => passed.map(([kind]) => kind);

beforeEach(() => {
  time = useFakeTime();
  passed = [];
  relay = new FactRelay((kind, detail) => passed.push([kind, detail]));
});

afterEach(() => time.reset());

test("many facts of one kind within the spread are asked for once", () => {
  time.random = 0.5;
  relay.tell("qna", { w: 1000 });
  relay.tell("qna", { w: 1000 });
  relay.tell("polls", { w: 1000 });
  time.pass(499);
  assert.deepEqual(kinds(), []);
  time.pass(1);
  assert.deepEqual(kinds(), ["qna", "polls"]);
  relay.tell("qna", {});
  time.pass(0);
  assert.deepEqual(kinds(), ["qna", "polls", "qna"]);
});

test("news among what may have been missed is news", () => {
  relay.tell("qna", { w: 1000, again: true });
  relay.tell("qna", { w: 1000 });
  relay.tell("qna", { w: 1000, again: true });
  time.pass(1000);
  assert.equal(passed.length, 1);
  assert.equal(passed[0][1].again, false);
});

test("a moment is passed on at once and each by itself", () => {
  const { sources } = page();
  sources[0].opens();
  sources[0].says("reaction", { of: "clap", w: 5000 });
  sources[0].says("reaction", { of: "clap", w: 5000 });
  assert.deepEqual(kinds(), ["reaction", "reaction"]);
});

test("what two streams bring while one takes over is heard once", async () => {
  time.random = 0;
  const { sources } = page();
  sources[0].opens();
  time.pass(40_000); // the next ticket
  await settled();
  assert.equal(sources.length, 2);
  assert.equal(sources[0].isClosed, false, "the old one is heard until the new one is open");
  sources[0].says("reaction", {}, "7");
  sources[1].says("reaction", {}, "7");
  sources[1].opens();
  assert.equal(sources[0].isClosed, true);
  assert.deepEqual(kinds(), ["reaction"]);
});

test("the pause before the next try doubles, up to eight seconds, and no two pages keep step", async () => {
  time.random = 0.5; // the middle of the spread: the pause itself
  const { sources, beats } = page();
  assert.equal(beats, 0);
  for (const pause of [1000, 2000, 4000, 8000, 8000]) {
    const tries = sources.length;
    sources.at(-1).fails();
    time.pass(pause - 1);
    await settled();
    assert.equal(sources.length, tries, `not before ${pause} ms`);
    time.pass(1);
    await settled();
    assert.equal(sources.length, tries + 1, `after ${pause} ms`);
  }
  time.random = 0;
  sources.at(-1).fails();
  time.pass(4000);
  await settled();
  assert.equal(sources.length, 7, "half of it, for another page");
});

test("a full house pauses longer: sixteen seconds when its asking is spread over eight", async () => {
  time.random = 0.5;
  const { sources } = page();
  sources[0].opens();
  sources[0].says("session", { w: 8000 });
  for (const pause of [1000, 2000, 4000, 8000, 16_000, 16_000]) {
    const tries = sources.length;
    sources.at(-1).fails();
    time.pass(pause - 1);
    await settled();
    assert.equal(sources.length, tries);
    time.pass(1);
    await settled();
    assert.equal(sources.length, tries + 1);
  }
});

test("after twenty good seconds the next loss begins with the shortest pause again", async () => {
  time.random = 0.5;
  const { sources } = page();
  for (const pause of [1000, 2000]) {
    sources.at(-1).fails();
    time.pass(pause);
    await settled();
  }
  sources.at(-1).opens();
  time.pass(20_000);
  const tries = sources.length;
  sources.at(-1).fails();
  time.pass(1000);
  await settled();
  assert.equal(sources.length, tries + 1);
});

test("a short loss says nothing to the site; a stream it refused asks for a new ticket first", async () => {
  time.random = 0.5;
  const made = page();
  made.sources[0].fails();
  time.pass(1000);
  await settled();
  assert.equal(made.beats, 0);
  made.sources[1].fails({ isRefused: true });
  time.pass(2000);
  await settled();
  assert.equal(made.beats, 1);
  assert.equal(made.sources.length, 3);
});

test("what may have been missed while away is asked for, and is no news", async () => {
  time.random = 0.5;
  const { sources } = page();
  sources[0].opens();
  sources[0].fails();
  time.pass(1000);
  await settled();
  sources[1].opens();
  time.pass(1000);
  assert.deepEqual(kinds(), ["session", "qna"]);
  assert.ok(passed.every(([, detail]) => detail.again));
});

test("with the site there and no stream, the clock asks for every state each five seconds", async () => {
  time.random = 0.5;
  const made = page();
  for (let tries = 0; tries < 4; tries += 1) {
    made.sources.at(-1).fails({ isRefused: true });
    time.pass(1000 * 2 ** tries);
    await settled();
  }
  assert.equal(made.shown.at(-1), "polling");
  passed.length = 0;
  time.pass(5000 + 1000);
  assert.deepEqual(kinds(), ["session", "qna"]);
  made.sources.at(-1).opens();
  assert.equal(made.shown.at(-1), "streaming");
  time.pass(2000);
  passed.length = 0;
  time.pass(10_000);
  assert.deepEqual(kinds(), [], "a stream ends the polling");
});

test("without a way to the site the reader is told, and nobody polls", async () => {
  time.random = 0.5;
  const made = page({ found: "away" });
  made.sources[0].fails({ isRefused: true });
  time.pass(1000);
  await settled();
  assert.equal(made.shown.at(-1), "lost");
  passed.length = 0;
  time.pass(1500);
  assert.deepEqual(kinds(), []);
});

test("once the right to hear is over nothing is tried any more", async () => {
  time.random = 0.5;
  const made = page({ found: "over" });
  made.sources[0].opens();
  made.sources[0].dispatchEvent(new Event("closed"));
  time.pass(1000);
  await settled();
  assert.equal(made.beats, 1);
  made.stream.cameOnline();
  time.pass(200_000);
  await settled();
  assert.equal(made.sources.length, 1);
  assert.equal(made.beats, 1);
});

test("a page whose person has too many windows polls", () => {
  const made = page();
  made.sources[0].opens();
  made.sources[0].dispatchEvent(new Event("crowded"));
  assert.equal(made.sources[0].isClosed, true);
  assert.equal(made.shown.at(-1), "polling");
});

test("rights that have changed bring a new ticket and a stream by it", async () => {
  time.random = 0.5;
  const made = page();
  made.sources[0].opens();
  made.sources[0].says("rights", { w: 200 });
  time.pass(100);
  await settled();
  assert.equal(made.beats, 1);
  assert.equal(made.sources.length, 2);
});

test("a network that is back is used at once", async () => {
  const made = page();
  made.sources[0].fails();
  made.stream.cameOnline();
  await settled();
  assert.equal(made.sources.length, 2);
});
