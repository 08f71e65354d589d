// @ts-check
/**
 * The camera, microphone and screen of this page: switched on and off, chosen, remembered. Dispatches "change" whenever
 * what goes out changes; sending it is not its task.
 */
import { browserMemory, wordsOf } from "../shared/page.js";
import { isRunning } from "../shared/sound.js";

/** @typedef {"camera" | "microphone"} DeviceKind */

const REMEMBERED = "foyer-devices";
const AGAIN_MS = 800;
const word = wordsOf("stage-words");
/** @type {Record<string, string>} what the browser says → how our sentence ends */
const REASONS = {
  NotAllowedError: "Refused",
  SecurityError: "Refused",
  NotFoundError: "Missing",
  NotReadableError: "Busy",
};

/** @param {unknown} error */
const nameOf = (error) => /** @type {{ name?: string }} */ (error)?.name ?? "";

/**
 * @param {MediaStreamTrack | null} track
 * @returns {{ backgroundBlur?: boolean[] }} as far as types know none of it yet
 */
const capabilitiesOf = (track) => /** @type {any} */ (track?.getCapabilities?.() ?? {});

class Devices extends EventTarget {
  /** Which devices, and what was on when somebody last came on stage. */
  choice = {
    camera: "",
    microphone: "",
    speaker: "",
    isBlurred: false,
    cameraOn: true,
    microphoneOn: true,
    keys: true,
    ...browserMemory.get(REMEMBERED),
  };
  /** @type {Record<DeviceKind | "screen", MediaStreamTrack | null>} */
  tracks = { camera: null, microphone: null, screen: null };
  /** What goes out and what one sees of oneself: always the same stream. */
  stream = new MediaStream();
  picture = { width: 640, height: 360, rate: 24 };
  /** On stage they stay on when the device check is closed. */
  areOnStage = false;
  /** @type {AudioContext | null} */
  #context = null;
  /** @type {AnalyserNode | null} */
  #meter = null;
  #isMeterLate = false;
  #isMicrophoneWanted = false; // by its switch
  #isTalking = false; // heard while a key is held, whatever the switch says
  /** @type {Promise<unknown>} */
  #turn = Promise.resolve();

  /** @param {Partial<Devices["choice"]>} change */
  remember(change) {
    Object.assign(this.choice, change);
    browserMemory.set(REMEMBERED, this.choice);
  }

  /** @param {string} [text] "640x360@24" */
  setPicture(text = "") {
    const [width, height, rate] = text.split(/[x@]/).map(Number);
    if (rate) this.picture = { width, height, rate };
  }

  /** Whether the browser can blur what is behind a person. Known while the camera is open. */
  get canBlur() {
    const { backgroundBlur: can } = capabilitiesOf(this.tracks.camera);
    return Boolean(can?.includes(true) && can.includes(false));
  }

  get microphoneOn() {
    return Boolean(this.tracks.microphone?.enabled);
  }
  get cameraOn() {
    return Boolean(this.tracks.camera);
  }
  get screenOn() {
    return Boolean(this.tracks.screen);
  }
  /** As the site is told: "true", or empty for off. */
  get state() {
    return {
      microphone: this.microphoneOn ? "true" : "",
      camera: this.cameraOn ? "true" : "",
      screen: this.screenOn ? "true" : "",
    };
  }
  /** One picture a person: a shared screen takes the camera's place. */
  get outgoing() {
    return { audio: this.tracks.microphone, video: this.tracks.screen ?? this.tracks.camera };
  }

  /**
   * One after the other, so that two quick clicks do not open a camera twice.
   * @template T
   * @param {() => Promise<T>} act
   * @returns {Promise<T>}
   */
  #queued(act) {
    const turn = this.#turn.then(act);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /**
   * Rejects with the sentence to show when the browser does not give the camera.
   * @param {boolean} on
   */
  setCamera(on) {
    return this.#queued(async () => {
      if (on === this.cameraOn) return;
      if (!on) return this.#drop("camera");
      const { width, height, rate } = this.picture;
      this.#hold(
        "camera",
        await this.#open("camera", {
          width: { ideal: width },
          height: { ideal: height },
          frameRate: { ideal: rate, max: rate },
        }),
      );
      if (this.choice.isBlurred) await this.#blur(true);
    });
  }

  /**
   * What is behind the person, from now on and the next time.
   * @param {boolean} on
   */
  setBlur(on) {
    return this.#queued(async () => {
      this.remember({ isBlurred: on });
      await this.#blur(on);
    });
  }

  /** @param {boolean} on */
  async #blur(on) {
    const { camera } = this.tracks;
    if (!camera || !this.canBlur) return;
    try {
      await camera.applyConstraints(/** @type {any} */ ({ ...camera.getConstraints(), backgroundBlur: on }));
    } catch {
      throw new Error(word("blurFailed"));
    }
  }

  /**
   * Off keeps the device, so that on is instant; off on the way in never opens it.
   * @param {boolean} on
   */
  setMicrophone(on) {
    this.#isMicrophoneWanted = on;
    return this.#queued(() => this.#applyMicrophone());
  }

  /** @param {boolean} yes heard from now on until it is said that no more */
  talk(yes) {
    this.#isTalking = yes;
    return this.#queued(() => this.#applyMicrophone());
  }

  /** Off, by whatever it was on, and also where it is just being opened. */
  silence() {
    this.#isTalking = false;
    return this.setMicrophone(false);
  }

  // What is wanted may change while a device is being opened: it is asked when it is there.
  async #applyMicrophone() {
    const isOn = () => this.#isMicrophoneWanted || this.#isTalking;
    if (isOn() === this.microphoneOn) return;
    if (!this.tracks.microphone) {
      const wish = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
      const track = await this.#open("microphone", wish);
      track.enabled = isOn();
      return this.#hold("microphone", track);
    }
    this.tracks.microphone.enabled = isOn();
    this.#changed();
  }

  /**
   * @param {DeviceKind} kind
   * @param {boolean} on
   */
  set(kind, on) {
    return kind === "camera" ? this.setCamera(on) : this.setMicrophone(on);
  }

  /**
   * Nothing happens when the person cancels. Rejects with the sentence to show.
   * @param {boolean} on
   */
  shareScreen(on) {
    return this.#queued(async () => {
      if (on === this.screenOn) return;
      if (!on) return this.#drop("screen");
      try {
        const given = await navigator.mediaDevices.getDisplayMedia({
          video: { frameRate: { max: 15 } },
          audio: false,
        });
        const [track] = given.getVideoTracks();
        track.contentHint = "detail";
        this.#hold("screen", track);
      } catch (error) {
        if (nameOf(error) !== "NotAllowedError") throw new Error(word("screenFailed"));
      }
    });
  }

  /**
   * Another camera or microphone; what is on stays on.
   * @param {DeviceKind} kind
   * @param {string} id
   */
  async choose(kind, id) {
    this.remember({ [kind]: id });
    const on = kind === "camera" ? this.cameraOn : this.#isMicrophoneWanted;
    if (this.tracks[kind]) await this.#queued(async () => this.#drop(kind));
    if (on) await this.set(kind, true);
  }

  /** The camera's light goes off. */
  stop() {
    this.#isTalking = false;
    this.#isMicrophoneWanted = false;
    return this.#queued(async () => {
      for (const kind of /** @type {const} */ (["camera", "microphone", "screen"])) this.#drop(kind, true);
      this.#changed();
    });
  }

  /** @returns {Promise<Record<DeviceKind | "speaker", MediaDeviceInfo[]>>} */
  async list() {
    const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    return {
      camera: all.filter((one) => one.kind === "videoinput"),
      microphone: all.filter((one) => one.kind === "audioinput"),
      speaker: all.filter((one) => one.kind === "audiooutput"),
    };
  }

  /** False where a microphone is on and the browser cannot say how loud it is: it has nothing to play sound to. */
  get isMeasured() {
    return !this.microphoneOn || !this.#isMeterLate || this.#context?.state === "running";
  }

  /** How loud the microphone is, 0 to 1. */
  level() {
    if (!this.#meter || !this.microphoneOn) return 0;
    const samples = new Float32Array(this.#meter.fftSize);
    this.#meter.getFloatTimeDomainData(samples);
    return Math.min(1, Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length) * 3);
  }

  /**
   * @param {DeviceKind} kind
   * @param {MediaTrackConstraints} wish
   * @param {boolean} [again]
   * @returns {Promise<MediaStreamTrack>}
   */
  async #open(kind, wish, again = true) {
    if (!navigator.mediaDevices?.getUserMedia) throw new Error(word("insecure"));
    const id = this.choice[kind];
    const exact = id ? { ...wish, deviceId: { exact: id } } : wish;
    try {
      const asked = { [kind === "camera" ? "video" : "audio"]: exact };
      return (await navigator.mediaDevices.getUserMedia(asked)).getTracks()[0];
    } catch (error) {
      const name = nameOf(error);
      // The remembered one is not plugged in today: any other will do.
      if (id && ["OverconstrainedError", "NotFoundError"].includes(name)) {
        this.remember({ [kind]: "" });
        return this.#open(kind, wish);
      }
      // The page before this one may not have released it yet.
      if (again && ["NotReadableError", "AbortError"].includes(name)) {
        await new Promise((later) => setTimeout(later, AGAIN_MS));
        return this.#open(kind, wish, false);
      }
      throw new Error(word(`${kind}${REASONS[name] ?? "Failed"}`));
    }
  }

  /**
   * @param {DeviceKind | "screen"} kind
   * @param {MediaStreamTrack} track
   */
  #hold(kind, track) {
    this.tracks[kind] = track;
    // Unplugged, or “Stop sharing” in the browser's own bar.
    track.addEventListener("ended", () => {
      if (this.tracks[kind] !== track) return;
      if (kind === "microphone") this.#isMicrophoneWanted = false;
      this.#drop(kind);
    });
    if (kind === "microphone") this.#listen(track);
    this.#changed();
  }

  /**
   * @param {DeviceKind | "screen"} kind
   * @param {boolean} [quietly]
   */
  #drop(kind, quietly = false) {
    this.tracks[kind]?.stop();
    this.tracks[kind] = null;
    if (kind === "microphone") {
      this.#context?.close();
      this.#context = null;
      this.#meter = null;
    }
    if (!quietly) this.#changed();
  }

  /** @param {MediaStreamTrack} track */
  #listen(track) {
    const context = new AudioContext();
    this.#context = context;
    this.#isMeterLate = false;
    // Without a click yet, or without an output, it sleeps: no level, all else works.
    isRunning(context).then((runs) => {
      if (context === this.#context) this.#isMeterLate = !runs;
    });
    this.#meter = context.createAnalyser();
    this.#meter.fftSize = 1024;
    context.createMediaStreamSource(new MediaStream([track])).connect(this.#meter);
  }

  #changed() {
    const wanted = Object.values(this.outgoing).filter((track) => track !== null);
    for (const track of this.stream.getTracks()) if (!wanted.includes(track)) this.stream.removeTrack(track);
    for (const track of wanted) this.stream.addTrack(track);
    this.dispatchEvent(new Event("change"));
  }
}

export const devices = new Devices();
