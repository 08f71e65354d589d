// @ts-check
/** The Participants tab: groups stay folded as they were, and moderators hear a knock. */
import { announce, toast } from "../shared/notices.js";
import { browserMemory, need } from "../shared/page.js";
import { isRunning } from "../shared/sound.js";

const SILENT = "foyer-knock-silent";
const KNOCK_EVERY_MS = 3000; // ten at once are one knock

function keepGroupsFolded() {
  /** @type {Map<string, boolean>} */
  const open = new Map();
  document.addEventListener(
    "toggle",
    ({ target }) => {
      if (!(target instanceof HTMLDetailsElement) || !target.isConnected) return;
      if (target.dataset.group) open.set(target.dataset.group, target.open);
    },
    true,
  );
  document.addEventListener("htmx:afterSwap", () => {
    for (const group of document.querySelectorAll("#people-list details[data-group]")) {
      if (!(group instanceof HTMLDetailsElement)) continue;
      group.open = open.get(group.dataset.group ?? "") ?? group.open;
    }
  });
}

/** @type {AudioContext | undefined} */
let audio;

/** Two soft taps on wood. Browsers stay silent until the person has touched the page once. */
async function knock() {
  if (browserMemory.get(SILENT)) return;
  audio ??= new AudioContext();
  const sounds = audio;
  if (!(await isRunning(sounds))) return;
  for (const after of [0, 0.18]) {
    const at = sounds.currentTime + after;
    const tone = new OscillatorNode(sounds, { type: "triangle", frequency: 190 });
    const loudness = new GainNode(sounds, { gain: 0 });
    loudness.gain.setValueAtTime(0.25, at);
    loudness.gain.exponentialRampToValueAtTime(0.001, at + 0.14);
    tone.frequency.exponentialRampToValueAtTime(90, at + 0.12);
    tone.connect(loudness).connect(sounds.destination);
    tone.start(at);
    tone.stop(at + 0.15);
  }
}

function showKnockSwitch() {
  const knob = document.getElementById("knock-sound");
  if (knob instanceof HTMLInputElement) knob.checked = !browserMemory.get(SILENT);
}

/**
 * @param {HTMLElement} page
 * @param {import("./events.js").FactRelay} relay
 */
function announceKnocks(page, relay) {
  const words = need(page, "#live-words", HTMLElement).dataset.knock;
  showKnockSwitch();
  document.addEventListener("htmx:afterSwap", showKnockSwitch);
  document.addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLInputElement) || target.id !== "knock-sound") return;
    if (target.checked) browserMemory.forget(SILENT);
    else browserMemory.set(SILENT, true);
    if (target.checked) knock();
  });

  let last = 0;
  document.body.addEventListener("live:knock", () => {
    relay.tell("participants");
    relay.pass("session", {});
    if (Date.now() - last < KNOCK_EVERY_MS) return;
    last = Date.now();
    announce(words);
    toast(words, "info");
    knock();
  });
}

/**
 * @param {HTMLElement} page
 * @param {import("./events.js").FactRelay} relay
 */
export function start(page, relay) {
  keepGroupsFolded();
  if ("moderates" in page.dataset) announceKnocks(page, relay);
}
