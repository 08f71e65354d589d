// @ts-check
/**
 * The device check: the dialog in which one sees oneself before anybody else does. It lives wherever
 * #device-check stands: in the dialog, or on the page of its own.
 */
import { need, windowMemory, wordsOf } from "../shared/page.js";
import { devices } from "./devices.js";
import * as speaker from "./speaker.js";

/** @typedef {import("./devices.js").DeviceKind} DeviceKind */

const TICK_MS = 100;
const word = wordsOf("stage-words");

/**
 * @param {HTMLSelectElement} select
 * @param {MediaDeviceInfo[]} found
 * @param {string} chosen
 * @param {string} numbered
 */
function fill(select, found, chosen, numbered) {
  const usual = new Option(word("usual"), "");
  const named = found
    .filter((one) => one.deviceId && one.deviceId !== "default" && one.deviceId !== "communications")
    .map((one, at) => new Option(one.label || word(numbered, { number: at + 1 }), one.deviceId));
  select.replaceChildren(usual, ...named);
  select.value = named.some((one) => one.value === chosen) ? chosen : "";
}

class Check {
  /** @param {HTMLElement} form */
  constructor(form) {
    this.form = form;
    this.isOnStage = "onStage" in form.dataset;
    this.picture = this.#part("picture", HTMLVideoElement);
    this.problem = this.#part("problem", HTMLElement);
    this.level = this.#part("level", HTMLMeterElement);
    this.levelSays = this.#part("level-says", HTMLElement);
    this.switches = {
      camera: this.#part("camera-on", HTMLInputElement),
      microphone: this.#part("microphone-on", HTMLInputElement),
    };
    this.choices = {
      camera: this.#part("camera", HTMLSelectElement),
      microphone: this.#part("microphone", HTMLSelectElement),
      speaker: this.#part("speaker", HTMLSelectElement),
    };
    this.blur = this.#part("blur", HTMLInputElement);
    devices.setPicture(form.dataset.picture);
    const keys = this.#part("keys", HTMLInputElement);
    keys.checked = devices.choice.keys;
    keys.addEventListener("change", () => {
      devices.remember({ keys: keys.checked });
      document.dispatchEvent(new CustomEvent("stage-keys"));
    });
    for (const kind of /** @type {const} */ (["camera", "microphone"])) {
      const [knob, choice] = [this.switches[kind], this.choices[kind]];
      knob.addEventListener("change", () => this.#switchTo(kind, knob.checked));
      choice.addEventListener("change", () => this.#tried(devices.choose(kind, choice.value)));
    }
    this.blur.addEventListener("change", () => this.#tried(devices.setBlur(this.blur.checked)));
    this.#listenToSpeaker();
    this.#begin();
  }

  #listenToSpeaker() {
    const { speaker: choice } = this.choices;
    const test = this.#part("test-sound", HTMLButtonElement);
    this.#part("speaker-choice", HTMLElement).hidden = !speaker.CAN_CHOOSE;
    choice.addEventListener("change", () => speaker.choose(choice.value));
    test.addEventListener("click", async () => {
      if (test.getAttribute("aria-disabled") === "true") return;
      test.setAttribute("aria-disabled", "true");
      await this.#tried(speaker.playTestSound().catch(() => Promise.reject(new Error(word("noTestSound")))));
      test.removeAttribute("aria-disabled");
    });
  }

  /**
   * @template {HTMLElement} T
   * @param {string} name
   * @param {new () => T} type
   */
  #part(name, type) {
    return need(this.form, `#device-${name}`, type);
  }

  async #begin() {
    if (!this.isOnStage) {
      this.switches.camera.checked = devices.choice.cameraOn;
      this.switches.microphone.checked = devices.choice.microphoneOn;
      if (devices.choice.microphoneOn) await this.#tried(devices.setMicrophone(true));
      if (devices.choice.cameraOn) await this.#tried(devices.setCamera(true));
    }
    this.show();
    clock ??= setInterval(() => current?.tick(), TICK_MS);
  }

  /**
   * @param {DeviceKind} kind
   * @param {boolean} on
   */
  #switchTo(kind, on) {
    if (!this.isOnStage) devices.remember({ [`${kind}On`]: on });
    return this.#tried(devices.set(kind, on));
  }

  /**
   * What the browser refuses is said in the dialog, and one can come without.
   * @param {Promise<void>} wish
   */
  async #tried(wish) {
    try {
      await wish;
      this.problem.textContent = "";
    } catch (refusal) {
      this.problem.textContent = refusal instanceof Error ? refusal.message : "";
    }
    this.show();
  }

  async show() {
    const { picture, switches, choices } = this;
    if (picture.srcObject !== devices.stream) picture.srcObject = devices.stream;
    picture.hidden = !devices.outgoing.video;
    picture.classList.toggle("stage-mirrored", !devices.screenOn);
    if (!picture.hidden) picture.play().catch(() => {});
    this.#part("dark", HTMLElement).hidden = !picture.hidden;
    switches.camera.checked = devices.cameraOn;
    switches.microphone.checked = devices.microphoneOn;
    this.#part("blur-row", HTMLElement).hidden = !devices.canBlur;
    this.blur.checked = devices.choice.isBlurred;
    const { camera, microphone, speaker: heardBy } = await devices.list();
    fill(choices.speaker, heardBy, devices.choice.speaker, "speakerNumber");
    fill(choices.camera, camera, devices.choice.camera, "cameraNumber");
    fill(choices.microphone, microphone, devices.choice.microphone, "microphoneNumber");
  }

  tick() {
    if (!this.form.isConnected) return finish();
    this.level.value = devices.level();
    this.level.hidden = !devices.isMeasured;
    const text = devices.isMeasured ? "" : word("unmeasured");
    if (this.levelSays.textContent !== text) this.levelSays.textContent = text;
  }
}

/** @type {Check | null} */
let current = null;
/** @type {ReturnType<typeof setInterval> | undefined} */
let clock;

function begin() {
  const form = document.getElementById("device-check");
  if (form && current?.form !== form) current = new Check(form);
}

/** Closed without coming on: nothing of theirs stays switched on. */
function finish() {
  clearInterval(clock);
  clock = undefined;
  current = null;
  if (!document.getElementById("device-check") && !devices.areOnStage) devices.stop();
}

// On the page of its own: the stage is on the session's page, which finds the seat remembered.
document.addEventListener("stage-seat", ({ detail: { seat, kind } }) => {
  if (document.getElementById("stage") || !current) return;
  windowMemory.set("foyer-stage", {
    seat,
    kind,
    microphone: devices.microphoneOn,
    camera: devices.cameraOn,
  });
  location.assign(current.form.dataset.back ?? "");
});

devices.addEventListener("change", () => current?.show());
navigator.mediaDevices?.addEventListener?.("devicechange", () => current?.show());
document.addEventListener("htmx:afterSettle", begin);
begin();
