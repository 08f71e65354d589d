// What this page tells other browsers, and what they tell it, by way of the server. The stream says
// that there is something; it is fetched by number, so nothing is heard twice and nothing is missed.
(() => {
  const stage = document.getElementById("stage");
  if (!stage) return;
  const { dataset } = stage;

  const SETTLED_MS = 10_000;

  const headers = () => ({
    "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"],
    "HX-Request": "true",
  });

  foyerStage.post = (address, values = {}) =>
    fetch(address, { method: "POST", headers: headers(), body: new URLSearchParams(values), redirect: "manual" });

  class Signals {
    #seat = null;
    #seen = new Map(); // number of a signal → when it was first read
    #paused = false;
    #reading = null;
    #more = false;
    #turns = new Map();

    constructor(heard) {
      this.heard = heard;
    }

    /** While the page is on its way to another seat, nothing is said from the one it had. */
    pause(yes) {
      this.#paused = yes;
    }

    /** From now on for this seat; null: for none. */
    hold(seat) {
      this.#paused = false;
      if (this.#seat === seat) return;
      this.#seat = seat;
      this.#seen.clear();
      this.#turns.clear();
    }

    /** One at a time to each other seat, in order: an answer never overtakes its offer. */
    say(to, kind, payload) {
      const from = this.#seat;
      if (!from) return Promise.resolve(false);
      const turn = (this.#turns.get(to) ?? Promise.resolve()).then(async () => {
        if (this.#seat !== from || this.#paused) return false;
        try {
          const values = { seat: from, to, kind, payload: JSON.stringify(payload) };
          const answer = await foyerStage.post(dataset.signal, values);
          if (answer.status === 403) document.body.dispatchEvent(new CustomEvent("live:stage"));
          return answer.ok;
        } catch {
          return false; // no connection just now; whoever waits for an answer asks again
        }
      });
      this.#turns.set(to, turn);
      return turn;
    }

    /** Numbers are given out before they are written: a smaller one may still come after a larger.
        So what was read lately is read again, and heard once. */
    get #after() {
      const settled = performance.now() - SETTLED_MS;
      return Math.max(0, ...[...this.#seen].filter(([, at]) => at < settled).map(([id]) => id));
    }

    read() {
      this.#more = true;
      this.#reading ??= this.#readAll().finally(() => (this.#reading = null));
      return this.#reading;
    }

    async #readAll() {
      while (this.#more && this.#seat) {
        this.#more = false;
        const seat = this.#seat;
        let signals;
        try {
          const answer = await fetch(`${dataset.signal}?seat=${seat}&after=${this.#after}`, { headers: headers() });
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

    async configuration() {
      const answer = await fetch(`${dataset.configuration}?seat=${this.#seat}`, { headers: headers() });
      const given = await answer.json();
      if (!given.iceServers) throw new Error("The seat has ended.");
      return given;
    }
  }

  foyerStage.Signals = Signals;
})();
