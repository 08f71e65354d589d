/** What browsers say to each other by way of the site: in order, heard once, and only from a seat that is held. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { settled } from "./fakes.js";
import { useFakeBrowser } from "./rtc.js";

useFakeBrowser();
const { Signals } = await import("../../static/js/stage/mesh.js");

const csrf = JSON.stringify({ "X-CSRFToken": "token" });
let requests;
let heard;
let refusals;
let clock;
let signals;
let realNow;

/** The site's answer to the oldest request that has none. */
async function answers({ status = 204, signals: waiting = [] } = {}) {
  const request = requests.find((one) => !one.isAnswered);
  request.isAnswered = true;
  request.resolve({ ok: status < 300, status, json: async () => ({ signals: waiting }) });
  await settled();
}

beforeEach(() => {
  requests = [];
  heard = [];
  refusals = 0;
  clock = 0;
  globalThis.document = { body: { getAttribute: () => csrf } };
  globalThis.fetch = (address, options) =>
    new Promise((resolve, reject) => requests.push({ address, options, resolve, reject }));
  realNow = performance.now;
  performance.now = () => clock;
  signals = new Signals(
    "/signal/",
    (signal) => heard.push(signal.id),
    () => {
      refusals += 1;
    },
  );
});

afterEach(() => {
  performance.now = realNow;
  delete globalThis.document;
});

const bodies = () => requests.map(({ options }) => Object.fromEntries(options.body));

test("an answer never overtakes its offer, and another seat does not wait for either", async () => {
  signals.hold(3);
  signals.say(7, "offer", { sdp: "o" });
  signals.say(7, "candidates", { candidates: [] });
  signals.say(8, "offer", { sdp: "p" });
  await settled();
  assert.deepEqual(
    bodies().map(({ seat, to, kind }) => [seat, to, kind]),
    [
      ["3", "7", "offer"],
      ["3", "8", "offer"],
    ],
  );
  assert.equal(requests[0].options.headers["X-CSRFToken"], "token");
  await answers();
  assert.equal(bodies().at(-1).kind, "candidates");
});

test("from no seat, from a seat given up, and on the way to another one, nothing is said", async () => {
  assert.equal(await signals.say(7, "again", {}), false);
  signals.hold(3);
  const late = signals.say(7, "again", {});
  signals.hold(4);
  assert.equal(await late, false);
  signals.pause(true);
  assert.equal(await signals.say(7, "again", {}), false);
  assert.equal(requests.length, 0);
  signals.hold(5);
  signals.say(7, "again", {});
  await settled();
  assert.equal(requests.length, 1, "the new seat speaks");
});

test("the site's no means that the seat is gone; no connection means nothing", async () => {
  signals.hold(3);
  const said = signals.say(7, "again", {});
  await settled();
  await answers({ status: 403 });
  assert.equal(await said, false);
  assert.equal(refusals, 1);
  const lost = signals.say(7, "again", {});
  await settled();
  requests.at(-1).reject(new TypeError("offline"));
  assert.equal(await lost, false);
  assert.equal(refusals, 1);
});

test("what was read lately is read again and heard once: a smaller number may come after a larger", async () => {
  signals.hold(3);
  signals.read();
  await settled();
  assert.equal(requests[0].address, "/signal/?seat=3&after=0");
  await answers({ status: 200, signals: [{ id: 12, from: 7 }] });
  clock = 9_000;
  signals.read();
  await settled();
  assert.equal(requests[1].address, "/signal/?seat=3&after=0");
  await answers({
    status: 200,
    signals: [
      { id: 11, from: 8 },
      { id: 12, from: 7 },
    ],
  }); // prettier-ignore
  assert.deepEqual(heard, [12, 11]);
  clock = 10_001;
  signals.read();
  await settled();
  assert.equal(requests[2].address, "/signal/?seat=3&after=12");
});

test("many words that there is something are one more look, after the one under way", async () => {
  signals.hold(3);
  signals.read();
  signals.read();
  signals.read();
  await settled();
  assert.equal(requests.length, 1);
  await answers({ status: 200 });
  assert.equal(requests.length, 2);
  await answers({ status: 200 });
  assert.equal(requests.length, 2);
});

test("what was meant for the seat before is not heard by the next", async () => {
  signals.hold(3);
  signals.read();
  await settled();
  signals.hold(4);
  await answers({ status: 200, signals: [{ id: 5, from: 7 }] });
  assert.deepEqual(heard, []);
});
