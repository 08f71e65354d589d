// @ts-check
/**
 * The mesh in the browser: connected to everybody on stage, and from the stage to everybody who watches. The signals by
 * which browsers connect go through the site (media_items/live/stage/mesh/).
 */
import { headers, post } from "../shared/page.js";
import { Peer } from "./peer.js";

/** @typedef {import("./engine.js").Seat} Seat */
/** @typedef {import("./engine.js").StageEngine} StageEngine */
/** @typedef {{ id: number, from: number, kind: string, payload: any }} Signal */

const SETTLED_MS = 10_000;
const MOST_EARLY = 100;
// Until the configuration has come.
const SHARES = { uplinkKbit: 1200, mostKbit: 500, leastKbit: 150 };

/**
 * What this page tells other browsers, and what they tell it. The stream says that there is something; it is
 * fetched by number, so nothing is heard twice and nothing is missed.
 */
export class Signals {
  /** @type {number | null} */
  #seat = null;
  /** @type {Map<number, number>} number of a signal → when it was first read */
  #seen = new Map();
  #isPaused = false;
  /** @type {Promise<void> | null} */
  #reading = null;
  #hasMore = false;
  /** @type {Map<number, Promise<boolean>>} by the seat that is told */
  #turns = new Map();

  /**
   * @param {string} address
   * @param {(signal: Signal) => void} heard
   * @param {() => void} refused our seat is not ours any more
   */
  constructor(address, heard, refused) {
    this.address = address;
    this.heard = heard;
    this.refused = refused;
  }

  /** @param {boolean} yes */
  pause(yes) {
    this.#isPaused = yes;
  }

  /** @param {number | null} seat from now on for this one; null: for none */
  hold(seat) {
    this.#isPaused = false;
    if (this.#seat === seat) return;
    this.#seat = seat;
    this.#seen.clear();
    this.#turns.clear();
  }

  /**
   * One at a time to each other seat, in order: an answer never overtakes its offer.
   * @param {number} to
   * @param {string} kind
   * @param {object} payload
   */
  say(to, kind, payload) {
    const from = this.#seat;
    if (from === null) return Promise.resolve(false);
    const turn = (this.#turns.get(to) ?? Promise.resolve(true)).then(async () => {
      if (this.#seat !== from || this.#isPaused) return false;
      try {
        const answer = await post(this.address, { seat: from, to, kind, payload: JSON.stringify(payload) });
        if (answer.status === 403) this.refused();
        return answer.ok;
      } catch {
        return false; // no connection just now; whoever waits for an answer asks again
      }
    });
    this.#turns.set(to, turn);
    return turn;
  }

  // Ids are given before the rows are committed: a smaller one may appear after a larger. So the latest ones are read
  // again, and each is handled once.
  get #after() {
    const settled = performance.now() - SETTLED_MS;
    return Math.max(0, ...[...this.#seen].filter(([, at]) => at < settled).map(([id]) => id));
  }

  read() {
    this.#hasMore = true;
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readAll() {
    while (this.#hasMore && this.#seat !== null) {
      this.#hasMore = false;
      const seat = this.#seat;
      /** @type {Signal[]} */
      let signals;
      try {
        const answer = await fetch(`${this.address}?seat=${seat}&after=${this.#after}`, {
          headers: headers(),
        });
        ({ signals } = await answer.json());
      } catch {
        return;
      }
      if (seat !== this.#seat) continue;
      for (const signal of signals) {
        if (this.#seen.has(signal.id)) continue;
        this.#seen.set(signal.id, performance.now());
        this.heard(signal);
      }
    }
  }
}

/** @implements {StageEngine} */
class Mesh {
  /** @type {Seat | null} */
  #mine = null;
  /** @type {Map<number, Peer>} by the other seat */
  #peers = new Map();
  /** @type {Signal[]} of somebody whom the stage does not show yet */
  #early = [];
  /** @type {Record<string, any>} */
  #configuration = {};
  #askAnewAt = 0;

  /** @param {import("./engine.js").Room} room */
  constructor(room) {
    this.room = room;
    this.signals = new Signals(
      room.signals,
      (signal) => this.#heard(signal),
      () => room.lookAnew(),
    );
    addEventListener("pagehide", () => this.#closeAll());
  }

  /** @type {StageEngine["hold"]} */
  hold(seat, configuration) {
    this.#closeAll();
    this.#mine = seat;
    if (configuration) this.#keep(configuration);
    this.signals.hold(seat?.seat ?? null);
  }

  /** @type {StageEngine["connect"]} */
  connect(others) {
    const mine = this.#mine;
    const wanted = new Map(mine ? others.map((other) => [other.seat, other]) : []);
    for (const [seat, peer] of this.#peers) {
      if (wanted.has(seat)) continue;
      peer.close();
      this.#peers.delete(seat);
    }
    for (const [seat, other] of wanted) if (mine && !this.#peers.has(seat)) this.#meet(mine, other);
    for (const peer of this.#peers.values()) peer.tune();
    if (mine) this.signals.read();
  }

  /** @param {number} seat */
  connectionTo(seat) {
    return this.#peers.get(seat);
  }

  /** @param {import("./engine.js").Tracks} tracks */
  send(tracks) {
    for (const peer of this.#peers.values()) peer.send(tracks);
  }

  /** @param {number | undefined} seat */
  hear(seat) {
    if (!seat || seat === this.#mine?.seat) this.signals.read();
  }

  /** @param {boolean} yes */
  pause(yes) {
    this.signals.pause(yes);
  }

  async report() {
    const reports = [...this.#peers].map(async ([seat, peer]) => [seat, await peer.report()]);
    return Object.fromEntries(await Promise.all(reports));
  }

  /** @param {Record<string, any>} configuration */
  #keep(configuration) {
    this.#configuration = configuration;
    this.#askAnewAt = performance.now() + (configuration.lastsSeconds * 1000) / 2;
  }

  async #configure(fresh = false) {
    const mine = this.#mine;
    if (mine && (fresh || performance.now() > this.#askAnewAt)) this.#keep(await this.room.configure(mine));
    return { iceServers: this.#configuration.iceServers };
  }

  #ceiling() {
    const { uplinkKbit, mostKbit, leastKbit } = { ...SHARES, ...this.#configuration };
    const share = uplinkKbit / Math.max(1, this.#peers.size);
    return 1000 * Math.round(Math.max(leastKbit, Math.min(mostKbit, share)));
  }

  /**
   * @param {Seat} mine
   * @param {Seat} other
   */
  #meet(mine, other) {
    const peer = new Peer(mine, other, {
      say: (kind, payload) => this.signals.say(other.seat, kind, payload),
      configure: (fresh) => this.#configure(fresh),
      outgoing: this.room.outgoing,
      stream: this.room.stream,
      ceiling: () => this.#ceiling(),
    });
    peer.addEventListener("change", () => this.room.changed());
    this.#peers.set(other.seat, peer);
    for (const signal of this.#early.splice(0)) this.#heard(signal);
  }

  /** @param {Signal} signal */
  #heard(signal) {
    const peer = this.#peers.get(signal.from);
    if (peer) return peer.hear(signal);
    this.#early.push(signal);
    if (this.#early.length > MOST_EARLY) this.#early.shift();
  }

  #closeAll() {
    for (const peer of this.#peers.values()) peer.close();
    this.#peers.clear();
    this.#early.length = 0;
  }
}

/** @type {import("./engine.js").EngineModule["create"]} */
export const create = (room) => new Mesh(room);
