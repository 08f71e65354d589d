// @ts-check
/**
 * The one film or sound of the page: media-chrome's controls, our keys, menus and captions, what is said when it does
 * not play, and the way to share a moment of it. Where media-chrome is not there the browser's controls stay, and keys,
 * transcript and resuming with them.
 */
import * as menu from "../shared/menu.js";
import { all, around, fill, language, loaded, shortcutOf } from "../shared/page.js";
import { keepAfterTap, nameControls } from "./controls.js";
import { clock, resume } from "./resume.js";

const RATES = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];
const LOUDER = 0.05;
// What a control of its own does with the arrows, or with space, is left to it.
const OWN_ARROWS = "media-volume-range, [aria-haspopup=menu]";
const OWN_SPACE = "button, a, summary, [role=button]";

/** @param {string} address */
async function isRefused(address) {
  const answer = await fetch(address, { method: "HEAD", cache: "no-store" }).catch(() => undefined);
  return answer !== undefined && [403, 404].includes(answer.status);
}

/** @param {HTMLMediaElement} media */
const play = (media) => media.play().catch(() => {}); // a browser may refuse; the button is there

class Player {
  /** @param {HTMLElement} stage @param {HTMLMediaElement} media */
  constructor(stage, media) {
    this.stage = stage;
    this.media = media;
    this.controller = all(stage, "media-controller").at(0);
    /** @type {import("./captions.js").Captions | undefined} */
    this.captions = undefined;
    if (this.controller && customElements.get("media-controller")) this.#takeOver(this.controller);
    stage.addEventListener("keydown", (event) => this.#onKey(event), true);
    this.#offerSpeeds();
    this.#offerMoment();
  }

  /** @param {HTMLElement} controller */
  #takeOver(controller) {
    const { media, stage } = this;
    media.removeAttribute("controls");
    stage.dataset.ready = "";
    nameControls(controller, media);
    keepAfterTap(controller);
    if (document.body.matches(".embed")) menu.start();
    const [start] = all(stage, "[data-start]");
    start?.addEventListener("click", () => {
      play(media);
      controller.focus();
    });
    media.addEventListener("play", () => start?.remove(), { once: true });
    this.#showWhileOpen();
    this.#sayProblems();
  }

  /** While one of its menus is open the row of buttons stays. */
  #showWhileOpen() {
    const [foot] = all(this.stage, "[data-foot]");
    if (!foot) return;
    this.stage.addEventListener(
      "toggle",
      () => foot.toggleAttribute("noautohide", this.stage.querySelector(":popover-open") !== null),
      true,
    );
  }

  #sayProblems() {
    const { media } = this;
    const [problem] = all(this.stage, "[data-problem]");
    if (!problem) return;
    let at = 0;
    // Of the element itself, or of the source in it, whose event does not bubble.
    const says = problem.querySelector("[data-problem-says]");
    const again = problem.querySelector("[data-again]");
    const type = media.querySelector("source")?.type;
    const say = () => {
      at = media.currentTime || at;
      problem.hidden = false;
      if (type && !media.canPlayType(type) && says instanceof HTMLElement) {
        says.textContent = says.dataset.unplayable ?? "";
        again?.remove();
      }
      this.stage.dataset.broken = "";
      askWhy();
    };
    // Where its reader may watch no more, the page itself says what is so. It is asked after the bytes, which cost less.
    const askWhy = async () => {
      if ((await isRefused(media.currentSrc)) && (await isRefused(location.href))) location.reload();
    };
    media.addEventListener("error", say, true);
    if (media.error || media.networkState === HTMLMediaElement.NETWORK_NO_SOURCE) say(); // before this ran
    media.addEventListener("loadeddata", () => {
      problem.hidden = true;
      delete this.stage.dataset.broken;
    });
    again?.addEventListener("click", () => {
      media.load();
      if (at) media.addEventListener("loadedmetadata", () => (media.currentTime = at), { once: true });
      play(media);
      this.controller?.focus();
    });
  }

  /** @param {number} seconds */
  #seek(seconds) {
    const { media } = this;
    media.currentTime = Math.max(0, Math.min(media.currentTime + seconds, media.duration || 0));
  }

  /** @param {number} more */
  #turn(more) {
    this.media.volume = Math.max(0, Math.min(1, this.media.volume + more));
    if (more > 0) this.media.muted = false;
  }

  /** @param {number} step */
  #speed(step) {
    const { media } = this;
    const faster = RATES.filter((rate) => (step > 0 ? rate > media.playbackRate : rate < media.playbackRate));
    const next = step > 0 ? faster[0] : faster.at(-1);
    if (next) media.playbackRate = next;
  }

  #wholeScreen() {
    const { controller, media } = this;
    if (!(media instanceof HTMLVideoElement)) return;
    if (document.fullscreenElement) document.exitFullscreen();
    else if (controller?.requestFullscreen) controller.requestFullscreen().catch(() => {});
    else media.webkitEnterFullscreen?.();
  }

  /** @type {Record<string, () => unknown>} what a key does */
  #keys = {
    " ": () => (this.media.paused ? play(this.media) : this.media.pause()),
    k: () => this.#keys[" "](),
    j: () => this.#seek(-10),
    l: () => this.#seek(10),
    arrowleft: () => this.#seek(-5),
    arrowright: () => this.#seek(5),
    arrowup: () => this.#turn(LOUDER),
    arrowdown: () => this.#turn(-LOUDER),
    m: () => (this.media.muted = !this.media.muted),
    f: () => this.#wholeScreen(),
    c: () => this.captions?.toggle(),
    "<": () => this.#speed(-1),
    ">": () => this.#speed(1),
    "?": () => all(this.stage, "[data-keys-button]")[0]?.click(),
  };

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (around(event, "[role=menu], select, input, textarea")) return;
    const key = shortcutOf(event);
    if (key === " " && around(event, OWN_SPACE)) return;
    if (key.startsWith("arrow") && around(event, OWN_ARROWS)) return;
    // With its own controls the browser knows which of them, inside the player, has the focus.
    if (this.media.controls && (key === " " || key === "arrowup" || key === "arrowdown")) return;
    const act = Object.hasOwn(this.#keys, key) ? this.#keys[key] : undefined;
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  #offerSpeeds() {
    const { media, stage } = this;
    const [shown] = all(stage, "[data-speed]");
    const choices = all(stage, "[data-rate]");
    for (const choice of choices)
      choice.addEventListener("click", () => {
        media.playbackRate = Number(choice.dataset.rate);
      });
    media.addEventListener("ratechange", () => {
      if (shown) shown.textContent = `${media.playbackRate.toLocaleString(language)}×`;
      for (const choice of choices)
        choice.setAttribute("aria-checked", String(Number(choice.dataset.rate) === media.playbackRate));
    });
  }

  /** In the dialog Share: the address of this moment. */
  #offerMoment() {
    document.addEventListener("htmx:afterSettle", () => {
      const [offer] = all(document, "#dialog [data-moment]");
      const seconds = Math.floor(this.media.currentTime);
      const box = offer?.querySelector("input");
      const field = document.getElementById("page-address");
      const words = offer?.querySelector("[data-moment-says]");
      if (!offer?.hidden || !box || !words || !seconds || !(field instanceof HTMLInputElement)) return;
      const address = field.value;
      words.textContent = fill(offer.dataset.moment ?? "", { time: clock(seconds) });
      box.addEventListener("change", () => {
        field.value = box.checked ? `${address}?t=${seconds}` : address;
      });
      offer.hidden = false;
    });
  }
}

const stage = document.querySelector("[data-player]");
const media = stage?.querySelector("video, audio");
if (stage instanceof HTMLElement && media instanceof HTMLMediaElement) {
  const player = new Player(stage, media);
  resume(stage, media);
  if (media.querySelector("track")) {
    loaded(() => import("./transcript.js")).then(({ followTranscript }) => followTranscript(media));
    loaded(() => import("./captions.js")).then(({ Captions }) => {
      player.captions = new Captions(stage, media);
    });
  }
}
