// @ts-check
/** The Participants tab: groups stay folded as they were, and moderators hear a knock. */
import { announce, begin, dismiss, textOf } from "../shared/notices.js";
import { all, browserMemory, headers } from "../shared/page.js";
import { isRunning } from "../shared/sound.js";

const SILENT = "foyer-knock-silent";
const KNOCK_EVERY_MS = 3000; // ten at once are one knock
const ASKED_MS = 200;

function keepGroupsFolded() {
  /** @type {Map<string, boolean>} as somebody has left it */
  const chosen = new Map();
  /** @type {WeakMap<Element, boolean>} as it came */
  const came = new WeakMap();
  /** @param {(group: HTMLDetailsElement, name: string) => void} act */
  const forEachGroup = (act) => {
    for (const group of all(document, "#people-list details[data-group]"))
      if (group instanceof HTMLDetailsElement) act(group, group.dataset.group ?? "");
  };
  const begin = () =>
    forEachGroup((group, name) => {
      if (came.has(group)) return;
      group.open = chosen.get(name) ?? group.open;
      came.set(group, group.open);
    });
  begin();
  // What `toggle` tells comes later than the press, and may come too late.
  document.addEventListener("htmx:beforeSwap", () =>
    forEachGroup((group, name) => came.get(group) !== group.open && chosen.set(name, group.open)),
  );
  document.addEventListener("htmx:afterSwap", begin);
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

/** Who wants to come in, with an answer: one notice, as it is now, until nobody waits or it is put away. */
class Knock {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #due;
  #isNews = false; // somebody has come since it was last put
  #asked = 0;

  /**
   * @param {string} id of the notice that the address answers with
   * @param {string} address
   */
  constructor(id, address) {
    this.id = id;
    this.address = address;
  }

  /** @param {{ isNew: boolean }} how whether somebody has just come */
  show({ isNew }) {
    if (!isNew && !document.getElementById(this.id)) return;
    this.#isNews ||= isNew;
    this.#due ??= setTimeout(() => this.#ask(), ASKED_MS);
  }

  async #ask() {
    this.#due = undefined;
    this.#asked += 1;
    const ours = this.#asked;
    const answer = await fetch(this.address, { headers: headers() }).catch(() => null);
    if (!answer?.ok || ours !== this.#asked) return; // asked once more meanwhile
    if (document.getElementById(this.id)?.querySelector(".htmx-request")) {
      // What it answers is told on it, so it stays until it has heard.
      this.#due ??= setTimeout(() => this.#ask(), ASKED_MS);
      return;
    }
    const isNew = this.#isNews;
    this.#isNews = false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(this.id);
    const shown = document.getElementById(this.id);
    if (!fresh) {
      if (shown) dismiss(shown);
    } else if (isNew || shown) this.#put(fresh, shown, isNew);
  }

  /**
   * @param {HTMLElement} fresh
   * @param {HTMLElement | null} shown
   * @param {boolean} isNew
   */
  #put(fresh, shown, isNew) {
    const focused = shown?.contains(document.activeElement) ? document.activeElement?.id : "";
    if (shown) shown.replaceWith(fresh);
    else document.getElementById("toasts")?.append(fresh);
    begin(fresh);
    htmx.process(fresh);
    if (focused) document.getElementById(focused)?.focus();
    if (isNew) announce(textOf(fresh));
  }
}

/**
 * @param {HTMLElement} page
 * @param {import("./events.js").FactRelay} relay
 */
function announceKnocks(page, relay) {
  const notices = all(page, "[data-knocks]").map(
    ({ dataset }) => new Knock(dataset.knocks ?? "", dataset.address ?? ""),
  );
  showKnockSwitch();
  document.addEventListener("htmx:afterSwap", showKnockSwitch);
  document.addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLInputElement) || target.id !== "knock-sound") return;
    if (target.checked) browserMemory.forget(SILENT);
    else browserMemory.set(SILENT, true);
    if (target.checked) knock();
  });

  let last = 0;
  document.body.addEventListener("live:participants", () => {
    for (const notice of notices) notice.show({ isNew: false });
  });
  document.body.addEventListener("live:knock", () => {
    relay.tell("participants");
    relay.pass("session", {});
    for (const notice of notices) notice.show({ isNew: true });
    if (Date.now() - last < KNOCK_EVERY_MS) return;
    last = Date.now();
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
