/** The sender on air: another device, a pause and a way out lose nothing of what is shown, and nothing goes on by itself. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { settled, useFakeTime } from "./fakes.js";

class Node extends EventTarget {
  dataset = {};
  hidden = false;
  textContent = "";
  found = {};
  focus() {}
  setAttribute() {}
  play = async () => {};
  contains = () => true;
  querySelector(selector) {
    return this.found[selector] ?? null;
  }
  querySelectorAll = () => [];
}
class Select extends Node {
  options = [];
  value = "";
  replaceChildren(...options) {
    this.options = options;
  }
}
class Form extends Node {
  source = "camera";
  controls = [{ disabled: false }, { disabled: false }];
  elements = { namedItem: () => this.radios };
  querySelectorAll = () => this.controls;
}
class Radios {
  constructor(form) {
    Object.defineProperty(this, "value", {
      get: () => form.source,
      set: (value) => {
        form.source = value;
      },
    });
  }
}
/** As a browser's: what is disabled is left out. */
class Data extends Map {
  constructor(form) {
    super(form && !form.controls[0].disabled ? [["source", form.source]] : []);
  }
}
class Track extends EventTarget {
  readyState = "live";
  constructor(kind, deviceId) {
    super();
    Object.assign(this, { kind, deviceId });
  }
  getSettings() {
    return { deviceId: this.deviceId };
  }
  stop() {
    this.readyState = "ended";
  }
}
class Stream {
  constructor(tracks = []) {
    this.tracks = tracks;
  }
  getTracks = () => this.tracks;
  getVideoTracks = () => this.tracks.filter(({ kind }) => kind === "video");
  getAudioTracks = () => this.tracks.filter(({ kind }) => kind === "audio");
}
class Recorder extends EventTarget {
  static isTypeSupported = () => true;
  state = "inactive";
  mimeType = "video/webm";
  constructor(stream) {
    super();
    this.stream = stream;
  }
  start() {
    this.state = "recording";
    recorders.push(this);
  }
  stop() {
    this.state = "inactive";
    this.dispatchEvent(new Event("stop"));
  }
  gives(data = new Blob(["x"])) {
    this.dispatchEvent(Object.assign(new Event("dataavailable"), { data }));
  }
}

const WORDS = ["ready", "live", "restarted", "connecting", "paused", "noDevice", "noScreen", "tryAgain"];
let time;
let node;
let form;
let parts;
let recorders;
let posted;
let line;
let devices;
let loads = 0;

const named = (name) => Object.assign(new Error(name), { name });
const says = () => parts["[data-says]"].textContent;
const starts = () => posted.filter((one) => one === "/start/").length;
const isLive = (kind, id) =>
  devices.opened.some((one) => one.kind === kind && one.deviceId === id && one.readyState === "live");

/** What the browser opens: not what `broken` holds; with `isSingle` only while nothing of its kind is open. */
async function getUserMedia(asked) {
  await devices.until;
  const wanted = [
    ["video", asked.video],
    ["audio", asked.audio],
  ].filter(([, one]) => one);
  const tracks = wanted.map(([kind, one]) => new Track(kind, one.deviceId?.exact ?? `${kind} 1`));
  for (const { kind, deviceId } of tracks) {
    if (devices.broken.includes(deviceId))
      throw named(devices.isSingle ? "NotReadableError" : "NotFoundError");
    const isOpen = devices.opened.some((one) => one.kind === kind && one.readyState === "live");
    if (devices.isSingle && isOpen) throw named("NotReadableError");
  }
  devices.opened.push(...tracks);
  return new Stream(tracks);
}

async function press(act) {
  const button = Object.assign(new Node(), { dataset: { act } });
  const click = new Event("click");
  Object.defineProperty(click, "target", { value: Object.assign(new Node(), { closest: () => button }) });
  node.dispatchEvent(click);
  await settled();
  await settled();
}

async function choose(part, value) {
  parts[part].value = value;
  form.dispatchEvent(new Event("change"));
  for (let turn = 0; turn < 4; turn += 1) await settled();
}

async function goLive(source = "camera") {
  form.source = source;
  await press("open");
  await settled();
  await press("live");
  recorders.at(-1).gives();
  await settled();
}

beforeEach(async () => {
  time = useFakeTime();
  [recorders, posted, line] = [[], [], { answers: async () => {} }];
  devices = { opened: [], broken: [], isSingle: false, until: null, screen: new Track("video", "screen") };
  node = new Node();
  node.dataset = {
    start: "/start/",
    pause: "/pause/",
    stop: "/stop/",
    end: "/end/",
    leave: "/leave/",
    clock: "",
  };
  form = new Form();
  form.radios = new Radios(form);
  parts = { "[data-form]": form, "[data-camera]": new Select(), "[data-microphone]": new Select() };
  for (const name of ["words", "preview", "says", "level", "on-air", "level-says", "screen-choice"])
    parts[`[data-${name}]`] = new Node();
  for (const act of ["open", "live", "mute"]) parts[`[data-act="${act}"]`] = new Node();
  parts["[data-words]"].dataset = Object.fromEntries(WORDS.map((one) => [one, one]));
  node.found = parts;
  const box = new Node();
  const document = Object.assign(new EventTarget(), {
    body: Object.assign(new EventTarget(), { getAttribute: () => "{}" }),
    documentElement: { lang: "en" },
    activeElement: null,
    getElementById: (id) => ({ broadcast: box, sender: node })[id] ?? null,
    createElement: () => ({
      play: async () => {},
      getContext: () => null,
      captureStream: () => new Stream([new Track("video", "painted")]),
    }),
  });
  const types = ["HTMLVideoElement", "HTMLMeterElement", "HTMLButtonElement", "HTMLElement", "Element"];
  Object.assign(globalThis, Object.fromEntries(types.map((one) => [one, Node])), {
    HTMLSelectElement: Select,
    HTMLFormElement: Form,
    RadioNodeList: Radios,
    FormData: Data,
    MediaStream: Stream,
    MediaRecorder: Recorder,
    Worker: class extends EventTarget {
      terminate() {}
    },
    AudioContext: class {
      state = "suspended";
      resume = () => Promise.reject(new Error("no sound output"));
      close() {}
    },
    Option: class {
      constructor(label, value) {
        Object.assign(this, { label, value });
      }
    },
    document,
    addEventListener() {},
    async fetch(address) {
      posted.push(address);
      if (address.startsWith("/chunks/")) await line.answers();
      return { ok: true, status: 200, json: async () => ({ run: 1, chunks: "/chunks/" }) };
    },
  });
  Object.defineProperty(globalThis, "navigator", {
    configurable: true,
    value: {
      mediaDevices: {
        getUserMedia,
        getDisplayMedia: async () => new Stream([devices.screen]),
        enumerateDevices: async () =>
          ["video 1", "video 2", "audio 1", "audio 2"].map((deviceId) => ({
            deviceId,
            kind: `${deviceId.slice(0, 5)}input`,
          })),
      },
    },
  });
  loads += 1;
  await import(`../../static/js/broadcast/sender.js?${loads}`);
});

afterEach(() => {
  time.reset();
  mock.restoreAll();
});

test("another microphone on air leaves the screen shared", async () => {
  await goLive("screen");
  assert.equal(recorders.at(-1).stream.getVideoTracks()[0].deviceId, "painted");
  await choose("[data-microphone]", "audio 2");
  assert.equal(starts(), 2);
  assert.equal(form.source, "screen");
  assert.equal(devices.screen.readyState, "live");
  assert.equal(recorders.at(-1).stream.getVideoTracks()[0].deviceId, "painted");
  assert.ok(isLive("audio", "audio 2") && !isLive("audio", "audio 1"));
});

test("what does not open leaves on air what is open, and is told for a while", async () => {
  devices.broken = ["video 2"];
  await goLive();
  await choose("[data-camera]", "video 2");
  assert.ok(isLive("video", "video 1"));
  assert.equal(starts(), 1);
  assert.equal(parts["[data-camera]"].value, "video 1");
  recorders.at(-1).gives();
  await settled();
  assert.equal(says(), "noDevice");
  await time.walk(10_000, 1000);
  recorders.at(-1).gives();
  await settled();
  assert.equal(says(), "live");
});

test("where one camera opens at a time, the one of before is given up for it", async () => {
  devices.isSingle = true;
  await goLive();
  await choose("[data-camera]", "video 2");
  assert.ok(isLive("video", "video 2") && !isLive("video", "video 1"));
  assert.equal(starts(), 2);
  assert.equal(recorders.at(-1).stream.getVideoTracks()[0].deviceId, "video 2");
});

test("and is opened again where that was in vain", async () => {
  devices.isSingle = true;
  devices.broken = ["video 2"];
  await goLive();
  await choose("[data-camera]", "video 2");
  const [sent] = recorders.at(-1).stream.getVideoTracks();
  assert.deepEqual([sent.deviceId, sent.readyState], ["video 1", "live"]);
  assert.equal(starts(), 2);
  recorders.at(-1).gives();
  await settled();
  assert.equal(says(), "noDevice");
});

test("where nothing opens any more it is paused, and says why", async () => {
  devices.isSingle = true;
  await goLive();
  devices.broken = ["video 1", "video 2"];
  await choose("[data-camera]", "video 2");
  assert.equal(recorders.at(-1).state, "inactive");
  assert.equal(posted.at(-1), "/pause/");
  assert.equal(says(), "noDevice");
});

test("a device that opens while the last pieces go does not put it on air again", async () => {
  await goLive();
  let open;
  devices.until = new Promise((done) => {
    open = done;
  });
  await choose("[data-camera]", "video 2");
  line.answers = () => new Promise(() => {});
  recorders.at(-1).gives();
  await press("pause");
  open();
  await settled();
  await settled();
  await time.walk(4000, 500);
  assert.equal(starts(), 1);
  assert.equal(posted.at(-1), "/pause/");
  assert.equal(says(), "paused");
});

test("paused while it was about to go on again, it does not", async () => {
  await goLive();
  const { fetch } = globalThis;
  let answer;
  globalThis.fetch = (address) =>
    address === "/start/"
      ? new Promise((done) => {
          answer = () => done(fetch(address));
        })
      : fetch(address);
  recorders.at(-1).dispatchEvent(new Event("error"));
  await settled();
  await press("pause");
  answer();
  await settled();
  await settled();
  assert.equal(recorders.length, 1);
  assert.equal(posted.at(-1), "/pause/");
  assert.equal(says(), "paused");
});

for (const isConnected of [true, false])
  test(`whoever leaves pauses first, by a form that is ${isConnected ? "still" : "not any more"} in the page`, async () => {
    await goLive();
    const way = Object.assign(new Form(), {
      action: "https://foyer.example/leave/",
      requestSubmit: mock.fn(),
      isConnected,
    });
    document.body.append = mock.fn();
    const submit = new Event("submit", { cancelable: true });
    Object.defineProperty(submit, "target", { value: way });
    document.dispatchEvent(submit);
    assert.ok(submit.defaultPrevented);
    assert.equal(way.requestSubmit.mock.callCount(), 0);
    for (let turn = 0; turn < 3; turn += 1) await settled();
    assert.equal(posted.at(-1), "/pause/");
    assert.equal(way.requestSubmit.mock.callCount(), 1);
    assert.equal(document.body.append.mock.callCount(), isConnected ? 0 : 1);
  });
