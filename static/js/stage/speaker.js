// @ts-check
/** Where the others are heard: the loudspeaker or headphones that were chosen, in browsers that let a page choose. */
import { isRunning } from "../shared/sound.js";
import { devices } from "./devices.js";

export const CAN_CHOOSE = "setSinkId" in HTMLMediaElement.prototype;

/** @type {Set<WeakRef<HTMLMediaElement>>} */
const playing = new Set();

/** @type {Promise<unknown>} */
let turn = Promise.resolve();

/** The chosen one while it is plugged in, else the usual one; the choice is kept for another day. */
async function speakerNow() {
  const { speaker } = devices.choice;
  if (!speaker) return "";
  const { speaker: found } = await devices.list();
  return found.some((one) => one.deviceId === speaker) ? speaker : "";
}

/** @param {HTMLMediaElement} element */
async function setSpeaker(element) {
  const id = await speakerNow();
  if (element.sinkId !== id) await element.setSinkId(id).catch(() => {});
}

/**
 * One after the other: an older choice that takes long does not win.
 * @param {HTMLMediaElement} element
 */
function follow(element) {
  const ours = turn.then(() => setSpeaker(element));
  turn = ours.catch(() => {});
  return ours;
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

/**
 * Three notes, by the loudspeaker that was chosen.
 * @throws {Error} where the browser has nothing to play them to
 */
export async function playTestSound() {
  const context = new AudioContext();
  const element = new Audio();
  try {
    if (!(await isRunning(context))) throw new Error("There is no output.");
    const out = context.createMediaStreamDestination();
    const volume = context.createGain();
    volume.gain.value = LOUDNESS;
    volume.connect(out);
    element.srcObject = out.stream;
    if (CAN_CHOOSE) await follow(element);
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
  } finally {
    element.srcObject = null;
    await context.close();
  }
}
