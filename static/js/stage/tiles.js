// @ts-check
/**
 * The tiles: one for each person on stage, with name and microphone; those who speak are marked. What the page says is
 * off is neither shown nor played, even if the other browser sends it. Who is large is said in view.js; until it is
 * loaded, a shared screen is.
 */
import { icon, wordsOf } from "../shared/page.js";
import { devices } from "./devices.js";

/** @typedef {import("./engine.js").Connection} Connection */
/** @typedef {import("./line.js").Quality} Quality */

/**
 * @typedef {object} Person on stage, as the page's fragment says
 * @property {number} seat
 * @property {string} name
 * @property {Node | undefined} avatar
 * @property {boolean} microphone
 * @property {boolean} camera
 * @property {boolean} screen
 * @property {boolean} mine
 */

const TICK_MS = 200;
const LOUD = 0.03;
const HOLD_MS = 900; // a breath between two words is not silence
const word = wordsOf("stage-words");

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} className
 */
function make(tag, className) {
  const element = document.createElement(tag);
  element.className = className;
  return element;
}

export class Tile {
  /** @type {Quality} of what we get of them */
  #line = "good";
  #loudAt = 0;
  #marked = "";
  #isMine = false;
  #isSilent = false;
  #sharesScreen = false;
  #speaks = false;
  /** @type {Connection | undefined} */
  #connection;

  /** @param {Person} person */
  constructor(person) {
    this.seat = person.seat;
    this.node = make("li", "stage-tile");
    this.node.dataset.seat = String(person.seat);
    this.video = document.createElement("video");
    this.video.autoplay = true;
    this.video.playsInline = true;
    this.video.muted = person.mine;
    this.video.disablePictureInPicture = true;
    // A phone that is held upright is shown whole.
    this.video.addEventListener("resize", () => {
      const { videoWidth, videoHeight } = this.video;
      this.node.classList.toggle("stage-tile-upright", videoHeight > videoWidth);
    });
    this.frame = make("div", "stage-frame");
    this.frame.append(this.video);
    this.dark = make("div", "stage-dark");
    if (person.avatar) this.dark.append(person.avatar);
    this.note = make("p", "stage-note");
    this.name = document.createElement("bdi");
    this.marks = make("span", "stage-marks");
    const caption = make("p", "stage-caption");
    caption.append(this.name, this.marks);
    this.node.append(this.frame, this.dark, this.note, caption);
  }

  get hasScreen() {
    return this.#sharesScreen;
  }
  get isMine() {
    return this.#isMine;
  }
  /** Heard now, or a breath ago. */
  get speaks() {
    return this.#speaks && !this.#isSilent;
  }
  get connection() {
    return this.#connection;
  }

  /** @param {Quality} quality */
  showLine(quality) {
    if (quality === this.#line) return;
    this.#line = quality;
    this.#mark();
  }

  /**
   * @param {Person} person
   * @param {Connection | undefined} connection none to oneself
   */
  show(person, connection) {
    this.#connection = connection;
    this.#isMine = person.mine;
    const { microphone, screen, camera } = person.mine
      ? { microphone: devices.microphoneOn, screen: devices.screenOn, camera: devices.cameraOn }
      : person;
    const stream = person.mine ? devices.stream : connection?.stream;
    const state = person.mine ? "connected" : (connection?.state ?? "connecting");
    if (stream && this.video.srcObject !== stream) this.video.srcObject = stream;
    this.video.hidden = !(camera || screen) || state !== "connected";
    this.dark.hidden = !this.video.hidden;
    this.video.classList.toggle("stage-mirrored", person.mine && !screen);
    this.node.classList.toggle("stage-tile-screen", screen);
    this.video.muted = person.mine || !microphone;
    this.video.setAttribute("aria-label", person.name);
    this.name.textContent = person.mine ? `${person.name} (${word("you")})` : person.name;
    const notes = { connected: "", lost: word("connectionLost"), connecting: word("connecting") };
    this.note.textContent = notes[state];
    this.#isSilent = !microphone;
    this.#sharesScreen = screen;
    this.#mark();
    if (stream?.getTracks().length) this.play();
  }

  play() {
    this.video.play().catch((error) => {
      if (error.name === "NotAllowedError") document.dispatchEvent(new CustomEvent("stage-silent"));
    });
  }

  /** @param {number} now */
  listen(now) {
    const level = this.#isMine ? devices.level() : (this.#connection?.level() ?? 0);
    if (level > LOUD) this.#loudAt = now;
    this.#speaks = now - this.#loudAt < HOLD_MS;
    this.#mark();
  }

  #mark() {
    /** @type {[string, string][]} icon and sentence */
    const marks = [];
    if (this.#line === "poor") marks.push(["signal-low", "poorLine"]);
    if (this.#sharesScreen) marks.push(["screen", "sharesScreen"]);
    if (this.#isSilent) marks.push(["microphone-off", "muted"]);
    else if (this.#speaks) marks.push(["sound", "speaking"]);
    const key = marks.join();
    if (this.#marked === key) return;
    this.#marked = key;
    this.marks.replaceChildren(
      ...marks.flatMap(([name, says]) => {
        const words = make("span", "visually-hidden");
        words.textContent = word(says);
        return [icon(name), words];
      }),
    );
    this.node.classList.toggle("stage-tile-speaks", this.speaks);
  }
}

export class Tiles {
  /** @type {Map<number, Tile>} */
  #tiles = new Map();
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #clock;
  /** @type {(tiles: Tile[]) => number | null} the seat that is large; null: all are of one size */
  chooseLarge = (tiles) => tiles.findLast((tile) => tile.hasScreen)?.seat ?? null;

  /** @param {HTMLElement} list */
  constructor(list) {
    this.list = list;
  }

  /** In the order of coming. */
  get all() {
    return [...this.#tiles.values()];
  }

  /**
   * @param {Person[]} people in the order of coming
   * @param {(seat: number) => Connection | undefined} connectionTo
   */
  show(people, connectionTo) {
    for (const [seat, tile] of this.#tiles) {
      if (people.some((person) => person.seat === seat)) continue;
      tile.video.srcObject = null;
      tile.node.remove();
      this.#tiles.delete(seat);
    }
    for (const person of people) {
      let tile = this.#tiles.get(person.seat);
      if (!tile) {
        tile = new Tile(person);
        this.#tiles.set(person.seat, tile);
        this.list.append(tile.node);
      }
      tile.show(person, connectionTo(person.seat));
    }
    this.list.hidden = !people.length;
    this.list.dataset.count = String(people.length);
    this.list.style.setProperty("--_others", String(Math.max(1, people.length - 1)));
    this.arrange();
    if (people.length) {
      this.#clock ??= setInterval(() => this.#listen(), TICK_MS);
    } else {
      clearInterval(this.#clock);
      this.#clock = undefined;
    }
  }

  arrange() {
    const large = this.chooseLarge(this.all);
    this.list.classList.toggle("stage-tiles-large", large !== null);
    for (const tile of this.all) tile.node.classList.toggle("stage-tile-large", tile.seat === large);
  }

  playAll() {
    for (const tile of this.all) tile.play();
  }

  #listen() {
    const now = performance.now();
    for (const tile of this.all) tile.listen(now);
    this.arrange();
  }
}
