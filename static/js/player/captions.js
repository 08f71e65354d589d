// @ts-check
/**
 * Captions of the one film or sound of the page, drawn by us: above the row of buttons while that is there, under a
 * sound too, and alike in every browser. A player of the system (full screen on a phone, a picture of its own) draws
 * them itself.
 */
import { CAPTIONS } from "../shared/keeping.js";
import { all, browserMemory, language } from "../shared/page.js";

export class Captions {
  /** @type {TextTrack | null} */
  #chosen = null;
  #isNative = false;

  /**
   * @param {HTMLElement} stage
   * @param {HTMLMediaElement} media
   */
  constructor(stage, media) {
    this.place = all(stage, "[data-captions]").at(0);
    this.menu = all(stage, "[data-captions-menu]").at(0);
    this.button = all(stage, "[data-captions-button]").at(0);
    this.stage = stage;
    this.media = media;
    this.tracks = [...media.textTracks].filter((track) => track.kind === "captions");
    if (!this.tracks.length || !this.place) return;
    for (const track of this.tracks)
      track.addEventListener("cuechange", () => track === this.#chosen && this.#draw());
    this.menu?.addEventListener("click", ({ target }) => {
      const item = target instanceof Element && target.closest("[data-track]");
      if (item instanceof HTMLElement) this.choose(this.tracks[Number(item.dataset.track || -1)] ?? null);
    });
    media.textTracks.addEventListener("change", () => this.#adopt());
    for (const [name, isNative] of /** @type {[string, boolean][]} */ ([
      ["webkitbeginfullscreen", true],
      ["webkitendfullscreen", false],
      ["enterpictureinpicture", true],
      ["leavepictureinpicture", false],
    ]))
      media.addEventListener(name, () => {
        this.#isNative = isNative;
        this.#show();
      });
    const before = browserMemory.get(CAPTIONS);
    this.#chosen = this.tracks.find((track) => before && track.language === before) ?? null;
    this.#show();
  }

  /** What a system's player, or a setting of the browser, has switched on is chosen. */
  #adopt() {
    const showing = this.tracks.find((track) => track.mode === "showing") ?? null;
    if (this.#isNative) {
      if (showing !== this.#chosen) this.#keep(showing);
    } else if (showing) {
      this.choose(showing);
    }
  }

  /** @param {TextTrack | null} track */
  #keep(track) {
    this.#chosen = track;
    browserMemory.set(CAPTIONS, track?.language ?? "");
  }

  /** @param {TextTrack | null} track none switches them off */
  choose(track) {
    this.#keep(track);
    this.#show();
  }

  toggle() {
    const wished = browserMemory.get(CAPTIONS) || language;
    const one = this.tracks.find((track) => track.language === wished) ?? this.tracks[0];
    if (one) this.choose(this.#chosen ? null : one);
  }

  #show() {
    for (const track of this.tracks) {
      const mode = track !== this.#chosen ? "disabled" : this.#isNative ? "showing" : "hidden";
      if (track.mode !== mode) track.mode = mode;
    }
    const at = this.#chosen ? String(this.tracks.indexOf(this.#chosen)) : "";
    for (const item of this.menu ? all(this.menu, "[data-track]") : [])
      item.setAttribute("aria-checked", String(item.dataset.track === at));
    this.button?.toggleAttribute("data-on", this.#chosen !== null);
    this.stage.toggleAttribute("data-captioned", this.#chosen !== null);
    this.#draw();
  }

  #draw() {
    const { place } = this;
    if (!place) return;
    const cues = this.#isNative ? [] : [...(this.#chosen?.activeCues ?? [])];
    place.lang = this.#chosen?.language ?? "";
    place.replaceChildren(
      ...cues.map((cue) => {
        const line = document.createElement("p");
        const words = document.createElement("span");
        line.dir = "auto";
        words.append(/** @type {VTTCue} */ (cue).getCueAsHTML());
        line.append(words);
        return line;
      }),
    );
  }
}
