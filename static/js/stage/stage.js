// @ts-check
/**
 * The stage of a room, put together: reads from the page who is on stage and which seat is ours, takes a seat to
 * watch, and lets the site's engine connect to the others.
 *
 * The page does what the fragment #stage-state says, and nothing else. A seat belongs to one page: loaded again it gets
 * a new one, and of two windows of one person the later one has it.
 */
import { announce, toast } from "../shared/notices.js";
import { all, around, headers, icon, loaded, need, post, windowMemory, wordsOf } from "../shared/page.js";
import { devices } from "./devices.js";
import { Tiles } from "./tiles.js";

/** @typedef {import("./engine.js").Seat} Seat */
/** @typedef {import("./engine.js").StageEngine} StageEngine */
/** @typedef {import("./tiles.js").Person} Person */

/** @type {Record<string, () => Promise<import("./engine.js").EngineModule>>} by the name in the configuration */
const ENGINES = { mesh: () => import("./mesh.js") };
const SEAT = "foyer-stage";
const CONFIGURE_AGAIN_MS = 3000;
// The stream tells everybody of a new seat, and its owner too; without one they look by themselves.
const TOLD_WITHIN_MS = 1000;
/** Some browsers are built without; then no seat is taken, and the page says so. */
const CAN_CONNECT = "RTCPeerConnection" in globalThis;
const word = wordsOf("stage-words");

/**
 * @typedef {object} Facts what #stage-state says
 * @property {boolean} isLive
 * @property {number | null} seat our own, of whichever window
 * @property {"stage" | "watch" | ""} kind
 * @property {string} mutedAt
 * @property {boolean} hasRoom to watch
 * @property {string} invitation
 * @property {number[]} watching
 * @property {Person[]} people
 */

/**
 * @param {HTMLElement} state
 * @returns {Facts | null}
 */
function factsIn(state) {
  const [facts] = all(state, "#stage-facts");
  if (!facts) return null;
  const { live, seat = "", kind = "", muted = "", free, invited = "", watching = "" } = facts.dataset;
  return {
    isLive: Boolean(live),
    seat: Number(seat) || null,
    kind: kind === "stage" || kind === "watch" ? kind : "",
    mutedAt: muted,
    hasRoom: Boolean(free),
    invitation: invited,
    watching: watching.split(" ").filter(Boolean).map(Number),
    people: all(state, ".stage-person").map((row) => ({
      seat: Number(row.dataset.seat),
      name: row.querySelector(".stage-person-name")?.textContent ?? "",
      avatar: row.querySelector(".avatar")?.cloneNode(true),
      microphone: Boolean(row.dataset.microphone),
      camera: Boolean(row.dataset.camera),
      screen: Boolean(row.dataset.screen),
      mine: row.dataset.seat === seat,
    })),
  };
}

class Stage {
  /** @type {Seat | null} the one this page holds */
  #mine = null;
  /** @type {Seat | null} the one the engine holds: it comes later */
  #held = null;
  /** @type {StageEngine | null} */
  #engine = null;
  /** @type {Promise<StageEngine> | null} two seats may ask for it at once: it is made once */
  #making = null;
  /** @type {Promise<import("./own.js").OwnControls> | null} from the first time on stage */
  #own = null;
  /** @type {Promise<import("./view.js").View> | null} from the first time there are tiles */
  #view = null;
  #seatedAt = 0; // fragments asked for before this know nothing of the seat
  #askedAt = 0;
  #shownAskedAt = 0; // the one that is shown: the next may be asked for before this has settled
  /** @type {Promise<void> | null} */
  #claiming = null;
  #isFirst = true;
  #mutedAt = "";
  #invitation = "";
  /** @type {Set<string> | null} of those on stage */
  #names = null;

  /**
   * @param {HTMLElement} node
   * @param {HTMLElement} state
   */
  constructor(node, state) {
    this.node = node;
    this.state = state;
    this.tiles = new Tiles(need(node, "#stage-tiles", HTMLElement));
    node.toggleAttribute("data-unable", !CAN_CONNECT);
    need(node, "#stage-unable", HTMLElement).hidden = CAN_CONNECT;
    devices.setPicture(node.dataset.picture);
    devices.addEventListener("change", () => {
      this.#engine?.send(devices.outgoing);
      if (devices.areOnStage) this.#remember();
      this.#draw(factsIn(state));
    });
    this.#listenToPage();
    this.#listenToState();
  }

  // --- what the page says ---------------------------------------------------------------------

  look() {
    const now = factsIn(this.state);
    if (!now) return;
    if (!CAN_CONNECT) return this.#sayWhoComesAndGoes(now.people);
    if (this.#mine && now.seat !== this.#mine.seat) this.#lose({ isSilent: Boolean(now.seat) });
    if (!this.#mine) this.#claim(() => this.#claimSeat(now));
    this.#connect(now);
    this.#draw(now);
    if (now.invitation && now.invitation !== this.#invitation && !devices.areOnStage)
      this.#ask(now.invitation);
    if (!now.invitation && this.#invitation) this.#withdrawn();
    this.#invitation = now.invitation;
    if (devices.areOnStage && now.mutedAt && now.mutedAt !== this.#mutedAt) {
      this.#own?.then((own) => own.beMuted());
    }
    this.#mutedAt = now.mutedAt;
  }

  lookAnew() {
    document.body.dispatchEvent(new CustomEvent("live:stage"));
  }

  // --- our seat -------------------------------------------------------------------------------

  #remember() {
    // Without it, a reload finds this person's seat taken “in another window”, and offers to come over.
    const { microphoneOn: microphone, cameraOn: camera } = devices;
    windowMemory.set(SEAT, this.#mine && { ...this.#mine, microphone, camera });
  }

  /** @param {() => Promise<void>} how one at a time */
  #claim(how) {
    this.#claiming ??= how().finally(() => {
      this.#claiming = null;
    });
  }

  /**
   * The page was loaded again: the seat it had is replaced. Otherwise: watch, if there is room.
   * @param {Facts} now
   */
  async #claimSeat(now) {
    const before = this.#isFirst ? windowMemory.get(SEAT) : null;
    this.#isFirst = false;
    if (now.seat) {
      if (before?.seat !== now.seat) return this.#showElsewhere(true);
      return now.kind === "stage" ? this.#comeBack(before) : this.#watch();
    }
    if (now.isLive && now.hasRoom && !document.hidden) await this.#watch();
  }

  /** @param {{ microphone: boolean, camera: boolean }} on what was on */
  async #comeBack({ microphone, camera }) {
    const wishes = [microphone && devices.setMicrophone(true), camera && devices.setCamera(true)];
    for (const wish of await Promise.allSettled(wishes)) {
      if (wish.status === "rejected") toast(wish.reason.message, "warning");
    }
    const { microphone: microphoneNow, camera: cameraNow } = devices.state;
    const answer = await post(this.node.dataset.goOn ?? "", {
      microphone: microphoneNow,
      camera: cameraNow,
      anew: 1,
    }).catch(() => null);
    const told = JSON.parse(answer?.headers.get("HX-Trigger") ?? "{}")["stage-seat"];
    if (told?.seat && !this.#mine) this.#sit(told);
    else this.lookAnew();
  }

  async #watch() {
    const answer = await post(this.node.dataset.watch ?? "").catch(() => null);
    const given = answer?.ok ? await answer.json() : {};
    // Somebody who went on stage meanwhile has another seat, and this one has ended.
    if (given.seat && !this.#mine) this.#sit(given);
  }

  /** @param {Seat} seat */
  #sit({ seat, kind }) {
    const mine = { seat, kind };
    this.#engine?.hold(null);
    this.#mine = mine;
    this.#setOnStage(kind === "stage");
    this.#seatedAt = performance.now();
    this.#showElsewhere(false);
    this.#remember();
    this.#giveEngine(mine);
    if (kind === "stage") {
      announce(word("onStage"));
      this.#own ??= this.#loadOwn();
      if (document.getElementById("device-check")) this.#focusOwn();
    } else if (!document.getElementById("device-check")) {
      devices.stop(); // else: on the way on stage already, and the seat to watch came late
    }
    if (kind === "stage") this.lookAnew();
    else setTimeout(() => this.#mine === mine && !this.#isShown(mine) && this.lookAnew(), TOLD_WITHIN_MS);
  }

  /** @param {Seat} mine whether the fragment on the page knows of it */
  #isShown(mine) {
    return factsIn(this.state)?.seat === mine.seat;
  }

  /** @param {boolean} yes */
  #setOnStage(yes) {
    if (devices.areOnStage === yes) return;
    devices.areOnStage = yes;
    // What else the page offers hangs on it: whoever is on stage raises no hand.
    document.body.dispatchEvent(new CustomEvent("live:seat"));
  }

  async #loadOwn() {
    const told = devices.state;
    const { OwnControls } = await loaded(() => import("./own.js"));
    const own = new OwnControls(this.node, () => this.lookAnew(), told);
    own.draw(); // the fragment that shows the seat may take its time
    return own;
  }

  async #loadView() {
    const { View } = await loaded(() => import("./view.js"));
    return new View(this.node, this.tiles);
  }

  /** The check was a dialog, and what had opened it is gone: the keyboard goes on at one's own buttons. */
  async #focusOwn() {
    // Told a moment after it has closed, and then it gives the focus back to what had opened it.
    const isClosed = new Promise((done) =>
      document.getElementById("dialog")?.addEventListener("close", done, { once: true }),
    );
    await Promise.all([this.#own, isClosed]);
    const active = document.activeElement;
    const isLost = !active || active === document.body || active.id === "main" || this.node.contains(active);
    if (isLost) document.getElementById("stage-microphone")?.focus();
  }

  /** @param {{ isSilent: boolean }} how whether the person is told */
  #lose({ isSilent }) {
    const wasOnStage = devices.areOnStage;
    this.#mine = null;
    this.#setOnStage(false);
    this.#engine?.hold(null);
    this.#remember();
    if (wasOnStage) {
      devices.stop();
      if (!isSilent) toast(word("offStage"), "warning");
    }
    this.#isFirst = false;
  }

  /** @param {boolean} yes */
  #showElsewhere(yes) {
    const notice = document.getElementById("stage-elsewhere");
    if (notice) notice.hidden = !yes;
    this.node.toggleAttribute("data-elsewhere", yes);
  }

  // --- the others -----------------------------------------------------------------------------

  /**
   * @param {Seat} mine
   * @returns {Promise<import("./engine.js").Configuration>}
   */
  async #configuration({ seat }) {
    const answer = await fetch(`${this.node.dataset.configuration}?seat=${seat}`, { headers: headers() });
    const given = await answer.json();
    if (!given.engine) throw new Error("The seat has ended.");
    return given;
  }

  /** @param {Seat} mine */
  async #giveEngine(mine) {
    try {
      const configuration = await this.#configuration(mine);
      this.#engine = await this.#engineNamed(configuration.engine);
      if (this.#mine !== mine) return;
      this.#engine.hold(mine, configuration);
      this.#held = mine;
      // The fragment on the page may be older than the seat: then it lists the others and not us.
      const now = factsIn(this.state);
      if (now) this.#connect(now);
      this.#draw(now);
    } catch (error) {
      if (this.#mine !== mine) return;
      console.warn("stage:", error);
      setTimeout(() => this.#mine === mine && this.#giveEngine(mine), CONFIGURE_AGAIN_MS);
    }
  }

  /** @param {string} name */
  #engineNamed(name) {
    this.#making ??= this.#make(name).catch((error) => {
      this.#making = null;
      throw error;
    });
    return this.#making;
  }

  /** @param {string} name */
  async #make(name) {
    const { create } = await ENGINES[name]();
    return create({
      signals: this.node.dataset.signal ?? "",
      stream: devices.stream,
      outgoing: () => devices.outgoing,
      configure: (seat) => this.#configuration(seat),
      changed: () => this.#draw(factsIn(this.state)),
      lookAnew: () => this.lookAnew(),
    });
  }

  /** @param {Facts} now */
  #connect(now) {
    const mine = this.#mine;
    if (!this.#engine || !mine || this.#held !== mine) return;
    /** @type {Seat[]} */
    const others = [];
    if (mine.seat === now.seat) {
      for (const one of now.people) if (!one.mine) others.push({ seat: one.seat, kind: "stage" });
      if (mine.kind === "stage") for (const seat of now.watching) others.push({ seat, kind: "watch" });
    }
    this.#engine.connect(others);
  }

  // --- what is seen ---------------------------------------------------------------------------

  /** @param {Facts | null} now */
  #draw(now) {
    if (!now) return;
    const isSeated = Boolean(this.#mine && this.#mine.seat === now.seat);
    this.node.toggleAttribute("data-seated", isSeated && now.people.length > 0);
    this.tiles.show(isSeated ? now.people : [], (seat) => this.#engine?.connectionTo(seat));
    if (isSeated && now.people.length) this.#view ??= this.#loadView();
    this.#own?.then((own) => own.draw());
    if (!this.#mine && this.node.hasAttribute("data-elsewhere")) this.#showElsewhere(true);
    this.#sayWhoComesAndGoes(now.people);
  }

  /**
   * Announced once for each person, and not for oneself.
   * @param {Person[]} people
   */
  #sayWhoComesAndGoes(people) {
    const now = new Set(people.filter((one) => !one.mine).map((one) => one.name));
    const before = this.#names ?? now;
    const came = [...now].filter((name) => !before.has(name)).map((name) => word("came", { name }));
    const went = [...before].filter((name) => !now.has(name)).map((name) => word("went", { name }));
    if (came.length + went.length) announce([...came, ...went].join(" "));
    this.#names = now;
  }

  /** @param {string} invitation */
  #ask(invitation) {
    if (document.querySelector("#dialog[open]")) return; // the line in the picture asks as well
    if (document.activeElement?.matches("textarea, input, [contenteditable]")) {
      // A dialog would swallow what somebody types. The line in the picture is seen in every layout.
      return announce(this.state.querySelector(".stage-invitation p")?.textContent.trim());
    }
    this.#invitation = invitation;
    htmx.ajax("GET", this.node.dataset.invitation ?? "", { target: "#dialog-body", swap: "innerHTML" });
  }

  #withdrawn() {
    const shown = "#dialog[open] :is(#stage-invited, #device-check:not([data-on-stage]))";
    if (!document.querySelector(shown) || devices.areOnStage) return;
    document.dispatchEvent(new CustomEvent("close-dialog"));
    toast(word("invitationWithdrawn"), "warning");
  }

  // A page that nobody has touched yet may not make a sound.
  #offerSound() {
    if (document.getElementById("stage-hear")) return;
    const hear = document.createElement("button");
    hear.id = "stage-hear";
    hear.type = "button";
    hear.className = "button button-primary";
    hear.append(icon("sound"), word("hear"));
    hear.addEventListener("click", () => {
      hear.remove();
      this.tiles.playAll();
    });
    this.node.append(hear);
  }

  // --- events ---------------------------------------------------------------------------------

  #listenToPage() {
    document.addEventListener("stage-seat", ({ detail: { seat, kind } }) => {
      if (seat) return this.#sit({ seat, kind });
      // We have left: nothing is sent while the fragment is on its way.
      this.#seatedAt = performance.now();
      if (this.#mine) this.#lose({ isSilent: true });
      this.lookAnew();
    });
    document.addEventListener("stage-silent", () => this.#offerSound());
    document.body.addEventListener("live:signal", ({ detail }) => this.#engine?.hear(detail?.seat));
    const { goOn, invitation, leave } = this.node.dataset;
    for (const moment of /** @type {const} */ (["htmx:beforeRequest", "htmx:afterRequest"])) {
      document.addEventListener(moment, ({ detail: { requestConfig } }) => {
        const moves = [goOn, invitation, leave].includes(requestConfig.path);
        if (requestConfig.verb === "post" && moves) this.#engine?.pause(moment === "htmx:beforeRequest");
      });
    }
    addEventListener("visibilitychange", () => !document.hidden && !this.#mine && this.look());
  }

  #listenToState() {
    const { state } = this;
    state.addEventListener("htmx:beforeRequest", (event) => {
      if (event.target === state && !event.defaultPrevented) this.#askedAt = performance.now();
    });
    state.addEventListener("htmx:beforeSwap", ({ target }) => {
      if (target === state) this.#shownAskedAt = this.#askedAt;
    });
    state.addEventListener("htmx:afterSettle", ({ target }) => {
      if (target !== state) return;
      // One that was asked for before we heard of our seat may know of it all the same.
      const isOld = this.#shownAskedAt < this.#seatedAt && !(this.#mine && this.#isShown(this.#mine));
      if (isOld) this.lookAnew();
      else this.look();
    });
    state.addEventListener("click", (event) => {
      const now = around(event, "#stage-here") && factsIn(state);
      if (!now) return;
      const { microphoneOn: microphone, cameraOn: camera } = devices.choice;
      this.#claim(() => (now.kind === "stage" ? this.#comeBack({ microphone, camera }) : this.#watch()));
    });
  }

  /** For the journeys: what is really sent and received, by seat. */
  async report() {
    return (await this.#engine?.report()) ?? {};
  }
}

export const stage = new Stage(
  need(document, "#stage", HTMLElement),
  need(document, "#stage-state", HTMLElement),
);
stage.look();

function seeWhetherChecking() {
  if (document.getElementById("device-check")) loaded(() => import("./check.js"));
}
document.addEventListener("htmx:afterSettle", seeWhetherChecking);
