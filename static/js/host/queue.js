// @ts-check
/**
 * Files that become items of their own, sent one after the other: chosen with [data-upload-pick], or dropped anywhere
 * on the page. Markup and words: media_items/library/_upload_queue.html. Whatever was chosen or dropped gets a row
 * that says what became of it, and why.
 */
import { announce, toast } from "../shared/notices.js";
import { all, around, need, size, word } from "../shared/page.js";
import { changeIn } from "../shared/session.js";
import { transfer } from "./transfer.js";
import { isUnderWay, Row, say } from "./upload_rows.js";

/** @import { Given, State } from "./upload_rows.js" */

const TYPED_IN = "input, textarea, [contenteditable]";

/**
 * @param {XMLHttpRequest} request
 * @returns {{ title?: string, url?: string, message?: string }}
 */
function answerIn(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return {}; // a page, or the words of a server before ours
  }
}

/** @type {Record<number, () => string>} */
const REASONS = {
  403: () => word("notAllowed"),
  413: () => word("serverTooLarge"),
  503: () => say("busy"),
};

class UploadQueue {
  /** @type {Row[]} */
  #rows = [];
  #isRefreshing = false;
  #isListOld = false;
  #hasFresh = false;

  /**
   * @param {HTMLFormElement} form
   * @param {HTMLElement} section
   */
  constructor(form, section) {
    this.form = form;
    this.section = section;
    this.list = need(section, "ol", HTMLOListElement);
    this.summary = need(section, "[data-summary]", HTMLElement);
    need(section, "[data-clear]", HTMLButtonElement).addEventListener("click", () => this.clear());
  }

  /** @param {Given[]} given */
  add(given) {
    for (const one of given) {
      const row = new Row(one, (pressed) => this.#pressed(pressed));
      this.#rows.push(row);
      this.list.append(row.node);
      const why = one.why ?? this.#unfit(one.file);
      if (why) this.#fail(row, why);
    }
    if (!this.#rows.length) return;
    this.section.hidden = false;
    this.#sum();
    this.section.scrollIntoView({ block: "nearest" });
    this.#next();
  }

  /** @param {File | null} file */
  #unfit(file) {
    const most = Number(this.form.dataset.maxBytes);
    if (!file?.size) return say("empty");
    return file.size > most ? say("tooLarge", { size: size(file.size), most: size(most) }) : "";
  }

  clear() {
    for (const row of this.#rows) if (!isUnderWay(row)) row.node.remove();
    this.#rows = this.#rows.filter(isUnderWay);
    this.section.hidden = !this.#rows.length;
    this.#sum();
    if (this.section.hidden) all(document, "[data-upload-pick]")[0]?.focus();
  }

  /** @param {Row} row */
  #pressed(row) {
    if (row.state === "going") return row.cancel();
    if (row.state === "waiting") return this.#end(row, "cancelled", say("cancelled"));
    row.be("waiting", say("inTheQueue"));
    this.#sum();
    this.#next();
  }

  /**
   * @param {Row} row
   * @param {State} state
   * @param {string} facts
   * @param {boolean} [canTryAgain]
   */
  #end(row, state, facts, canTryAgain = true) {
    row.be(state, facts, { canTryAgain });
    this.#sum();
    this.#next();
  }

  /**
   * @param {Row} row
   * @param {string} why
   * @param {boolean} [canTryAgain]
   */
  #fail(row, why, canTryAgain = false) {
    announce(say("refusedFile", { name: row.name, why }));
    this.#end(row, "failed", why, canTryAgain);
  }

  #sum() {
    const number = (/** @type {State} */ state) => this.#rows.filter((row) => row.state === state).length;
    const [done, failed] = [number("done"), number("failed")];
    const words = say(failed ? "summaryFailed" : "summary", { done, failed, all: this.#rows.length });
    this.summary.textContent = words;
  }

  #next() {
    if (this.#rows.some((row) => row.state === "going" || row.state === "checking")) return;
    const row = this.#rows.find((one) => one.state === "waiting");
    if (row) return void this.#send(row);
    if (!this.#hasFresh) return;
    this.#hasFresh = false;
    announce(this.summary.textContent ?? "");
    this.#refresh();
  }

  /** @param {Row} row */
  async #send(row) {
    const { file } = row;
    if (!file) return;
    row.be("going", word("uploading"));
    row.progress(0, word("uploading"));
    try {
      await file.slice(0, 1).arrayBuffer();
    } catch {
      return this.#fail(row, say("unreadable"), true);
    }
    const body = new FormData();
    body.append("csrfmiddlewaretoken", need(this.form, "[name=csrfmiddlewaretoken]", HTMLInputElement).value);
    body.append("file", file, file.name);
    row.cancel = transfer(this.form.action, body, {
      headers: { Accept: "application/json" },
      onProgress: (percent, facts) => row.progress(percent, facts),
      onArrived: () => row.be("checking", say("checking")),
      onAnswer: (request) => this.#answered(row, request),
      onBroken: () => this.#fail(row, say("broke"), true),
      onCancelled: () => this.#end(row, "cancelled", say("cancelled")),
    });
  }

  /**
   * @param {Row} row
   * @param {XMLHttpRequest} request
   */
  #answered(row, request) {
    const change = changeIn(request);
    if (change) return this.#stop(word(change === "ended" ? "signedOut" : "signInChanged"));
    const { title, url, message } = answerIn(request);
    if (request.status === 201 && title && url) {
      row.became({ title, url });
      this.#hasFresh = true;
      this.#sum();
      this.#next();
    } else {
      this.#fail(row, message ?? REASONS[request.status]?.() ?? word("wentWrong"), true);
    }
  }

  /**
   * Those that wait would be refused for the same reason.
   * @param {string} why
   */
  #stop(why) {
    const left = this.#rows.filter(isUnderWay);
    for (const row of left) row.be("failed", why, { canTryAgain: true });
    this.#sum();
  }

  /** The list behind it, with what is ticked there. A menu that is open in it is left to its reader first. */
  async #refresh() {
    const list = this.form.dataset.refreshes;
    if (!list) return;
    this.#isListOld = true;
    if (this.#isRefreshing) return;
    if (document.querySelector(`${list} :popover-open`)) {
      document.addEventListener("toggle", () => this.#refresh(), { capture: true, once: true });
      return;
    }
    /** @type {string[]} */
    let ticked = [];
    this.#isRefreshing = true;
    const ask = () => {
      this.#isListOld = false;
      ticked = [...document.querySelectorAll(`${list} input[name=pk]:checked`)].map((box) => box.id);
      return htmx.ajax("GET", location.pathname + location.search, { target: list, swap: "outerHTML" });
    };
    await afterTheLine(ask);
    this.#isRefreshing = false;
    for (const id of ticked) {
      const box = document.getElementById(id);
      if (!(box instanceof HTMLInputElement)) continue;
      box.checked = true;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
    if (this.#isListOld) this.#refresh();
  }
}

const ASK_AGAIN_MS = 5000;
const ASK_AGAIN_MOST_MS = 60_000;

/** Without a word, where htmx would say each time that the line is away. */
const isLineThere = () =>
  fetch(location.href, { method: "HEAD" }).then(
    () => true,
    () => false,
  );

/**
 * Asks again when the line is back, which not every browser notices.
 * @param {() => Promise<unknown>} ask
 */
export async function afterTheLine(ask) {
  for (let pause = ASK_AGAIN_MS; ; ) {
    try {
      return await ask();
    } catch {
      do {
        await new Promise((resolve) => {
          addEventListener("online", resolve, { once: true });
          setTimeout(resolve, pause);
        });
        pause = Math.min(2 * pause, ASK_AGAIN_MOST_MS);
      } while (!(await isLineThere()));
    }
  }
}

/**
 * @param {DataTransfer} dropped
 * @returns {Given[]}
 */
function givenIn(dropped) {
  const found = [];
  for (const item of dropped.items) {
    if (item.kind !== "file") continue;
    const entry = item.webkitGetAsEntry?.();
    const file = item.getAsFile();
    if (entry?.isDirectory) found.push({ name: entry.name, file: null, why: say("folder") });
    else if (file) found.push({ name: file.name, file });
  }
  return found;
}

/**
 * @param {UploadQueue} queue
 * @param {HTMLElement} overlay
 */
function listenForDrops(queue, overlay) {
  const hasFiles = (/** @type {DragEvent} */ { dataTransfer }) =>
    Boolean(dataTransfer?.types.includes("Files"));
  const isText = (/** @type {DragEvent} */ event) => !hasFiles(event) && around(event, TYPED_IN);

  /** @param {DragEvent} event */
  const over = (event) => {
    if (isText(event)) return;
    event.preventDefault();
    overlay.hidden = !hasFiles(event);
  };
  document.addEventListener("dragenter", over);
  document.addEventListener("dragover", over);
  document.addEventListener("dragleave", ({ relatedTarget }) => {
    if (!relatedTarget) overlay.hidden = true;
  });
  document.addEventListener("drop", (event) => {
    overlay.hidden = true;
    if (isText(event) || !event.dataTransfer) return;
    event.preventDefault();
    const given = givenIn(event.dataTransfer);
    if (given.length) queue.add(given);
    else toast(say("onlyFiles"), "warning");
  });
}

export function start() {
  const form = need(document, "form[data-upload-queue]", HTMLFormElement);
  const picker = need(form, "input[type=file]", HTMLInputElement);
  const queue = new UploadQueue(form, need(document, "#upload-queue", HTMLElement));
  document.addEventListener("click", (event) => {
    if (around(event, "[data-upload-pick]")) picker.click();
  });
  picker.addEventListener("change", () => {
    queue.add([...(picker.files ?? [])].map((file) => ({ name: file.name, file })));
    picker.value = "";
  });
  listenForDrops(queue, need(document, "#drop-overlay", HTMLElement));
}
