// @ts-check
/** What scripts ask of the page: its elements, words and icons, and the way back to the site. */

/** @typedef {Record<string, string | number>} Values */

export const language = globalThis.document?.documentElement.lang || undefined;

/**
 * An element of a template that the script cannot do without.
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T}
 * @throws {Error} when template and script disagree
 */
export function need(root, selector, type) {
  const found = root.querySelector(selector);
  if (found instanceof type) return found;
  throw new Error(`The page has no ${selector}.`);
}

/**
 * Once every script that came with the page listens, htmx among them: what is told before is heard by nobody.
 * @returns {Promise<void>}
 */
export const allListen = () =>
  new Promise((resolve) => {
    if (document.readyState === "complete") return resolve();
    const begun = () => resolve();
    for (const name of ["DOMContentLoaded", "load"]) addEventListener(name, begun, { once: true });
  });

/**
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
export const all = (root, selector) =>
  [...root.querySelectorAll(selector)].filter((one) => one instanceof HTMLElement);

/**
 * Opens a dialog over the page, which stays where it is: base.css leaves room where its scroll bar was.
 * @param {HTMLDialogElement} dialog
 */
export function showOver(dialog) {
  const page = document.documentElement;
  if (!page.querySelector("dialog[open]"))
    page.style.setProperty("--bar", `${innerWidth - page.clientWidth}px`);
  dialog.showModal();
}

/**
 * The nearest element around the event's target that fits.
 * @param {Event} event
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export function around(event, selector) {
  const found = event.target instanceof Element ? event.target.closest(selector) : null;
  return found instanceof HTMLElement ? found : null;
}

/**
 * The letter that a key stands for in a shortcut, in lower case: what it types, and on a layout of another alphabet
 * (Hebrew, Cyrillic, Greek) what stands at its place on a Latin one. Other keys have their name, in lower case.
 * @param {{ key: string, code: string }} event
 */
export function shortcutOf({ key, code }) {
  const typed = key.toLowerCase();
  const isOtherAlphabet = typed.length === 1 && /[^\p{ASCII}\p{Script=Latin}]/u.test(typed);
  const place = /^Key([A-Z])$/.exec(code)?.[1];
  return isOtherAlphabet && place ? place.toLowerCase() : typed;
}

const LOAD_AGAIN_MS = 2000;
const LOAD_AGAIN_MOST_MS = 60_000;

/**
 * A script that is needed only now. Without a connection it is asked for again, ever more slowly.
 * @template T
 * @param {() => Promise<T>} load
 * @returns {Promise<T>}
 */
export async function loaded(load) {
  for (let pause = LOAD_AGAIN_MS; ; pause = Math.min(2 * pause, LOAD_AGAIN_MOST_MS)) {
    try {
      return await load();
    } catch (error) {
      console.warn("script:", error);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/**
 * @param {string} sentence with {names}
 * @param {Values} values
 */
export const fill = (sentence, values) =>
  sentence.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));

/**
 * Gives translated sentences from an element that holds them: key "tooLarge" reads data-too-large, with {name}
 * filled in.
 * @param {string} id
 */
export const wordsOf =
  (id) =>
  /**
   * @param {string} key
   * @param {Values} [values]
   */
  (key, values = {}) =>
    fill(document.getElementById(id)?.dataset[key] ?? "", values);

/** From components/_words.html. */
export const word = wordsOf("words");

/**
 * An icon as _icon.html draws it, from the sprite the page already names.
 * @param {string} name
 */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${word("sprite")}#${name}`);
  svg.append(use);
  return svg;
}

/** @param {number} number of a hundred, as templates write it by their filter */
export const percent = (number) => new Intl.NumberFormat(language, { style: "percent" }).format(number / 100);

/** @param {number} bytes */
export function size(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit: units[step],
    maximumFractionDigits: step > 2 ? 1 : 0,
  }).format(bytes / 1000 ** step);
}

/** As htmx sends them: the site answers with fragments and accepts the request (CSRF). */
export const headers = () => ({
  "X-CSRFToken": String(JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"]),
  "HX-Request": "true",
});

/**
 * @param {string} address
 * @param {Values} [values]
 */
export function post(address, values = {}) {
  const body = new URLSearchParams(Object.entries(values).map(([name, value]) => [name, String(value)]));
  return fetch(address, { method: "POST", headers: headers(), body, redirect: "manual" });
}

/**
 * A text as a short word that knows it again and does not say it.
 * @param {string} text
 */
export function digest(text) {
  let [one, other] = [0x9e3779b9, 0x85ebca6b];
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    one = Math.imul(one ^ code, 0x9e3779b1);
    other = Math.imul(other ^ code, 0x5f356495);
    one ^= other >>> 15;
    other ^= one >>> 13;
  }
  return (one >>> 0).toString(36) + (other >>> 0).toString(36);
}

/** JSON in a storage of the browser, which may be missing, or hold what another script wrote. */
class Memory {
  #storage;

  /** @param {() => Storage} storage reading the global may itself be refused */
  constructor(storage) {
    this.#storage = storage;
  }

  /** @param {string} key */
  get(key) {
    try {
      return JSON.parse(this.#storage().getItem(key) ?? "null");
    } catch {
      return null;
    }
  }

  /**
   * @param {string} key
   * @param {unknown} value
   */
  set(key, value) {
    try {
      this.#storage().setItem(key, JSON.stringify(value));
    } catch {
      // Then it is remembered for as long as the page is open.
    }
  }

  /** @param {string} key */
  forget(key) {
    try {
      this.#storage().removeItem(key);
    } catch {
      // Nothing was kept.
    }
  }
}

/** Of this window, until it is closed. */
export const windowMemory = new Memory(() => sessionStorage);
/** Of this browser. */
export const browserMemory = new Memory(() => localStorage);

/**
 * What is kept of a dialog goes by its address, and on a page of one person (data-drafts) by that, too.
 * @param {string} address
 */
export const placeOfDialog = (address) =>
  digest(`${all(document, "[data-drafts]")[0]?.dataset.drafts ?? ""}${address}`);

/**
 * Is it a form whose answer is this page once more, for the same person? @param {EventTarget | null} form
 * @returns {form is HTMLFormElement}
 */
export const comesAgain = (form) => form instanceof HTMLFormElement && form.matches("[data-comes-again]");
