// @ts-check
/**
 * How one looks at the stage: grid or speaker, one person pinned, the whole screen, a shared screen enlarged; and how
 * good the lines are. All of it is one's own, and nobody else's page changes.
 */
import { announce } from "../shared/notices.js";
import { browserMemory, icon, need, wordsOf } from "../shared/page.js";
import { devices } from "./devices.js";
import { largeSeat, Speaker } from "./layout.js";
import { countsIn, isOwnLinePoor, qualityOf } from "./line.js";
import { playBy } from "./speaker.js";

/** @typedef {import("./tiles.js").Tile} Tile */
/** @typedef {import("./line.js").Counts} Counts */

const REMEMBERED = "foyer-stage-layout";
const COUNT_MS = 4000;
const MOST_ZOOM = 3;
const word = wordsOf("stage-words");

/** What lies over one tile: pin, and larger or smaller where it is a screen. */
class Acts {
  #zoom = 1;

  /**
   * @param {Tile} tile
   * @param {() => void} pin
   */
  constructor(tile, pin) {
    this.tile = tile;
    this.node = document.createElement("div");
    this.node.className = "stage-tile-acts";
    this.pin = this.#button("pin", pin);
    this.larger = this.#button("zoom-in", () => this.#zoomTo(this.#zoom + 1));
    this.smaller = this.#button("zoom-out", () => this.#zoomTo(this.#zoom - 1));
    tile.node.append(this.node);
  }

  /**
   * @param {string} name
   * @param {() => void} act
   */
  #button(name, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(icon(name));
    button.addEventListener("click", act);
    this.node.append(button);
    return button;
  }

  /** @param {number} zoom */
  #zoomTo(zoom) {
    this.#zoom = zoom;
    const { node, frame } = this.tile;
    if (zoom > 1) node.dataset.zoom = String(zoom);
    else delete node.dataset.zoom;
    for (const name of ["tabindex", "role", "aria-label"]) frame.removeAttribute(name);
    if (zoom > 1) {
      frame.tabIndex = 0;
      frame.role = "group";
      frame.ariaLabel = this.tile.name.textContent;
    }
    // The middle stays the middle.
    frame.scrollTo(
      (frame.scrollWidth - frame.clientWidth) / 2,
      (frame.scrollHeight - frame.clientHeight) / 2,
    );
    const hadFocus = document.activeElement;
    this.#show(true);
    if (hadFocus === this.larger && this.larger.hidden) this.smaller.focus();
    if (hadFocus === this.smaller && this.smaller.hidden) this.larger.focus();
  }

  /** @param {boolean} canZoom */
  #show(canZoom) {
    this.larger.hidden = !canZoom || this.#zoom >= MOST_ZOOM;
    this.smaller.hidden = !canZoom || this.#zoom <= 1;
  }

  /** @param {{ isPinned: boolean, isLarge: boolean, isAlone: boolean }} how */
  draw({ isPinned, isLarge, isAlone }) {
    const name = this.tile.name.textContent ?? "";
    const says = {
      pin: word(isPinned ? "unpin" : "pin", { name }),
      larger: word("zoomIn", { name }),
      smaller: word("zoomOut", { name }),
    };
    for (const [key, text] of Object.entries(says)) {
      const button = this[/** @type {"pin" | "larger" | "smaller"} */ (key)];
      if (button.getAttribute("aria-label") !== text) {
        button.setAttribute("aria-label", text);
        button.title = text;
      }
    }
    this.pin.setAttribute("aria-pressed", String(isPinned));
    this.pin.hidden = isAlone && !isPinned;
    const canZoom = this.tile.hasScreen && (isLarge || isAlone);
    if (!canZoom && this.#zoom > 1) this.#zoomTo(1);
    this.#show(canZoom);
  }
}

export class View {
  /** @type {number | null} */
  #pinned = null;
  /** @type {import("./layout.js").Layout} */
  #layout = browserMemory.get(REMEMBERED) === "speaker" ? "speaker" : "grid";
  #speaker = new Speaker();
  /** @type {WeakMap<Tile, Acts>} */
  #acts = new WeakMap();
  /** @type {WeakMap<object, Counts>} by connection */
  #counted = new WeakMap();

  /**
   * @param {HTMLElement} stage
   * @param {import("./tiles.js").Tiles} tiles
   */
  constructor(stage, tiles) {
    this.tiles = tiles;
    this.bar = need(stage, "#stage-views", HTMLElement);
    this.layout = need(stage, "#stage-layout", HTMLButtonElement);
    this.full = need(stage, "#stage-full", HTMLButtonElement);
    this.ownLine = need(stage, "#stage-own-line", HTMLElement);
    tiles.chooseLarge = (all) => this.#choose(all);
    this.layout.addEventListener("click", () =>
      this.#setLayout(this.#layout === "grid" ? "speaker" : "grid"),
    );
    this.full.addEventListener("click", () => this.#turnFull());
    document.addEventListener("fullscreenchange", () => this.#drawFull());
    this.full.hidden = !document.fullscreenEnabled;
    this.bar.hidden = false;
    this.#countLater();
    this.#drawLayout();
    this.#drawFull();
    tiles.arrange();
  }

  /** @param {Tile[]} all */
  #choose(all) {
    const speaker = this.#speaker.hear(
      all.map((tile) => ({ seat: tile.seat, mine: tile.isMine, speaks: tile.speaks })),
      performance.now(),
    );
    const people = all.map((tile) => ({ seat: tile.seat, screen: tile.hasScreen, mine: tile.isMine }));
    const large = largeSeat(people, { pinned: this.#pinned, layout: this.#layout, speaker });
    for (const tile of all) {
      let acts = this.#acts.get(tile);
      if (!acts) {
        playBy(tile.video);
        acts = new Acts(tile, () => this.#pin(tile));
        this.#acts.set(tile, acts);
      }
      acts.draw({
        isPinned: this.#pinned === tile.seat,
        isLarge: large === tile.seat,
        isAlone: all.length === 1,
      });
    }
    this.layout.hidden = all.length < 2;
    return large;
  }

  /** @param {Tile} tile */
  #pin(tile) {
    this.#pinned = this.#pinned === tile.seat ? null : tile.seat;
    this.tiles.arrange();
  }

  /** @param {import("./layout.js").Layout} layout */
  #setLayout(layout) {
    this.#layout = layout;
    browserMemory.set(REMEMBERED, layout);
    this.#drawLayout();
    this.tiles.arrange();
  }

  #drawLayout() {
    this.layout.setAttribute("aria-pressed", String(this.#layout === "speaker"));
  }

  async #turnFull() {
    try {
      if (document.fullscreenElement) await document.exitFullscreen();
      else await document.documentElement.requestFullscreen();
    } catch {
      announce(word("noFull"));
    }
  }

  #drawFull() {
    const isFull = document.fullscreenElement === document.documentElement;
    document.documentElement.classList.toggle("stage-is-full", isFull);
    this.full.setAttribute("aria-pressed", String(isFull));
  }

  /** One at a time; a browser that counts slowly is asked less often. */
  async #countLater() {
    await new Promise((done) => setTimeout(done, COUNT_MS));
    await this.#count();
    this.#countLater();
  }

  async #count() {
    const lines = [];
    for (const tile of this.tiles.all) {
      const { connection } = tile;
      if (connection?.state !== "connected") continue;
      const stats = await connection.stats().catch(() => null);
      if (!stats) continue;
      const now = countsIn(stats);
      const quality = qualityOf(this.#counted.get(connection) ?? null, now);
      this.#counted.set(connection, now);
      tile.showLine(quality.theirs);
      lines.push(quality);
    }
    const isPoor = devices.areOnStage && isOwnLinePoor(lines);
    if (isPoor && this.ownLine.hidden) announce(this.ownLine.textContent);
    this.ownLine.hidden = !isPoor;
  }
}
