// @ts-check
/**
 * What a live page hears. `FactRelay` turns every fact into an event `live:<kind>`; whatever shows it has
 * hx-trigger="live:<kind> from:body". `EventStream` brings the facts: from the site's event stream, or, without
 * one, from a clock. Neither knows a page; `connect` gives them one.
 */
import { allListen, headers } from "../shared/page.js";

const POLL_MS = 5000;
// A ticket lasts two minutes. Under a minute, because a hidden page's clock ticks once a minute.
const RENEW_MS = 50_000;
// A stream lost for no longer than this comes back without asking the site first.
const UNNOTICED_MS = 8000;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 8000;
// A stream that has lasted so long is a good one: the next loss begins with the shortest pause.
const STEADY_MS = 20_000;
const MOST_REMEMBERED = 200;

export class FactRelay {
  /** @type {Map<string, FactDetail>} what will be said, by kind */
  #waiting = new Map();

  /** @param {(kind: string, detail: FactDetail) => void} pass says it at once, each by itself */
  constructor(pass) {
    this.pass = pass;
  }

  /**
   * Many listeners spread their asking over `w` milliseconds, and each asks at most once in that time.
   * @param {string} kind
   * @param {FactDetail} [fact]
   */
  tell(kind, fact = {}) {
    const waiting = this.#waiting.get(kind);
    if (waiting) {
      if (!fact.again) waiting.again = false; // news among what may have been missed is news
      return;
    }
    const detail = { ...fact };
    this.#waiting.set(kind, detail);
    setTimeout(
      () => {
        this.#waiting.delete(kind);
        this.pass(kind, detail);
      },
      Math.random() * (fact.w || 0),
    );
  }
}

/**
 * @typedef {object} FactKinds kinds by what a page does with them; media_items/live/events/facts.py
 * @property {string[]} states asked for again, spread over a while; and by the clock, when there is no stream
 * @property {string[]} moments about one moment: passed on at once, each by itself
 */

/**
 * @typedef {object} Site
 * @property {() => EventSource} open a stream by the ticket that the last beat brought
 * @property {() => Promise<"here" | "away" | "over">} beat a new ticket: given, no way to the site, or no right
 *   to it any more
 * @property {(how: "streaming" | "polling" | "lost") => void} show
 */

export class EventStream {
  /** @type {EventSource | null} */
  #source = null;
  /** @type {EventSource | null} the one that is being opened */
  #fresh = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #poll;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;
  #away = 0; // since when there is no stream; 0: there is
  #isRefused = false;
  #isOver = false;
  #pauseMs = 0; // before the next try
  #renewedAt = Date.now();
  #crowdMs = 0; // how widely a full house spreads its asking
  /** @type {Set<string>} numbers of facts */
  #heard = new Set();

  /**
   * @param {Site} site
   * @param {FactRelay} relay
   * @param {FactKinds} kinds
   */
  constructor(site, relay, kinds) {
    this.site = site;
    this.relay = relay;
    this.kinds = kinds;
  }

  start() {
    this.#listen();
    this.#renewAgainAndAgain();
  }

  /** The reader is on the way out: what follows from it is not for this page. */
  stop() {
    this.#isOver = true;
    clearTimeout(this.#retry);
    this.#stopPolling();
    for (const stream of [this.#source, this.#fresh]) if (stream) this.#drop(stream);
  }

  /** The browser says that there is a network again. */
  cameOnline() {
    if (this.#source || this.#isOver) return;
    clearTimeout(this.#retry);
    this.#comeBack();
  }

  // Opened before the old one is closed, so nothing falls between them.
  #listen() {
    if (this.#isOver) return;
    this.#fresh?.close();
    const opening = this.site.open();
    this.#fresh = opening;
    opening.addEventListener("open", () => this.#opened(opening));
    opening.addEventListener("error", () => {
      const said = opening.readyState === opening.CLOSED; // the site answered, and not with a stream
      const current = this.#drop(opening); // we try again ourselves, at growing pauses
      if (current && !this.#source) this.#lost(said);
    });
    // The right to hear was cut: there may be a smaller one now, or none.
    opening.addEventListener("closed", () => {
      this.#drop(opening);
      this.#pauseMs = 0;
      this.#lost(true);
    });
    // Too many windows of one person: this one polls until the next renewal.
    opening.addEventListener("crowded", () => {
      this.#drop(opening);
      this.#away ||= Date.now();
      this.#startPolling();
    });
    for (const kind of this.kinds.states) this.#on(opening, kind, (fact) => this.relay.tell(kind, fact));
    for (const kind of this.kinds.moments) this.#on(opening, kind, (fact) => this.relay.pass(kind, fact));
    this.#on(opening, "rights", ({ w = 0 }) => setTimeout(() => this.#renew(), Math.random() * w));
    this.#on(opening, "missed", ({ w }) => this.#tellEverything(w));
  }

  /**
   * A fact that two streams bring, while one replaces the other, is handled once: each fact has a number.
   * @param {EventSource} stream
   * @param {string} kind
   * @param {(fact: FactDetail) => void} act
   */
  #on(stream, kind, act) {
    stream.addEventListener(kind, ({ data, lastEventId }) => {
      /** @type {FactDetail} */
      const fact = JSON.parse(data);
      // A fact for one person alone says nothing about how many listen.
      if (fact.w || !this.kinds.moments.includes(kind)) this.#crowdMs = fact.w || 0;
      if (this.#heard.has(lastEventId)) return;
      this.#heard.add(lastEventId);
      const [oldest] = this.#heard;
      if (this.#heard.size > MOST_REMEMBERED) this.#heard.delete(oldest);
      act(fact);
    });
  }

  /** @param {EventSource} opened */
  #opened(opened) {
    if (opened !== this.#fresh) return;
    this.#source?.close();
    this.#source = opened;
    this.#fresh = null;
    this.#stopPolling();
    this.site.show("streaming");
    if (this.#away) this.#tellEverything(Math.max(1000, this.#crowdMs));
    this.#away = 0;
    this.#isRefused = false;
    setTimeout(() => {
      if (this.#source === opened) this.#pauseMs = 0;
    }, STEADY_MS);
  }

  /**
   * Whether it was in use, not one that was replaced before.
   * @param {EventSource} stream
   */
  #drop(stream) {
    stream.close();
    const counted = stream === this.#source || stream === this.#fresh;
    if (stream === this.#source) this.#source = null;
    if (stream === this.#fresh) this.#fresh = null;
    return counted;
  }

  /** @param {boolean} said by the site itself */
  #lost(said) {
    this.#away ||= Date.now();
    this.#isRefused ||= said;
    if (this.#isOver) return;
    // The first try comes soon, each later one after a longer pause, so that a site can start again.
    const longest = Math.max(LONGEST_PAUSE_MS, this.#crowdMs * 2);
    this.#pauseMs = this.#pauseMs ? Math.min(this.#pauseMs * 2, longest) : FIRST_PAUSE_MS;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#comeBack(), this.#pauseMs * (0.5 + Math.random()));
  }

  async #comeBack() {
    if (this.#source || this.#isOver) return;
    const now = Date.now();
    const isUnnoticed =
      !this.#isRefused && now - this.#away < UNNOTICED_MS && now - this.#renewedAt < RENEW_MS * 1.5;
    if (isUnnoticed) return this.#listen();
    if (await this.#beat()) {
      this.#isRefused = false;
      // The site is there and the stream is not: poll meanwhile.
      if (Date.now() - this.#away > 2000 && !this.#source) this.#startPolling();
      this.#listen();
    } else if (!this.#isOver) {
      this.#stopPolling();
      this.site.show("lost");
      this.#lost(false);
    }
  }

  /** Whether the right to hear is still there. */
  async #beat() {
    const found = await this.site.beat();
    if (found === "here") this.#renewedAt = Date.now();
    if (found === "over") {
      this.#isOver = true;
      this.#stopPolling();
    }
    return found === "here";
  }

  // A new ticket and a stream by it: before the old one runs out, and when rights have changed.
  async #renew() {
    if (!this.#source && this.#away && !this.#poll) return; // on the way back already
    if (await this.#beat()) this.#listen();
  }

  #renewAgainAndAgain() {
    setTimeout(
      () => this.#renew().finally(() => this.#renewAgainAndAgain()),
      RENEW_MS * (0.8 + Math.random() * 0.3),
    );
  }

  // --- without a stream: the same events from a clock, slower where many would ask -------------

  #startPolling() {
    this.site.show("polling");
    this.#poll ??= setInterval(() => this.#tellEverything(1000), Math.max(POLL_MS, this.#crowdMs * 4));
  }

  #stopPolling() {
    clearInterval(this.#poll);
    this.#poll = undefined;
  }

  /** @param {number} [spreadMs] */
  #tellEverything(spreadMs) {
    for (const kind of this.kinds.states) this.relay.tell(kind, { w: spreadMs, again: true });
  }
}

/**
 * "here", "away" (no way to the site: not the site's word) or "over". Says `me` when one's own rights are others.
 * @param {string} address
 * @param {FactRelay} relay
 */
async function beat(address, relay) {
  let answer;
  try {
    answer = await fetch(address, {
      method: "POST",
      headers: headers(),
      redirect: "manual",
      signal: AbortSignal.timeout(15_000),
    });
  } catch {
    return "away";
  }
  if (answer.status >= 500 || answer.status === 429) return "away";
  if (!answer.ok || answer.headers.get("HX-Refresh")) return "over";
  if (answer.headers.get("HX-Trigger")) relay.pass("me", {});
  return "here";
}

/**
 * Brings the page its facts until it is left. Its attributes say from where: templates/media_items/live/_hears.html
 * @param {HTMLElement} page
 */
export function connect(page) {
  const { stream = "", heartbeat = "", stateFacts = "", momentFacts = "" } = page.dataset;
  let isLeft = false;
  const relay = new FactRelay((kind, detail) => {
    if (!isLeft) document.body.dispatchEvent(new CustomEvent(`live:${kind}`, { detail }));
  });
  const site = {
    open: () => new EventSource(stream),
    async beat() {
      const found = await beat(heartbeat, relay);
      if (found === "over" && !isLeft) {
        document.dispatchEvent(new CustomEvent("live:over"));
        location.reload();
      }
      return found;
    },
    /** @param {"streaming" | "polling" | "lost"} how only the last is worth a word to the reader */
    show(how) {
      if (page.dataset.connection === how) return;
      page.dataset.connection = how;
      const line = document.getElementById("live-connection");
      if (line) line.textContent = how === "lost" ? (line.dataset.lost ?? "") : "";
    },
  };
  const events = new EventStream(site, relay, {
    states: stateFacts.split(" "),
    moments: momentFacts.split(" "),
  });
  addEventListener("online", () => events.cameOnline());
  document.addEventListener("foyer:left", () => {
    isLeft = true;
    events.stop();
  });
  // What is told until then comes with the stream, since the page says when it was read.
  allListen().then(() => isLeft || events.start());
  return relay;
}
