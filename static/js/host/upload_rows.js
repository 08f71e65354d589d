// @ts-check
/** What became of each file that was chosen or dropped: a row of media_items/library/_upload_queue.html. */
import { icon, word, wordsOf } from "../shared/page.js";

export const say = wordsOf("upload-words");

/** @typedef {"waiting" | "going" | "checking" | "done" | "failed" | "cancelled"} State */
/** @typedef {{ name: string, file: File | null, why?: string }} Given a file, or why it cannot be one */

export class Row {
  /** @type {State} */
  state = "waiting";
  cancel = () => {};
  node = document.createElement("li");
  #words = document.createElement("div");
  #name = document.createElement("bdi");
  #facts = document.createElement("span");
  #bar = document.createElement("progress");
  #button = document.createElement("button");

  /**
   * @param {Given} given
   * @param {(row: Row) => void} press its button was pressed
   */
  constructor({ name, file }, press) {
    this.name = name;
    this.file = file;
    this.node.className = "upload-row";
    this.#words.className = "upload-row-words";
    this.#name.className = "upload-name";
    this.#name.textContent = name;
    this.#facts.className = "upload-facts";
    this.#bar.max = 100;
    this.#bar.setAttribute("aria-label", name);
    this.#button.type = "button";
    this.#button.className = "button button-small";
    this.#button.addEventListener("click", () => press(this));
    this.#words.append(this.#name, this.#facts, this.#bar);
    this.node.append(this.#words, this.#button);
    this.be("waiting", say("inTheQueue"));
  }

  /**
   * @param {State} state
   * @param {string} facts
   * @param {{ canTryAgain?: boolean }} [more]
   */
  be(state, facts, { canTryAgain = false } = {}) {
    this.state = state;
    this.node.dataset.state = state;
    this.#facts.replaceChildren(
      ...(state === "failed" ? [icon("alert")] : state === "done" ? [icon("check")] : []),
      facts,
    );
    this.#bar.hidden = state !== "going" && state !== "checking";
    if (state === "checking") this.#bar.removeAttribute("value");
    const isCancel = state === "waiting" || state === "going";
    const had = document.activeElement === this.#button;
    this.#button.hidden = !isCancel && !canTryAgain;
    this.#button.textContent = isCancel ? word("cancel") : say("tryAgain");
    this.#button.setAttribute(
      "aria-label",
      say(isCancel ? "cancelFile" : "tryFileAgain", { name: this.name }),
    );
    if (had && this.#button.hidden) this.node.closest("section")?.focus();
  }

  /**
   * @param {number} percent
   * @param {string} facts
   */
  progress(percent, facts) {
    this.#bar.value = percent;
    this.#facts.textContent = facts;
  }

  /** @param {{ title: string, url: string }} item */
  became({ title, url }) {
    const link = document.createElement("a");
    link.href = url;
    link.dir = "auto";
    link.className = "upload-name";
    link.textContent = title;
    this.#name.replaceWith(link);
    this.be("done", say("done"));
  }
}

/** @param {Row} row */
export const isUnderWay = ({ state }) => state === "waiting" || state === "going" || state === "checking";
