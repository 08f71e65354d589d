// @ts-check
/**
 * The viewer's side of a live event: hls.js under the player, how far behind live, and going on by itself after a pause
 * or a loss. The fragment #broadcast-state says what there is to see.
 */
import { keepAfterTap, nameControls } from "../player/controls.js";
import { announce } from "../shared/notices.js";
import { all, fill, need } from "../shared/page.js";
import { Latency } from "./latency.js";

// After a loss they catch up by themselves: a little behind by playing faster, further behind at a jump.
const KEEPS_UP = { maxLiveSyncPlaybackRate: 1.25, liveMaxLatencyDurationCount: 6 };
// Somebody who paused goes on from there, until they choose to go to live.
const STAYS_BEHIND = { maxLiveSyncPlaybackRate: 1, liveMaxLatencyDurationCount: Infinity };
// Further behind than this, the way back to live is offered.
const NEAR_LIVE_SECONDS = 12;
const AGAIN_MS = 2000;
const TICK_MS = 1000;

class Viewer {
  /** @type {HlsPlayer | null} */
  #hls = null;
  #playlist = "";
  #picture = "";
  #latency = new Latency();
  #isAway = false; // the sender's own window does not play what it sends
  #isPaused = false; // by the person: a picture that is mended stops too, and says nothing
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #again;

  /**
   * @param {HTMLElement} box
   * @param {HTMLElement} state
   */
  constructor(box, state) {
    this.box = box;
    this.state = state;
    this.video = need(box, "#broadcast-video", HTMLVideoElement);
    this.line = need(box, "#broadcast-line", HTMLElement);
    this.behind = need(box, "#broadcast-behind", HTMLElement);
    this.toLive = need(box, "#broadcast-to-live", HTMLButtonElement);
    this.sound = need(box, "#broadcast-sound", HTMLButtonElement);
    this.unplayable = need(box, "#broadcast-unplayable", HTMLElement);
    for (const note of all(box, "[data-without-script]")) note.remove();
    this.video.removeAttribute("src");
    this.video.load();
    const controller = this.video.parentElement;
    if (controller && customElements.get("media-controller")) {
      this.video.removeAttribute("controls");
      nameControls(controller, this.video);
      keepAfterTap(controller);
    }
    this.#listen();
    this.show();
    setInterval(() => this.#tell(), TICK_MS);
  }

  show() {
    const [now] = all(this.state, "[data-picture]");
    if (!now) return;
    const { picture = "", playlist = "" } = now.dataset;
    if (picture !== this.#picture) this.#changeTo(picture, now);
    if (this.#isAway || picture === "over" || !playlist) {
      if (this.#playlist) this.#detach();
    } else if (playlist !== this.#playlist) {
      this.#detach();
      this.#attach(playlist);
    }
    this.box.dataset.playing = String(Boolean(this.#playlist));
    this.line.hidden = !this.#playlist;
  }

  /**
   * @param {string} picture
   * @param {HTMLElement} now
   */
  #changeTo(picture, now) {
    const isNews = this.#picture !== "";
    this.#picture = picture;
    this.box.dataset.picture = picture;
    const words = now.querySelector("[data-words]")?.textContent.trim();
    if (words && isNews) announce(words);
    this.box.dispatchEvent(new CustomEvent("broadcast:picture", { detail: { picture } }));
  }

  async #play() {
    try {
      await this.video.play();
    } catch (error) {
      if (/** @type {Error} */ (error).name !== "NotAllowedError" || this.video.muted) return;
      // Without a click the browser plays silent pictures only.
      this.video.muted = true;
      this.sound.hidden = false;
      this.video.play().catch(() => {});
    }
  }

  #goOn() {
    if (!this.#isPaused) this.#play();
  }

  #detach() {
    clearTimeout(this.#again);
    this.#again = undefined;
    this.unplayable.hidden = true;
    this.#hls?.destroy();
    this.#hls = null;
    this.#playlist = "";
    this.video.removeAttribute("src");
    this.video.load();
  }

  /** @param {string} address */
  #attach(address) {
    this.#playlist = address;
    const { Hls } = globalThis;
    if (Hls?.isSupported()) {
      const hls = new Hls({
        enableWorker: false,
        liveSyncDurationCount: 3,
        backBufferLength: 90,
        ...(this.#isPaused ? STAYS_BEHIND : KEEPS_UP),
      });
      this.#hls = hls;
      hls.on(Hls.Events.MANIFEST_PARSED, () => this.#goOn());
      hls.on(Hls.Events.ERROR, (_name, error) => this.#onError(error, Hls.ErrorTypes.MEDIA_ERROR));
      hls.loadSource(address);
      hls.attachMedia(this.video);
    } else if (this.video.canPlayType("application/vnd.apple.mpegurl")) {
      this.video.src = address;
      this.#goOn();
    } else {
      this.unplayable.hidden = false;
    }
  }

  /**
   * A picture that cannot be repaired in place is started again, as long as there is one.
   * @param {{ fatal: boolean, type: string }} error
   * @param {string} mendable
   */
  #onError(error, mendable) {
    if (!error.fatal) return;
    if (error.type === mendable && !this.#again) {
      this.#again = setTimeout(() => {
        this.#again = undefined;
      }, AGAIN_MS);
      this.#hls?.recoverMediaError();
      this.#goOn();
      return;
    }
    const playlist = this.#playlist;
    this.#detach();
    this.#playlist = playlist;
    this.#again = setTimeout(() => {
      this.#playlist = "";
      this.show();
    }, AGAIN_MS);
  }

  get #liveEdge() {
    if (this.#hls) return this.#hls.liveSyncPosition;
    const { seekable } = this.video;
    return seekable.length ? seekable.end(seekable.length - 1) : null;
  }

  get #secondsBehind() {
    if (this.#hls) return this.#hls.latency;
    const edge = this.#liveEdge;
    return edge === null ? 0 : edge - this.video.currentTime;
  }

  #tell() {
    if (!this.#playlist || !this.video.readyState) return;
    const told = this.#secondsBehind;
    const seconds = Math.round(this.#latency.seconds(this.video.currentTime, told, performance.now()));
    this.toLive.hidden = seconds <= NEAR_LIVE_SECONDS && !this.video.paused;
    const { paused = "", behind = "" } = this.line.dataset;
    const text = this.video.paused ? paused : fill(behind, { seconds });
    this.behind.textContent = this.#picture === "on" ? text : "";
    this.behind.dataset.seconds = String(seconds);
    this.box.dataset.live = String(this.#picture === "on" && this.toLive.hidden);
  }

  #listen() {
    this.video.addEventListener("error", () => {
      if (this.#hls || !this.#playlist) return;
      this.#again ??= setTimeout(() => {
        this.#detach();
        this.show();
      }, AGAIN_MS);
    });
    this.video.addEventListener("volumechange", () => {
      if (!this.video.muted) this.sound.hidden = true;
    });
    // A picture that starves is no pause: the browser says `waiting`.
    this.video.addEventListener("pause", () => {
      this.#isPaused = !this.video.ended;
      if (this.#hls) Object.assign(this.#hls.config, STAYS_BEHIND);
    });
    this.video.addEventListener("play", () => {
      this.#isPaused = false;
    });
    this.toLive.addEventListener("click", () => {
      if (this.#hls) Object.assign(this.#hls.config, KEEPS_UP);
      const edge = this.#liveEdge;
      if (edge !== null) this.video.currentTime = edge;
      this.#play();
    });
    this.sound.addEventListener("click", () => {
      this.video.muted = false;
      this.sound.hidden = true;
    });
    document.body.addEventListener("htmx:afterSwap", ({ detail }) => {
      if (detail.target === this.state) this.show();
    });
    this.box.addEventListener("broadcast:sender", ({ detail }) => {
      this.#isAway = detail.open;
      this.show();
    });
  }
}

const box = document.getElementById("broadcast");
const state = document.getElementById("broadcast-state");
if (box && state) new Viewer(box, state);
