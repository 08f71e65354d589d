/** The microphone: its switch, a key that is held, and what changes while a device is being opened. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { settled } from "./fakes.js";

class Track extends EventTarget {
  enabled = true;
  constructor(kind) {
    super();
    this.kind = kind;
  }
  stop() {}
}

class Stream {
  tracks = [];
  getTracks() {
    return [...this.tracks];
  }
  addTrack(track) {
    if (!this.tracks.includes(track)) this.tracks.push(track);
  }
  removeTrack(track) {
    this.tracks = this.tracks.filter((one) => one !== track);
  }
}

class Context {
  state = "running";
  createAnalyser = () => ({});
  createMediaStreamSource = () => ({ connect() {} });
  close() {}
}

/** What the browser was asked for and has not given yet. */
let asked;
const give = async () => {
  asked.shift()();
  await settled();
};

Object.assign(globalThis, {
  document: {
    getElementById: () => ({ dataset: {} }),
    querySelector: () => null,
    documentElement: { dataset: {} },
  },
  localStorage: { getItem: () => null, setItem() {} },
  sessionStorage: { getItem: () => null, setItem() {} },
  MediaStream: Stream,
  AudioContext: Context,
});
Object.defineProperty(globalThis, "navigator", {
  configurable: true,
  value: {
    mediaDevices: {
      getUserMedia: ({ audio }) =>
        new Promise((done) =>
          asked.push(() => done({ getTracks: () => [new Track(audio ? "audio" : "video")] })),
        ),
      enumerateDevices: async () => [],
    },
  },
});
const { devices } = await import("../../static/js/stage/devices.js");

beforeEach(async () => {
  asked = [];
  await devices.stop();
});

test("switched on it is heard, switched off it is not, and is not opened again", async () => {
  const on = devices.setMicrophone(true);
  await settled();
  await give();
  await on;
  assert.equal(devices.microphoneOn, true);
  await devices.setMicrophone(false);
  assert.equal(devices.microphoneOn, false);
  await devices.setMicrophone(true);
  assert.equal(devices.microphoneOn, true);
});

test("a key that is held is heard, and released it is not", async () => {
  const talking = devices.talk(true);
  await settled();
  await give();
  await talking;
  assert.equal(devices.microphoneOn, true);
  await devices.talk(false);
  assert.equal(devices.microphoneOn, false);
});

test("released before the device is there, nothing is heard", async () => {
  const talking = devices.talk(true);
  await settled();
  const released = devices.talk(false);
  await give();
  await Promise.all([talking, released]);
  assert.equal(devices.microphoneOn, false);
});

test("another microphone, chosen while the key is held, is silent once it is released", async () => {
  const talking = devices.talk(true);
  await settled();
  await give();
  await talking;
  const chosen = devices.choose("microphone", "other");
  const released = devices.talk(false);
  await settled();
  while (asked.length) await give();
  await Promise.all([chosen, released]);
  assert.equal(devices.microphoneOn, false);
});

test("another microphone goes on where the switch is on", async () => {
  const on = devices.setMicrophone(true);
  await settled();
  await give();
  await on;
  const chosen = devices.choose("microphone", "other");
  await settled();
  await give();
  await chosen;
  assert.equal(devices.microphoneOn, true);
});

test("silenced while it is being opened, it stays silent, whatever had opened it", async () => {
  for (const open of [() => devices.setMicrophone(true), () => devices.talk(true)]) {
    const opening = open();
    await settled();
    const silenced = devices.silence();
    while (asked.length) await give();
    await Promise.all([opening, silenced]);
    assert.equal(devices.microphoneOn, false);
    await devices.stop();
  }
});

test("pulled out, it is not wanted any more", async () => {
  const on = devices.setMicrophone(true);
  await settled();
  await give();
  await on;
  devices.tracks.microphone.dispatchEvent(new Event("ended"));
  assert.equal(devices.microphoneOn, false);
  const talking = devices.talk(true);
  await settled();
  await give();
  await talking;
  await devices.talk(false);
  assert.equal(devices.microphoneOn, false);
});
