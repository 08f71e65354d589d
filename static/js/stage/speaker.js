// @ts-check
/** Where the others are heard: the loudspeaker or headphones that were chosen, in browsers that let a page choose. */
import { devices } from "./devices.js";

export const CAN_CHOOSE = "setSinkId" in HTMLMediaElement.prototype;

/** @type {Set<WeakRef<HTMLMediaElement>>} */
const playing = new Set();

/** @param {HTMLMediaElement} element */
async function follow(element) {
  const { speaker } = devices.choice;
  if (!CAN_CHOOSE || element.sinkId === speaker) return;
  // Not plugged in today, or not allowed before a microphone is: the usual one, and the choice is kept.
  await element.setSinkId(speaker).catch(() => element.setSinkId("").catch(() => {}));
}

/**
 * From now on, and when another is chosen.
 * @param {HTMLMediaElement} element
 */
export function playBy(element) {
  if (!CAN_CHOOSE) return;
  playing.add(new WeakRef(element));
  follow(element);
}

function followAll() {
  for (const kept of playing) {
    const element = kept.deref();
    if (element) follow(element);
    else playing.delete(kept);
  }
}

/** @param {string} id */
export function choose(id) {
  devices.remember({ speaker: id });
  followAll();
}

if (CAN_CHOOSE) {
  devices.addEventListener("change", followAll);
  navigator.mediaDevices?.addEventListener?.("devicechange", followAll);
}

const NOTES_HZ = [523, 659, 784];
const NOTE_S = 0.25;
const LOUDNESS = 0.2;

/** Three notes, by the loudspeaker that was chosen. */
export async function playTestSound() {
  const context = new AudioContext();
  const out = context.createMediaStreamDestination();
  const volume = context.createGain();
  volume.gain.value = LOUDNESS;
  volume.connect(out);
  const element = new Audio();
  element.srcObject = out.stream;
  playBy(element);
  await follow(element);
  await element.play();
  const begin = context.currentTime;
  const notes = NOTES_HZ.map((hertz, at) => {
    const note = new OscillatorNode(context, { frequency: hertz });
    note.connect(volume);
    note.start(begin + at * NOTE_S);
    note.stop(begin + (at + 1) * NOTE_S);
    return note;
  });
  const last = /** @type {OscillatorNode} */ (notes.at(-1));
  await new Promise((done) => last.addEventListener("ended", done, { once: true }));
  element.srcObject = null;
  await context.close();
}
