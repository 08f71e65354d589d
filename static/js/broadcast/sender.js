// @ts-check
/**
 * The sender's side of a live event: device check, going live, pausing. studio.js makes what is sent, run.js sends it.
 */
import { announce } from "../shared/notices.js";
import { all, around, fill, headers, need, windowMemory } from "../shared/page.js";
import { MANY_WAITING, Run } from "./run.js";
import { Studio } from "./studio.js";

/** @typedef {"closed" | "check" | "live" | "paused" | "taken"} Phase */

const PIECE_MS = 1000;
const TICK_MS = 100;
const LAST_PIECES_MS = 4000; // what still waits gets a moment; then the pause is what counts
const RETRY_MS = 3000;
const WARNED_MS = 10_000; // “You are on air” would take its place within a second

/** @param {number} ms */
const rest = (ms) => new Promise((done) => setTimeout(done, ms));

/**
 * @param {string} address
 * @param {FormData | Blob} body
 * @param {string} [type]
 */
const send = (address, body, type) =>
  fetch(address, {
    method: "POST",
    body,
    headers: { ...headers(), ...(type ? { "Content-Type": type } : {}) },
  });

/**
 * @param {HTMLSelectElement} select
 * @param {MediaDeviceInfo[]} found
 * @param {string} none
 * @param {MediaStreamTrack | undefined} current
 */
function fillChoice(select, found, none, current) {
  const options = found
    .filter((one) => one.deviceId)
    .map((one, at) => new Option(one.label || `${at + 1}`, one.deviceId));
  options.push(new Option(none, "none"));
  const chosen = select.value === "none" ? "none" : (current?.getSettings().deviceId ?? "none");
  select.replaceChildren(...options);
  select.value = options.some((one) => one.value === chosen) ? chosen : options[0].value;
}

class Sender {
  /** @type {Phase} */
  #phase = "closed";
  /** @type {{ run: Run, recorder: MediaRecorder } | null} */
  #sending = null;
  #isOver = false; // says the site, and loads the page again
  /** @type {Promise<void> | null} pressed twice is once: a second run would end the first */
  #starting = null;
  /** @type {Promise<void> | null} nothing goes on air again meanwhile */
  #pausing = null;
  #warnedUntil = 0;
  /** @type {[string, string]} the camera and the microphone that are open */
  #opened = ["", ""];
  /** @type {Promise<void>} the device check, or the one under way */
  #checked = Promise.resolve();

  /**
   * @param {HTMLElement} box the picture of the event
   * @param {HTMLElement} node
   */
  constructor(box, node) {
    this.box = box;
    this.node = node;
    this.words = need(node, "[data-words]", HTMLElement).dataset;
    this.preview = need(node, "[data-preview]", HTMLVideoElement);
    this.says = need(node, "[data-says]", HTMLElement);
    this.level = need(node, "[data-level]", HTMLMeterElement);
    this.onAir = need(node, "[data-on-air]", HTMLElement);
    this.cameras = need(node, "[data-camera]", HTMLSelectElement);
    this.microphones = need(node, "[data-microphone]", HTMLSelectElement);
    this.form = need(node, "[data-form]", HTMLFormElement);
    this.kept = `foyer-run:${node.dataset.start}`;
    this.levelSays = need(node, "[data-level-says]", HTMLElement);
    this.studio = new Studio(node.dataset.clock ?? "", {
      screenEnded: () => this.#screenEnded(),
      soundLost: () => this.#soundLost(),
    });
    if (!navigator.mediaDevices?.getDisplayMedia)
      need(node, "[data-screen-choice]", HTMLElement).hidden = true;
    if (box.dataset.picture === "over") node.hidden = true;
    this.#listen();
    this.#enter("closed");
    setInterval(() => this.#showLevel(), TICK_MS);
  }

  /** @param {string} [text] */
  #say(text = "") {
    this.says.textContent = text;
  }

  /** How the sending is, unless a warning is to be read first. @param {string} [text] */
  #sayState(text) {
    if (Date.now() >= this.#warnedUntil) this.#say(text);
  }

  /** @param {string} [text] */
  #warn(text) {
    this.#say(text);
    this.#warnedUntil = Date.now() + WARNED_MS;
  }

  /** @param {string} name */
  #act(name) {
    return need(this.node, `[data-act="${name}"]`, HTMLButtonElement);
  }

  /** @param {Phase} phase */
  #enter(phase) {
    this.#phase = phase;
    const open = phase !== "closed";
    const pressed = document.activeElement;
    for (const part of all(this.node, "[data-when]")) part.hidden = (part.dataset.when === "open") !== open;
    for (const act of all(this.node, "[data-in]")) act.hidden = !act.dataset.in?.split(" ").includes(phase);
    /** @type {NodeListOf<HTMLInputElement>} */
    const controls = this.form.querySelectorAll("input");
    for (const control of controls) control.disabled = phase === "live";
    this.#focusNext(pressed);
    this.onAir.hidden = true; // until a piece has been taken
    this.box.dataset.sender = phase;
    this.box.dispatchEvent(new CustomEvent("broadcast:sender", { detail: { open } }));
  }

  /**
   * A button that was pressed gives its place to the one that comes next.
   * @param {Element | null} pressed
   */
  #focusNext(pressed) {
    if (!(pressed instanceof HTMLElement) || !pressed.hidden || !this.node.contains(pressed)) return;
    all(this.node, ".sender-acts [data-in]:not([hidden])")[0]?.focus({ preventScroll: true });
  }

  #showLevel() {
    if (this.#phase === "closed") return;
    this.level.value = this.studio.level();
    const { silence } = this.studio;
    this.level.hidden = silence !== "";
    const text = (silence && this.words[silence]) || "";
    if (this.levelSays.textContent !== text) this.levelSays.textContent = text;
  }

  // --- the device check -----------------------------------------------------------------------

  #open() {
    this.#enter("check");
    this.#act("live").focus({ preventScroll: true });
    this.#checked = this.#check();
  }

  async #check() {
    if (!globalThis.MediaRecorder || !navigator.mediaDevices?.getUserMedia) {
      this.#say(this.words.noRecorder);
      return;
    }
    this.#say(this.words.asking);
    try {
      // First, while the browser still counts this as the person's click.
      if (this.#source === "screen" && !(await this.studio.shareScreen())) this.#source = "camera";
      const before = this.studio.devices;
      const problem = await this.#openChosen();
      if (this.studio.devices && !problem) await this.#listDevices(this.studio.devices);
      if (this.studio.devices || before) await this.#prepare();
      this.#say(problem || this.words.ready);
    } catch (error) {
      this.#say(this.#problem(error));
    }
  }

  /** Where it does not open, what was open goes on, and stands in the choices. Returns what is wrong, in words. */
  async #openChosen() {
    const [camera, microphone] = [this.cameras.value, this.microphones.value];
    try {
      await this.studio.openDevices({ camera, microphone });
    } catch (error) {
      if (this.studio.devices) [this.cameras.value, this.microphones.value] = this.#opened;
      return this.#problem(error) ?? "";
    }
    this.#opened = [camera, microphone];
    return "";
  }

  /** Also while its controls are disabled, which a form's data leave out. */
  get #source() {
    const choice = this.form.elements.namedItem("source");
    return (choice instanceof RadioNodeList && choice.value) || "camera";
  }

  set #source(value) {
    const choice = this.form.elements.namedItem("source");
    if (choice instanceof RadioNodeList) choice.value = value;
  }

  /** @param {MediaStream} opened */
  async #listDevices(opened) {
    const found = await navigator.mediaDevices.enumerateDevices();
    /** @param {MediaDeviceKind} kind */
    const of = (kind) => found.filter((one) => one.kind === kind);
    fillChoice(this.cameras, of("videoinput"), this.words.noCamera ?? "", opened.getVideoTracks()[0]);
    fillChoice(this.microphones, of("audioinput"), this.words.noMicrophone ?? "", opened.getAudioTracks()[0]);
    this.#opened = [this.cameras.value, this.microphones.value];
  }

  async #prepare() {
    if (this.#source !== "screen") this.studio.stopScreen();
    await this.studio.prepare();
    this.preview.srcObject = this.studio.picture;
    this.preview.play().catch(() => {});
  }

  /** @param {unknown} error */
  #problem(error) {
    const { name } = /** @type {Error} */ (error);
    if (name === "NotAllowedError") return this.words.refused;
    const isMissing = ["NotFoundError", "NotReadableError", "OverconstrainedError"].includes(name);
    return isMissing ? this.words.noDevice : this.words.tryAgain;
  }

  async #screenEnded() {
    this.#source = "camera";
    const wasLive = this.#phase === "live";
    this.#say(this.words.noScreen);
    const paused = wasLive ? this.#pause() : null;
    try {
      await this.#prepare();
    } catch (error) {
      this.#say(this.#problem(error));
    }
    await paused;
    if (wasLive) this.#say(this.words.noScreen);
  }

  /** Another camera or microphone, the back of a phone instead of its front, say: a new run goes on with it. */
  async #switchDevices() {
    const before = this.studio.devices;
    const problem = await this.#openChosen();
    if (problem && this.studio.devices === before) return this.#warn(problem); // the run goes on as it was
    try {
      await this.#prepare();
    } catch (error) {
      return this.#warn(this.#problem(error));
    }
    if (problem) this.#warn(problem);
    if (!this.#sending) return;
    if (this.studio.devices && this.studio.hasPicture) return this.#anew(this.#sending.run);
    this.#pause().then(() => this.#say(problem || this.words.noDevice)); // waited for, it would wait for this check
  }

  async #soundLost() {
    await this.#prepare();
    if (this.#sending) this.#anew(this.#sending.run);
  }

  #close() {
    this.studio.close();
    this.preview.srcObject = null;
    this.#enter("closed");
    this.#act("open").focus();
  }

  // --- sending --------------------------------------------------------------------------------

  /** @param {{ takeOver?: boolean, again?: boolean }} [how] */
  #start(how) {
    this.#starting ??= this.#begin(how).finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  /** @param {{ takeOver?: boolean, again?: boolean }} [how] */
  async #begin({ takeOver = false, again = false } = {}) {
    await this.#checked;
    if (this.#pausing) return;
    if (!this.studio.hasPicture) {
      this.#say(this.words.noDevice);
      return;
    }
    const recorder = this.studio.recorder(Number(this.node.dataset.kbits));
    const asked = new FormData();
    asked.set("type", recorder.mimeType || "video/webm");
    const kept = windowMemory.get(this.kept);
    if (kept) asked.set("replaces", kept);
    if (takeOver) asked.set("take_over", "1");
    this.#sayState(this.words.connecting);
    let answer;
    let said;
    try {
      answer = await send(this.node.dataset.start ?? "", asked);
      said = await answer.json();
    } catch {
      if (again) this.#startAgainLater();
      else this.#say(this.words.tryAgain);
      return;
    }
    if (this.#pausing) return; // which ends this run, too
    if (!answer.ok) return this.#refused(said);
    windowMemory.set(this.kept, said.run);
    this.#record(recorder, said.chunks, again ? this.words.restarted : this.words.live);
  }

  #startAgainLater() {
    this.#say(this.words.away);
    setTimeout(() => this.#phase === "live" && this.#start({ again: true }), RETRY_MS);
  }

  /** @param {{ why: string, is_me?: boolean, name?: string, may_take_over?: boolean }} said */
  #refused(said) {
    if (said.why !== "somebody-sends") {
      const key = said.why.replace(/-(\w)/g, (_all, letter) => letter.toUpperCase());
      this.#say(this.words[key] ?? this.words.tryAgain);
      return this.#enter("check");
    }
    const { otherWindow, somebodySends = "" } = this.words;
    this.#say(said.is_me ? otherWindow : fill(somebodySends, { name: said.name ?? "" }));
    this.#enter(said.may_take_over ? "taken" : "check");
  }

  /**
   * @param {MediaRecorder} recorder
   * @param {string} chunks where the pieces go, without their number
   * @param {string} [onAir] said when the first piece is there, and not sooner
   */
  #record(recorder, chunks, onAir) {
    let isOnAir = false;
    const type = recorder.mimeType.split(";")[0] || "video/webm";
    const run = new Run({
      post: (number, piece) => send(`${chunks}${number}/`, piece, type),
      rest,
      sent: (waiting) => {
        const { slow = "", live } = this.words;
        this.onAir.hidden = false;
        if (!isOnAir) announce(this.words.live);
        this.#sayState(waiting >= MANY_WAITING ? fill(slow, { seconds: waiting }) : isOnAir ? live : onAir);
        isOnAir = true;
      },
      away: () => this.#say(this.words.away),
      outrun: () => this.#anew(run),
      refused: (why) => {
        const sentences = {
          stopped: this.words.pausedByOther,
          "not-taken": this.words.notTaken,
          "no-room": this.words.noRoom,
        };
        this.#ended(sentences[why]);
      },
    });
    this.#sending = { run, recorder };
    recorder.addEventListener("dataavailable", ({ data }) => run.add(data));
    recorder.addEventListener("error", () => this.#anew(run));
    recorder.start(PIECE_MS);
    this.#enter("live");
  }

  /**
   * The waiting pieces are dropped; a new run begins with the present.
   * @param {Run} run
   */
  #anew(run) {
    if (this.#sending?.run !== run || this.#pausing) return;
    this.#endRun();
    this.#start({ again: true });
  }

  #endRun() {
    if (!this.#sending) return;
    const { run, recorder } = this.#sending;
    this.#sending = null;
    run.end();
    if (recorder.state !== "inactive") recorder.stop();
  }

  /** @param {string} [text] */
  #ended(text) {
    this.#endRun();
    windowMemory.forget(this.kept);
    this.#enter("paused");
    this.#say(text);
  }

  /** Twice is once. What was about to go on air again does not. */
  #pause() {
    this.#pausing ??= this.#stopSending().finally(() => {
      this.#pausing = null;
    });
    return this.#pausing;
  }

  async #stopSending() {
    await this.#starting;
    if (this.#sending) await this.#sendLast(this.#sending);
    if (this.#phase !== "live") return; // refused meanwhile, or over
    this.#sending = null;
    windowMemory.forget(this.kept);
    this.#enter("paused");
    this.#say(this.words.paused);
    await send(this.node.dataset.pause ?? "", new FormData()).catch(() => {});
  }

  /** @param {{ run: Run, recorder: MediaRecorder }} sending */
  async #sendLast({ run, recorder }) {
    const last = new Promise((done) => recorder.addEventListener("stop", done, { once: true }));
    if (recorder.state !== "inactive") {
      recorder.stop();
      await last;
    }
    await run.drain(LAST_PIECES_MS);
    run.end();
  }

  #mute() {
    this.studio.mute(!this.studio.isMuted);
    const button = this.#act("mute");
    button.setAttribute("aria-pressed", String(this.studio.isMuted));
    button.textContent = (this.studio.isMuted ? this.words.unmute : this.words.mute) ?? "";
  }

  // --- what people do -------------------------------------------------------------------------

  #listen() {
    /** @type {Record<string, () => unknown>} */
    const acts = {
      open: () => this.#open(),
      live: () => this.#start(),
      "take-over": () => this.#start({ takeOver: true }),
      pause: () => this.#pause(),
      mute: () => this.#mute(),
      close: () => this.#close(),
    };
    this.node.addEventListener("click", (event) => acts[around(event, "[data-act]")?.dataset.act ?? ""]?.());
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("change", () => {
      this.#checked = this.#phase === "live" ? this.#switchDevices() : this.#check();
    });

    // What is recorded already is sent before the broadcast is stopped, or the session ended.
    document.body.addEventListener("htmx:confirm", (event) => {
      const { verb, path, issueRequest } = event.detail;
      const ends = [this.node.dataset.stop, this.node.dataset.end].includes(path);
      if (this.#phase !== "live" || verb !== "post" || !ends) return;
      event.preventDefault();
      this.#pause().then(() => issueRequest(true));
    });
    // Before whoever sends leaves, too: in another window of theirs, the broadcast of this one goes on.
    document.addEventListener("submit", (event) => {
      const { target: form } = event;
      if (this.#phase !== "live" || !(form instanceof HTMLFormElement)) return;
      if (new URL(form.action).pathname !== this.node.dataset.leave) return;
      event.preventDefault();
      this.#pause().then(() => {
        if (!form.isConnected) document.body.append(form); // the head of the page was drawn anew meanwhile
        form.requestSubmit();
      });
    });
    // Stopped from elsewhere: by a moderator, or for good.
    this.box.addEventListener("broadcast:picture", ({ detail }) => {
      if (detail.picture !== "over") return;
      this.#endRun();
      windowMemory.forget(this.kept);
      if (this.#phase !== "closed") this.#close();
      this.node.hidden = true;
    });
    document.addEventListener("live:over", () => {
      this.#isOver = true;
    });
    document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
      if (detail.xhr.getResponseHeader("HX-Refresh")) this.#isOver = true;
    });
    addEventListener("beforeunload", (event) => {
      // Ended for everybody: there is nothing left to lose, and nothing to ask.
      if (this.#phase === "live" && !this.#isOver) event.preventDefault();
    });
  }
}

const box = document.getElementById("broadcast");
const node = document.getElementById("sender");
if (box && node) new Sender(box, node);
