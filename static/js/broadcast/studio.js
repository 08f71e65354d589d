// @ts-check
/** What a broadcast sends: one picture of one size, and a sound. */
import { isRunning } from "../shared/sound.js";

const [WIDTH, HEIGHT, FRAMES] = [1280, 720, 25];
const SMALL = 0.22; // the camera in the corner, of the width
const MARGIN_PX = 16;
const TYPES = [
  "video/webm;codecs=h264,opus",
  "video/x-matroska;codecs=avc1,opus",
  "video/mp4;codecs=avc1.42E01F,mp4a.40.2",
  "video/mp4;codecs=avc1,opus",
  "video/webm;codecs=vp8,opus",
  "video/webm",
];

/** @param {MediaStream | null} stream */
const stopTracks = (stream) => {
  for (const track of stream?.getTracks() ?? []) track.stop();
};

/** @param {MediaStream} stream */
function shownBy(stream) {
  const element = document.createElement("video");
  element.muted = true;
  element.playsInline = true;
  element.srcObject = stream;
  element.play().catch(() => {});
  return element;
}

/**
 * What is heard of a broadcast: one track, which may be muted, and how loud it is.
 * @typedef {object} Sound
 * @property {MediaStreamTrack | undefined} track
 * @property {boolean} isMeasured
 * @property {(yes: boolean) => void} mute
 * @property {() => number} level 0 to 1
 * @property {() => void} close
 */

/**
 * The microphone and the screen's own sound, mixed. Muted, nothing of either is heard.
 * @implements {Sound}
 */
class Mixed {
  #meter;
  #gain;
  #samples = new Float32Array(256);
  isMeasured = true;

  /**
   * @param {AudioContext} context it runs
   * @param {MediaStream} devices
   * @param {MediaStream | null} screen
   * @param {() => void} lost it runs no more
   */
  constructor(context, devices, screen, lost) {
    this.context = context;
    this.#gain = context.createGain();
    this.#meter = context.createAnalyser();
    const out = context.createMediaStreamDestination();
    this.#gain.connect(out);
    this.#gain.connect(this.#meter);
    if (devices.getAudioTracks().length) context.createMediaStreamSource(devices).connect(this.#gain);
    if (screen?.getAudioTracks().length) context.createMediaStreamSource(screen).connect(this.#gain);
    // Silence is a sound too: without one, a recorder that hears nothing would send a picture alone.
    const silence = context.createConstantSource();
    silence.offset.value = 0;
    silence.connect(out);
    silence.start();
    this.track = out.stream.getAudioTracks()[0];
    context.addEventListener("statechange", async () => {
      if (context.state !== "closed" && !(await isRunning(context))) lost();
    });
  }

  /** @param {boolean} yes */
  mute(yes) {
    this.#gain.gain.value = yes ? 0 : 1;
  }

  level() {
    this.#meter.getFloatTimeDomainData(this.#samples);
    return Math.min(1, Math.max(...this.#samples.map(Math.abs)) * 1.4);
  }

  close() {
    this.context.close();
  }
}

/**
 * Where the browser does not mix: the microphone as it is, else the screen's own sound.
 * @implements {Sound}
 */
class Unmixed {
  isMeasured = false;

  /**
   * @param {MediaStream} devices
   * @param {MediaStream | null} screen
   */
  constructor(devices, screen) {
    this.track = devices.getAudioTracks()[0] ?? screen?.getAudioTracks()[0];
  }

  /** @param {boolean} yes */
  mute(yes) {
    if (this.track) this.track.enabled = !yes;
  }

  level() {
    return 0;
  }

  close() {
    this.mute(false);
  }
}

/**
 * @param {MediaStream} devices
 * @param {MediaStream | null} screen
 * @param {() => void} lost
 * @returns {Promise<Sound>}
 */
async function soundOf(devices, screen, lost) {
  const context = new AudioContext();
  if (await isRunning(context)) return new Mixed(context, devices, screen, lost);
  context.close();
  return new Unmixed(devices, screen);
}

/** The screen whole on black, the camera in the corner. */
class Painting {
  #canvas = document.createElement("canvas");

  /**
   * @param {MediaStream} screen
   * @param {MediaStream | null} camera
   * @param {string} clock address of the worker that says when: broadcast/clock.js
   */
  constructor(screen, camera, clock) {
    [this.#canvas.width, this.#canvas.height] = [WIDTH, HEIGHT];
    this.pen = this.#canvas.getContext("2d", { alpha: false });
    this.large = shownBy(screen);
    this.small = camera && shownBy(camera);
    this.clock = new Worker(clock);
    this.clock.addEventListener("message", () => this.#draw());
    this.stream = this.#canvas.captureStream(FRAMES);
  }

  #draw() {
    const { pen, large, small } = this;
    if (!pen) return;
    pen.fillStyle = "#000";
    pen.fillRect(0, 0, WIDTH, HEIGHT);
    if (large.videoWidth) {
      const scale = Math.min(WIDTH / large.videoWidth, HEIGHT / large.videoHeight);
      const [wide, high] = [large.videoWidth * scale, large.videoHeight * scale];
      pen.drawImage(large, (WIDTH - wide) / 2, (HEIGHT - high) / 2, wide, high);
    }
    if (small?.videoWidth) {
      const wide = WIDTH * SMALL;
      const high = (wide * small.videoHeight) / small.videoWidth;
      pen.drawImage(small, WIDTH - wide - MARGIN_PX, HEIGHT - high - MARGIN_PX, wide, high);
    }
  }

  end() {
    this.clock.terminate();
  }
}

// A phone opens one camera at a time, and some browsers one microphone.
const IN_USE = ["NotReadableError", "AbortError"];

/**
 * @typedef {{ camera: string, microphone: string }} Chosen ids; "" any, "none" not at all
 * @param {Chosen} chosen
 */
async function opened({ camera, microphone }) {
  /** @param {string} id */
  const exactly = (id) => (id ? { deviceId: { exact: id } } : {});
  const size = { width: { ideal: WIDTH }, height: { ideal: HEIGHT }, frameRate: { ideal: FRAMES } };
  const video = camera === "none" ? false : { ...size, ...exactly(camera) };
  const audio = microphone === "none" ? false : exactly(microphone);
  return video || audio ? await navigator.mediaDevices.getUserMedia({ video, audio }) : new MediaStream();
}

export class Studio {
  /** @type {MediaStream | null} camera and microphone as the browser gives them */
  devices = null;
  /** @type {MediaStream | null} */
  screen = null;
  /** @type {MediaStream | null} what one sees oneself */
  picture = null;
  isMuted = false;
  /** @type {MediaStream | null} what is recorded */
  #sending = null;
  /** @type {Sound | null} */
  #sound = null;
  /** @type {Painting | null} */
  #painting = null;
  #preparations = 0;
  /** @type {Chosen} what `devices` are */
  #chosen = { camera: "", microphone: "" };

  /**
   * @param {string} clock address of the worker
   * @param {{ screenEnded: () => void, soundLost: () => void }} told of “Stop sharing” in the browser's own bar, and
   *   that the browser has ceased to mix: `prepare` again
   */
  constructor(clock, told) {
    this.clock = clock;
    this.told = told;
  }

  get hasPicture() {
    return Boolean(this.#sending?.getVideoTracks().length);
  }

  /**
   * What is open stays open where the chosen do not open. Where both cannot be open at once, it is closed for them, and
   * opened again where that was in vain: `devices` say what there is then, if anything.
   * @param {Chosen} chosen
   * @throws {DOMException} as the browser says
   */
  async openDevices(chosen) {
    try {
      this.#have(await opened(chosen), chosen);
    } catch (error) {
      if (!this.devices || !IN_USE.includes(/** @type {Error} */ (error).name)) throw error;
      await this.#giveUpFor(chosen);
    }
    return this.devices;
  }

  /** @param {Chosen} chosen */
  async #giveUpFor(chosen) {
    const before = this.#chosen;
    stopTracks(this.devices);
    this.devices = null;
    try {
      this.#have(await opened(chosen), chosen);
    } catch (error) {
      const again = await opened(before).catch(() => null);
      if (again) this.#have(again, before);
      throw error;
    }
  }

  /**
   * @param {MediaStream} devices
   * @param {Chosen} chosen
   */
  #have(devices, chosen) {
    stopTracks(this.devices);
    [this.devices, this.#chosen] = [devices, chosen];
  }

  /** False when the person changed their mind. */
  async shareScreen() {
    if (this.screen) return true;
    try {
      const asked = { video: { frameRate: FRAMES }, audio: true };
      const screen = await navigator.mediaDevices.getDisplayMedia(asked);
      this.screen = screen;
      const ended = () => {
        if (this.screen !== screen) return;
        this.screen = null;
        this.told.screenEnded();
      };
      screen.getVideoTracks()[0].addEventListener("ended", ended, { once: true });
      return true;
    } catch {
      return false;
    }
  }

  stopScreen() {
    stopTracks(this.screen);
    this.screen = null;
  }

  /** Makes one stream of what is there. After `openDevices`. */
  async prepare() {
    const devices = this.devices ?? new MediaStream();
    this.#preparations += 1;
    const ours = this.#preparations;
    const sound = await soundOf(devices, this.screen, () => this.#sound === sound && this.told.soundLost());
    if (ours !== this.#preparations) return sound.close(); // closed meanwhile, or prepared once more
    this.#painting?.end();
    this.#painting = null;
    this.#sound?.close();
    this.#sound = sound;
    sound.mute(this.isMuted);
    if (this.screen) {
      const camera = devices.getVideoTracks().length ? devices : null;
      this.#painting = new Painting(this.screen, camera, this.clock);
    }
    this.picture = this.#painting?.stream ?? devices;
    const heard = sound.track ? [sound.track] : [];
    this.#sending = new MediaStream([...this.picture.getVideoTracks(), ...heard]);
  }

  /** @param {boolean} yes */
  mute(yes) {
    this.isMuted = yes;
    this.#sound?.mute(yes);
  }

  /** How loud it is, 0 to 1. */
  level() {
    return this.#sound?.level() ?? 0;
  }

  /**
   * Why there is no level though a microphone is sent: the browser does not mix, and so the screen's own sound, where
   * there is one, is not sent either.
   * @returns {"" | "unmeasured" | "withoutScreen"}
   */
  get silence() {
    if (!this.#sound || this.#sound.isMeasured || !this.devices?.getAudioTracks().length) return "";
    return this.screen?.getAudioTracks().length ? "withoutScreen" : "unmeasured";
  }

  /** @param {number} kbits for the picture */
  recorder(kbits) {
    return new MediaRecorder(this.#sending ?? new MediaStream(), {
      mimeType: TYPES.find((one) => MediaRecorder.isTypeSupported(one)),
      videoBitsPerSecond: kbits * 1000,
      audioBitsPerSecond: 128_000,
      videoKeyFrameIntervalDuration: 2000,
    });
  }

  close() {
    this.#preparations += 1;
    this.#painting?.end();
    stopTracks(this.devices);
    this.stopScreen();
    this.#sound?.close();
    this.#painting = null;
    this.#sound = null;
    this.#sending = null;
    this.devices = null;
    this.picture = null;
  }
}
