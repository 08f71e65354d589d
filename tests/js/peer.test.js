/** Two browsers of the mesh: who offers, who gives way, and what happens when there is no way through. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { settled, useFakeTime } from "./fakes.js";
import { audio, FakePeerConnection, FakeStream, useFakeBrowser, video } from "./rtc.js";

useFakeBrowser();
const { Peer } = await import("../../static/js/stage/peer.js");

const NEWER = { seat: 9, kind: "stage" };
const OLDER = { seat: 4, kind: "stage" };
const WATCHER = { seat: 12, kind: "watch" };

let time;
let peers;
let warnings;

/** One side; what it says is kept in `said` and goes nowhere by itself. */
function side(mine, theirs, { ceiling = 500_000 } = {}) {
  const it = { said: [], asked: [], ceiling };
  it.peer = new Peer(mine, theirs, {
    say: (kind, payload) => it.said.push({ kind, payload: structuredClone(payload) }),
    async configure(fresh) {
      it.asked.push(fresh);
      return { iceServers: [{ urls: `turn:${it.asked.length}` }] };
    },
    outgoing: () => ({ audio, video }),
    stream: new FakeStream(),
    ceiling: () => it.ceiling,
  });
  it.kinds = () => it.said.map((one) => one.kind);
  peers.push(it.peer);
  return it;
}

/** Carries everything that has been said, until nobody says anything more. */
async function chat(one, other) {
  await settled();
  while (one.said.length + other.said.length) {
    const [mine, theirs] = [one.said.splice(0), other.said.splice(0)];
    for (const signal of mine) other.peer.hear(signal);
    for (const signal of theirs) one.peer.hear(signal);
    await settled();
  }
}

async function connected() {
  const [newer, older] = [side(NEWER, OLDER), side(OLDER, NEWER)];
  await chat(newer, older);
  const [ofNewer, ofOlder] = FakePeerConnection.all;
  ofNewer.becomes("connected");
  ofOlder.becomes("connected");
  return { newer, older, ofNewer, ofOlder };
}

beforeEach(() => {
  useFakeBrowser();
  time = useFakeTime();
  peers = [];
  warnings = [];
  time.mock.method(console, "warn", (...words) => warnings.push(words));
});

afterEach(() => {
  for (const peer of peers) peer.close();
  time.reset();
});

test("the newer of two on stage makes the first offer, and the older carries its own tracks back", async () => {
  const [newer, older] = [side(NEWER, OLDER), side(OLDER, NEWER)];
  await settled();
  assert.deepEqual(newer.kinds(), ["offer"]);
  assert.deepEqual(older.kinds(), []);
  await chat(newer, older);
  const [ofNewer, ofOlder] = FakePeerConnection.all;
  assert.equal(FakePeerConnection.all.length, 2);
  assert.equal(ofNewer.signalingState, "stable");
  assert.equal(ofOlder.signalingState, "stable");
  assert.equal(ofOlder.remoteDescription.sdp, ofNewer.localDescription.sdp);
  assert.equal(ofNewer.remoteDescription.sdp, ofOlder.localDescription.sdp);
  const carried = ofOlder.transceivers.map(({ direction, sender }) => [direction, sender.track]);
  assert.deepEqual(carried, [
    ["sendrecv", audio],
    ["sendrecv", video],
  ]);
  assert.deepEqual(warnings, []);
});

test("whoever watches never offers, even when their seat is the newer one, and sends nothing", async () => {
  const [watcher, onStage] = [side(WATCHER, OLDER), side(OLDER, WATCHER)];
  await settled();
  assert.deepEqual(watcher.kinds(), []);
  assert.deepEqual(onStage.kinds(), ["offer"]);
  await chat(onStage, watcher);
  const [ofStage, ofWatcher] = FakePeerConnection.all;
  assert.deepEqual(
    ofStage.transceivers.map((one) => one.direction),
    ["sendonly", "sendonly"],
  );
  ofWatcher.onnegotiationneeded();
  await settled();
  assert.deepEqual(watcher.kinds(), []);
  watcher.peer.send({ audio, video });
  assert.ok(ofWatcher.transceivers.every(({ sender }) => sender.track === null));
});

test("an offer of somebody who only watches is not heard", async () => {
  const onStage = side(OLDER, WATCHER);
  await settled();
  onStage.said.length = 0;
  onStage.peer.hear({ kind: "offer", payload: { link: "theirs", sdp: "evil" } });
  await settled();
  assert.deepEqual(onStage.kinds(), []);
  assert.equal(FakePeerConnection.all.length, 1);
  assert.equal(FakePeerConnection.all[0].remoteDescription, null);
});

test("when both offer at once the older gives way, and both end with the newer's offer", async () => {
  const { newer, older, ofNewer, ofOlder } = await connected();
  ofNewer.onnegotiationneeded();
  ofOlder.onnegotiationneeded();
  await settled();
  assert.deepEqual(newer.kinds(), ["offer"]);
  assert.deepEqual(older.kinds(), ["offer"]);
  const offered = newer.said[0].payload.sdp;
  await chat(newer, older);
  assert.equal(ofNewer.signalingState, "stable");
  assert.equal(ofOlder.signalingState, "stable");
  assert.equal(ofOlder.remoteDescription.sdp, offered);
  assert.equal(ofNewer.remoteDescription.type, "answer");
  assert.equal(FakePeerConnection.all.length, 2, "nobody began a new connection");
});

test("either side may offer over a connection that is there", async () => {
  const { newer, older, ofNewer, ofOlder } = await connected();
  ofOlder.onnegotiationneeded();
  await chat(newer, older);
  assert.equal(ofNewer.remoteDescription.type, "offer");
  assert.equal(ofOlder.remoteDescription.type, "answer");
});

test("candidates go out together, and those that come early wait for their description", async () => {
  const [newer, older] = [side(NEWER, OLDER), side(OLDER, NEWER)];
  await settled();
  const [ofNewer] = FakePeerConnection.all;
  ofNewer.finds({ candidate: "a" });
  ofNewer.finds({ candidate: "b" });
  time.pass(119);
  assert.deepEqual(newer.kinds(), ["offer"]);
  time.pass(1);
  assert.deepEqual(newer.kinds(), ["offer", "candidates"]);
  const [{ payload: offer }, { payload: found }] = newer.said.splice(0);
  assert.deepEqual(found.candidates, [{ candidate: "a" }, { candidate: "b" }]);

  older.peer.hear({ kind: "offer", payload: offer });
  older.peer.hear({ kind: "candidates", payload: found });
  await settled();
  assert.equal(FakePeerConnection.all[1].candidates.length, 2);

  // The answer's own come before the answer.
  newer.peer.hear({ kind: "candidates", payload: { link: offer.link, candidates: [{ candidate: "c" }] } });
  await settled();
  assert.deepEqual(ofNewer.candidates, []);
  const answer = older.said.find((one) => one.kind === "answer");
  newer.peer.hear(answer);
  await settled();
  assert.deepEqual(ofNewer.candidates, [{ candidate: "c" }]);
  assert.deepEqual(warnings, []);
});

test("what is said of an attempt that is over is not heard", async () => {
  const { newer, ofNewer } = await connected();
  newer.peer.hear({ kind: "candidates", payload: { link: "before", candidates: [{ candidate: "x" }] } });
  newer.peer.hear({ kind: "answer", payload: { link: "before", sdp: "old" } });
  newer.peer.hear({ kind: "offer", payload: { link: "before", sdp: "old" } });
  await settled();
  assert.deepEqual(ofNewer.candidates, []);
  assert.notEqual(ofNewer.remoteDescription.sdp, "old");
  assert.equal(FakePeerConnection.all.length, 2);
});

test("a broken connection gets a new way first, and then whoever leads begins a new one", async () => {
  const { newer, ofNewer } = await connected();
  ofNewer.becomes("failed");
  await settled();
  assert.equal(newer.peer.state, "lost");
  assert.equal(ofNewer.restarts, 1);
  assert.deepEqual(newer.asked, [false, true], "with credentials of now");
  assert.equal(ofNewer.configuration.iceServers[0].urls, "turn:2");
  time.pass(14_000);
  await settled();
  assert.equal(FakePeerConnection.all.length, 3);
  assert.equal(ofNewer.isClosed, true);
});

test("whoever does not lead asks the other side, and at most six times", async () => {
  const older = side(OLDER, NEWER);
  await settled();
  await time.walk(300_000, 1000);
  assert.deepEqual(older.kinds(), Array(6).fill("again"));
});

test("“disconnected” gets four seconds to mend itself", async () => {
  const { newer, ofNewer } = await connected();
  ofNewer.becomes("disconnected");
  time.pass(3999);
  assert.equal(newer.peer.state, "connected");
  ofNewer.becomes("connected");
  time.pass(20_000);
  await settled();
  assert.equal(newer.peer.state, "connected");
  assert.equal(ofNewer.restarts, 0);
});

test("asked again, whoever leads begins anew", async () => {
  const newer = side(NEWER, OLDER);
  await settled();
  newer.peer.hear({ kind: "again", payload: { link: "none" } });
  await settled();
  assert.equal(FakePeerConnection.all.length, 2);
  const [first, second] = newer.said.filter((one) => one.kind === "offer");
  assert.notEqual(first.payload.link, second.payload.link);
});

test("a side that is closed says nothing more and hears nothing", async () => {
  const { newer, ofNewer } = await connected();
  newer.said.length = 0;
  ofNewer.finds({ candidate: "late" });
  newer.peer.close();
  newer.peer.hear({ kind: "again", payload: {} });
  await time.walk(60_000, 1000);
  assert.deepEqual(newer.kinds(), []);
  assert.equal(ofNewer.isClosed, true);
  assert.equal(FakePeerConnection.all.length, 2);
});

test("another camera goes over the same connection, at its share of the uplink", async () => {
  const { newer, ofNewer } = await connected();
  newer.said.length = 0;
  const screen = { kind: "video" };
  newer.ceiling = 200_000;
  newer.peer.send({ audio: null, video: screen });
  await settled();
  const [sound, picture] = ofNewer.transceivers.map((one) => one.sender);
  assert.equal(sound.track, null);
  assert.equal(picture.track, screen);
  assert.equal(picture.parameters.encodings[0].maxBitrate, 200_000);
  assert.deepEqual(newer.kinds(), []);
});
