// @ts-check
/** Q&A, reactions and polls of a live page: all are ordinary forms; this adds what moves and counts that follow. */
import { announce } from "../shared/notices.js";
import { all, around, icon } from "../shared/page.js";

/** @typedef {import("./events.js").FactRelay} FactRelay */

const QUIET_MS = 2200;
const REACTIONS_QUIET_MS = 3000;
const COUNTED_MS = 60_000;
const MOST_IN_THE_AIR = 24;
const REACTIONS = new Set(["clap", "heart", "laugh", "wow", "thumb"]);

/** Asks once more when nothing has come for a while, so that the last number is always right. */
class AskWhenQuiet {
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  #later = new Map();

  /** @param {FactRelay} relay */
  constructor(relay) {
    this.relay = relay;
  }

  /** @param {string} kind */
  isDue(kind) {
    return this.#later.has(kind);
  }

  /**
   * @param {string} kind
   * @param {number} [spreadMs]
   * @param {number} [quietMs]
   */
  ask(kind, spreadMs = 0, quietMs = QUIET_MS) {
    clearTimeout(this.#later.get(kind));
    const tell = () => {
      this.#later.delete(kind);
      this.relay.tell(kind, { w: spreadMs });
    };
    this.#later.set(kind, setTimeout(tell, quietMs));
  }
}

/** The counts of the last minute, and what flies over the picture. */
class Reactions {
  #still = matchMedia("(prefers-reduced-motion: reduce)");
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  #fading = new Map();

  /** @param {HTMLElement} page */
  constructor(page) {
    this.page = page;
    this.fadeAll();
  }

  /**
   * @param {string} kind
   * @param {number} count
   */
  show(kind, count) {
    const [number] = all(this.page, `[data-reaction="${kind}"]`);
    if (!number) return;
    number.textContent = String(count);
    const whole = number.closest("[data-reaction-of]");
    (whole instanceof HTMLElement ? whole : number).hidden = !count;
    this.#fadeLater(kind, count);
  }

  fadeAll() {
    for (const one of all(this.page, "[data-reaction]")) {
      this.#fadeLater(one.dataset.reaction ?? "", Number(one.textContent));
    }
  }

  /**
   * @param {string} kind
   * @param {number} count
   */
  #fadeLater(kind, count) {
    clearTimeout(this.#fading.get(kind));
    if (count)
      this.#fading.set(
        kind,
        setTimeout(() => this.show(kind, 0), COUNTED_MS),
      );
  }

  /** @param {string} kind */
  fly(kind) {
    const air = document.getElementById("reaction-air");
    if (!air || this.#still.matches || document.hidden || air.childElementCount >= MOST_IN_THE_AIR) return;
    const one = document.createElement("span");
    one.className = `reaction-flying reaction-${kind}`;
    one.style.setProperty("--place", `${Math.round(Math.random() * 100)}%`);
    one.style.setProperty("--drift", `${Math.round(Math.random() * 60 - 30)}px`);
    one.append(icon(kind));
    one.addEventListener("animationend", () => one.remove());
    air.append(one);
  }
}

/**
 * The poll over the picture: a new one is announced, and it stays folded if the reader folded it. Where room is
 * short, on a phone on its side or with the sheet up, it comes folded: open, it would push away the buttons by which
 * one mutes oneself.
 */
class PollCard {
  #shown = "";
  #folded = "";
  #short = matchMedia("(height < 30rem)");
  #narrow = matchMedia("(width < 54rem)");

  /** @param {HTMLElement} page */
  constructor(page) {
    this.page = page;
    const card = this.#card();
    this.#shown = this.#name(card);
    this.#foldIfShort(card);
    this.#short.addEventListener("change", () => this.#foldIfShort(this.#card()));
    page.addEventListener("live:sheet", () => this.#foldIfShort(this.#card()));
    // What `toggle` tells comes later than the press, and may come too late.
    document.addEventListener("htmx:beforeSwap", () => {
      const card = this.#card();
      if (card) this.#folded = card.open ? "" : this.#name(card);
    });
  }

  #card() {
    const card = document.getElementById("poll-card");
    return card instanceof HTMLDetailsElement ? card : null;
  }

  /** @param {HTMLElement | null} card */
  #name(card) {
    return card ? `${card.dataset.poll} ${card.dataset.state}` : "";
  }

  /** @param {HTMLDetailsElement | null} card */
  #foldIfShort(card) {
    const isUnderSheet = this.#narrow.matches && this.page.classList.contains("sheet-open");
    if (!card || !(this.#short.matches || isUnderSheet)) return;
    card.open = false;
    this.#folded = this.#name(card);
  }

  swapped() {
    const card = this.#card();
    const name = this.#name(card);
    if (card && this.#folded === name) card.open = false;
    if (card && name !== this.#shown) {
      announce(card.dataset.say);
      this.#foldIfShort(card);
    }
    this.#shown = name;
  }
}

/**
 * The host has allowed questions without a name, or stopped it: the form is asked for again, unless somebody is
 * writing in it.
 * @param {HTMLElement} list
 */
function refreshAskForm(list) {
  const form = document.getElementById("question-ask");
  const text = form?.querySelector("textarea");
  if (!form || !text || form.dataset.anonymous === list.dataset.anonymous) return;
  if (!text.value && document.activeElement !== text) htmx.trigger(form, "refresh");
}

/**
 * @param {HTMLElement} page
 * @param {FactRelay} relay
 */
export function start(page, relay) {
  const askWhenQuiet = new AskWhenQuiet(relay);
  const reactions = new Reactions(page);
  const poll = new PollCard(page);

  for (const kind of /** @type {const} */ (["qna", "polls"])) {
    document.body.addEventListener(`live:${kind}`, ({ detail }) => {
      if (detail?.throttled && !askWhenQuiet.isDue(kind)) askWhenQuiet.ask(kind, detail.w);
    });
  }
  document.body.addEventListener("live:reaction", ({ detail }) => {
    if (!detail?.of || !REACTIONS.has(detail.of)) return;
    reactions.show(detail.of, detail.n ?? 0);
    reactions.fly(detail.of);
    // When no more come, the exact counts, each browser at a moment of its own.
    askWhenQuiet.ask("reactions", detail.w, REACTIONS_QUIET_MS);
  });
  document.addEventListener("htmx:afterSettle", ({ target }) => {
    if (!(target instanceof HTMLElement)) return;
    if (target.id === "question-list") refreshAskForm(target);
    if (target.id === "live-poll") poll.swapped();
    if (target.id === "live-reactions") reactions.fadeAll();
  });
  // A link in an answer opens a new window, so that nobody leaves the session by it.
  document.addEventListener("click", (event) => {
    const link = around(event, ".question-answer a[href]");
    if (link) Object.assign(link, { target: "_blank", rel: "noopener noreferrer nofollow" });
  });
}
