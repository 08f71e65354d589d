/** The pieces of a broadcast: in order, each until it is taken, and an end where nothing can be mended. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Run } from "../../static/js/broadcast/run.js";
import { settled } from "./fakes.js";

let posted;
let log;
let rests;
let waiting;
let run;

const piece = (text = "x") => new Blob([text]);
const taken = { ok: true, status: 204, json: async () => ({}) };
const refusal = (status, why) => ({ ok: false, status, json: async () => ({ why }) });

/** The site's next answer; an Error: no connection. */
async function answers(answer) {
  const { resolve, reject } = waiting.shift();
  if (answer instanceof Error) reject(answer);
  else resolve(answer);
  await settled();
}

beforeEach(() => {
  posted = [];
  log = [];
  rests = [];
  waiting = [];
  run = new Run({
    post(number, sent) {
      posted.push([number, sent]);
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    rest: async (ms) => void rests.push(ms),
    sent: (left) => log.push(`sent, ${left} left`),
    away: () => log.push("away"),
    outrun: () => log.push("outrun"),
    refused: (why) => log.push(`refused: ${why}`),
  });
});

test("a piece goes when the one before is on the server's disk, and not sooner", async () => {
  const pieces = [piece("a"), piece("b"), piece("c")];
  for (const one of pieces) run.add(one);
  await settled();
  assert.deepEqual(posted, [[0, pieces[0]]]);
  await answers(taken);
  await answers(taken);
  assert.deepEqual(
    posted,
    pieces.map((one, number) => [number, one]),
  ); // prettier-ignore
  await answers(taken);
  assert.deepEqual(log, ["sent, 2 left", "sent, 1 left", "sent, 0 left"]);
});

test("without a connection the same piece goes again, ever more slowly up to eight seconds", async () => {
  run.add(piece());
  await settled();
  for (let tries = 0; tries < 6; tries += 1) await answers(tries % 2 ? refusal(503) : new TypeError("away"));
  assert.deepEqual(rests, [1000, 2000, 4000, 8000, 8000, 8000]);
  assert.ok(posted.every(([number]) => number === 0));
  await answers(taken);
  assert.deepEqual(log.slice(-2), ["away", "sent, 0 left"]);
});

test("too many requests is a reason to wait, not to end", async () => {
  run.add(piece());
  await settled();
  await answers(refusal(429));
  assert.equal(run.isEnded, false);
  assert.deepEqual(rests, [1000]);
});

test("after a success the pauses begin anew", async () => {
  run.add(piece());
  run.add(piece());
  await settled();
  await answers(new TypeError("away"));
  await answers(taken);
  await answers(new TypeError("away"));
  assert.deepEqual(rests, [1000, 1000]);
});

test("a gap begins a new run", async () => {
  run.add(piece());
  await settled();
  await answers(refusal(409, "gap"));
  assert.deepEqual(log, ["outrun"]);
  assert.equal(run.isEnded, true);
});

for (const [status, why, said] of [
  [409, "not-taken", "not-taken"],
  [409, "no-room", "no-room"],
  [409, "over", "stopped"],
  [403, undefined, "stopped"],
  [404, undefined, "stopped"],
]) {
  test(`${status} ${why ?? ""} ends the run for good`, async () => {
    run.add(piece());
    run.add(piece());
    await settled();
    await answers(refusal(status, why));
    assert.deepEqual(log, [`refused: ${said}`]);
    assert.equal(posted.length, 1);
  });
}

test("what waits for more than a minute is given up for the present", async () => {
  for (let second = 0; second < 60; second += 1) run.add(piece());
  assert.deepEqual(log, []);
  run.add(piece());
  assert.deepEqual(log, ["outrun"]);
  assert.equal(run.isEnded, true);
});

test("an ended run sends nothing, takes nothing and says nothing", async () => {
  run.add(piece());
  run.add(piece());
  await settled();
  run.end();
  await answers(taken);
  run.add(piece());
  await settled();
  assert.equal(posted.length, 1);
  assert.deepEqual(log, []);
});

test("an empty piece is none", async () => {
  run.add(piece(""));
  await settled();
  assert.deepEqual(posted, []);
});

test("draining waits for the last piece", async () => {
  // The piece comes in the same moment as the one before it was taken.
  let isDrained = false;
  const slow = new Run({
    post: () => new Promise((resolve) => waiting.push({ resolve })),
    rest: () => new Promise(() => {}),
    sent: () => {},
    away: () => {},
    outrun: () => {},
    refused: () => {},
  });
  slow.add(piece());
  await settled();
  waiting.shift().resolve(taken);
  slow.add(piece());
  slow.drain(4000).then(() => {
    isDrained = true;
  });
  await settled();
  assert.equal(isDrained, false);
  await answers(taken);
  assert.equal(isDrained, true);
});

test("draining does not wait for ever", async () => {
  run.add(piece());
  await run.drain(4000);
  assert.deepEqual(rests, [4000]);
});
