// @ts-check
/** The buttons and keys of the person on stage, and telling the site what is on. */
import { announce, toast } from "../shared/notices.js";
import { around, need, post, shortcutOf, wordsOf } from "../shared/page.js";
import { devices } from "./devices.js";

/** @typedef {import("./devices.js").DeviceKind | "screen"} Kind */

const TALK = "Space";
// Shorter, it is a press of the microphone's own button; longer, it is held to speak.
const TAP_MS = 300;
const PRESSED_BY_SPACE =
  "button:not(#stage-microphone), summary, video, audio, media-controller, [role=button], [role=tab], [tabindex='0']:not(#stage)";
const MODIFIERS = ["AltLeft", "AltRight", "ControlLeft", "ControlRight", "MetaLeft", "MetaRight"];
const TELL_MS = 150;
const TELL_AGAIN_MS = 3000;
const word = wordsOf("stage-words");

export class OwnControls {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #telling;
  #isUnderWay = false;
  #isTalking = false; // the key is held
  #talkingSince = 0; // 0 when the bar is up; also a mute from outside leaves it

  /**
   * @param {HTMLElement} stage
   * @param {() => void} lookAnew what the page shows of the stage may be out of date
   * @param {{ microphone: string, camera: string, screen: string }} told what the site knows is on
   */
  constructor(stage, lookAnew, told) {
    this.stage = stage;
    this.lookAnew = lookAnew;
    for (const kind of /** @type {const} */ (["microphone", "camera", "screen"])) {
      this.#button(kind).addEventListener("click", () => this.#turn(kind));
    }
    devices.addEventListener("change", () => this.#tellLater(TELL_MS));
    document.addEventListener("keydown", (event) => this.#onKey(event));
    // Some keys and menus keep from this page that the bar was released: whatever comes first ends it.
    document.addEventListener("keyup", (event) => this.#onKeyUp(event));
    document.addEventListener("keydown", ({ code }) => MODIFIERS.includes(code) && this.#stopTalking());
    for (const lost of ["blur", "contextmenu", "pagehide"]) addEventListener(lost, () => this.#stopTalking());
    document.addEventListener("visibilitychange", () => document.hidden && this.#stopTalking());
    document.addEventListener("stage-keys", () => this.draw());
    if (JSON.stringify(told) !== JSON.stringify(devices.state)) this.#tellLater(TELL_MS);
  }

  draw() {
    need(this.stage, "#stage-own", HTMLElement).hidden = !devices.areOnStage;
    this.#draw("microphone", devices.microphoneOn, "M");
    this.#draw("camera", devices.cameraOn, "V");
    this.#draw("screen", devices.screenOn);
    this.#button("screen").hidden = !navigator.mediaDevices?.getDisplayMedia;
  }

  /** Muted by a moderator: at once, and announced. Only the person unmutes. */
  async beMuted() {
    const wasOn = devices.microphoneOn;
    this.#isTalking = false;
    await devices.silence();
    if (wasOn) toast(word("mutedByHost"));
  }

  /** @param {Kind} kind */
  #button(kind) {
    return need(this.stage, `#stage-${kind}`, HTMLButtonElement);
  }

  /**
   * @param {Kind} kind
   * @param {boolean} on
   * @param {string} [key]
   */
  #draw(kind, on, key = "") {
    const button = this.#button(kind);
    button.dataset.state = on ? "on" : "off";
    need(button, ".stage-button-label", HTMLElement).textContent =
      (on ? button.dataset.on : button.dataset.off) ?? "";
    if (!key) return;
    need(button, ".stage-key", HTMLElement).hidden = !devices.choice.keys;
    if (devices.choice.keys) button.setAttribute("aria-keyshortcuts", key);
    else button.removeAttribute("aria-keyshortcuts");
  }

  /** @param {number} afterMs */
  #tellLater(afterMs) {
    if (devices.areOnStage) this.#telling ??= setTimeout(() => this.#tell(), afterMs);
  }

  // One request at a time: an older one that arrived after a newer would win.
  async #tell() {
    this.#telling = undefined;
    if (!devices.areOnStage) return;
    if (this.#isUnderWay) return this.#tellLater(TELL_MS);
    this.#isUnderWay = true;
    try {
      const answer = await post(this.stage.dataset.media ?? "", devices.state);
      if (!answer.ok) this.lookAnew();
    } catch {
      this.#tellLater(TELL_AGAIN_MS);
    } finally {
      this.#isUnderWay = false;
    }
  }

  /** @param {Kind} kind */
  async #turn(kind) {
    try {
      if (kind === "screen") return await devices.shareScreen(!devices.screenOn);
      const on = kind === "camera" ? !devices.cameraOn : !devices.microphoneOn;
      await devices.set(kind, on);
      announce(word(`${kind}Is${on ? "On" : "Off"}`));
    } catch (refusal) {
      toast(refusal instanceof Error ? refusal.message : "", "error");
    }
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (!devices.choice.keys || !devices.areOnStage) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (around(event, "input, textarea, select, [contenteditable], [role=menu], dialog")) return;
    if (event.code === TALK) return this.#talk(event);
    const key = shortcutOf(event);
    if (event.repeat || !["m", "v"].includes(key)) return;
    event.preventDefault();
    this.#turn(key === "m" ? "microphone" : "camera");
  }

  /**
   * Heard while the key is held.
   * @param {KeyboardEvent} event
   */
  #talk(event) {
    if (event.shiftKey || around(event, PRESSED_BY_SPACE)) return;
    if (this.#isTalking || !devices.microphoneOn) event.preventDefault(); // or the page scrolls
    if (this.#isTalking || devices.microphoneOn || event.repeat) return;
    this.#isTalking = true;
    this.#talkingSince = performance.now();
    devices.talk(true).catch((refusal) => {
      this.#stopTalking();
      toast(refusal.message, "error");
    });
  }

  /** @param {KeyboardEvent} event */
  #onKeyUp(event) {
    const { code, target } = event;
    if (![TALK, ...MODIFIERS].includes(code)) return;
    if (code === TALK && target === this.#button("microphone") && this.#talkingSince) {
      event.preventDefault(); // or the button is pressed, too, also by whoever was muted meanwhile
      if (this.#isTalking && performance.now() - this.#talkingSince < TAP_MS) this.#switchOn();
    }
    if (code === TALK) this.#talkingSince = 0;
    this.#stopTalking();
  }

  async #switchOn() {
    await devices.setMicrophone(true).catch(() => {});
    if (devices.microphoneOn) announce(word("microphoneIsOn"));
  }

  #stopTalking() {
    if (!this.#isTalking) return;
    this.#isTalking = false;
    devices.talk(false).catch(() => {});
  }
}
