// @ts-check
/**
 * [data-copy="#id"] copies that field or the words of that element, [data-copy="text"] the text itself; says so on the
 * button and to a screen reader. What came with the answer to a form with [data-copy-now="#id"] is copied by itself and
 * [data-copied-says] in it says so; where the browser refuses, the field is selected, for the button or the hand.
 * [data-share="#id"] hands that field's words to the system's own sheet; where there is none, it stays hidden and what
 * stands behind it does instead.
 */
import { announce, toast } from "../shared/notices.js";
import { all, around, icon, word } from "../shared/page.js";

const SHOWN_MS = 2500;
/** @type {WeakMap<HTMLElement, { label?: string | null, icon: string | null, timer: number }>} */
const restored = new WeakMap();

/** @param {Element | null} field */
const isTyped = (field) => field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement;

/** @param {Element | null} field the whole of it, to be seen and taken by hand */
function select(field) {
  if (isTyped(field)) {
    field.focus({ preventScroll: true });
    return field.select();
  }
  if (field) getSelection()?.selectAllChildren(field);
}

/**
 * @param {string} text
 * @param {Element | null} field
 */
async function copy(text, field) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    if (field) {
      select(field);
      return document.execCommand("copy"); // without https, say
    }
    return copyFromBeside(text);
  }
}

/**
 * What stands nowhere on the page. Beside the button, because outside of an open dialog nothing can be selected.
 * @param {string} text
 */
function copyFromBeside(text) {
  const button = document.activeElement;
  const field = document.createElement("textarea");
  field.className = "visually-hidden";
  field.value = text;
  (button?.parentElement ?? document.body).append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  if (button instanceof HTMLElement) button.focus();
  return isCopied;
}

/** @param {Element} field */
const textIn = (field) => (isTyped(field) ? field.value : field.textContent.trim());

/**
 * @typedef {{ form: Element, give: (text: Blob) => void, forget: () => void, written: Promise<boolean> }} Promised
 * @type {Promised | null}
 */
let promised = null;

/**
 * A form is sent whose answer has a link to copy. Some browsers let a page copy only while something is being pressed:
 * the clipboard is promised the text now and given it with the answer.
 * @param {{ detail: HtmxDetail }} event
 */
function promiseText({ detail }) {
  if (!detail.elt.matches("form[data-copies]") || !globalThis.ClipboardItem || !navigator.clipboard) return;
  promised?.forget();
  /** @type {(text: Blob) => void} */
  let give = () => {};
  let forget = () => {};
  /** @type {Promise<Blob>} */
  const text = new Promise((resolve, reject) => {
    give = resolve;
    forget = () => reject(new Error("nothing to copy"));
  });
  text.catch(() => {});
  const written = navigator.clipboard.write([new ClipboardItem({ "text/plain": text })]).then(
    () => true,
    () => false,
  );
  promised = { form: detail.elt, give, forget, written };
}

/** @param {HTMLElement} part */
async function copyNow(part) {
  const field = document.getElementById(part.dataset.copyNow?.slice(1) ?? "");
  delete part.dataset.copyNow; // once
  if (!field) return;
  const text = textIn(field);
  promised?.give(new Blob([text], { type: "text/plain" }));
  const isCopied = (await promised?.written) || (await copy(text, field));
  const [says] = all(part, "[data-copied-says]");
  if (!says) return;
  says.hidden = false;
  says.classList.toggle("is-copied", isCopied);
  says.textContent = word(isCopied ? "linkCopied" : "linkByHand");
  if (isCopied) says.prepend(icon("check"));
  else select(field);
}

/** @param {{ detail: HtmxDetail }} event */
function answered({ detail }) {
  all(document, "[data-copy-now]").forEach(copyNow);
  if (detail.requestConfig.elt !== promised?.form) return;
  promised.forget(); // where the answer has nothing to copy
  promised = null;
}

/**
 * @param {HTMLElement} button
 * @param {string} said
 */
function showCopied(button, said) {
  const label = button.querySelector("[data-copy-label]");
  const use = button.querySelector("use");
  const before = restored.get(button) ?? {
    label: label?.textContent,
    icon: use?.getAttribute("href") ?? null,
    timer: 0,
  };
  restored.set(button, before);
  button.classList.add("copied");
  if (label) label.textContent = said;
  if (before.icon) use?.setAttribute("href", before.icon.replace(/#.*/, "#check"));
  clearTimeout(before.timer);
  before.timer = setTimeout(() => {
    button.classList.remove("copied");
    if (label) label.textContent = before.label ?? "";
    if (before.icon) use?.setAttribute("href", before.icon);
    restored.delete(button);
  }, SHOWN_MS);
}

/** @param {MouseEvent} event */
async function onClick(event) {
  const button = around(event, "[data-copy]");
  if (!button) return;
  event.preventDefault();
  const source = button.dataset.copy ?? "";
  const field = source.startsWith("#") ? document.getElementById(source.slice(1)) : null;
  const text = field ? textIn(field) : source;
  if (await copy(text, field)) {
    const said = button.dataset.copied || word("copied");
    announce(said);
    // In a menu the button is gone by now; a toast says it to the eyes.
    if (button.closest("[popover]")) toast(said, "success");
    else showCopied(button, word("copied"));
  } else {
    select(field);
    toast(word(field ? "copyByHand" : "copyOff"), "warning");
  }
}

function showShares() {
  if (!navigator.share) return;
  for (const button of all(document, "[data-share][hidden]")) {
    button.hidden = false;
    if (button.nextElementSibling instanceof HTMLElement) button.nextElementSibling.hidden = true;
  }
}

/** @param {MouseEvent} event */
function share(event) {
  const field = document.getElementById(around(event, "[data-share]")?.dataset.share?.slice(1) ?? "");
  if (field) navigator.share({ text: textIn(field) }).catch(() => {}); // they changed their mind
}

export function start() {
  document.addEventListener("click", onClick);
  document.addEventListener("click", share);
  document.addEventListener("htmx:afterSettle", showShares);
  showShares();
  document.addEventListener("htmx:beforeRequest", promiseText);
  document.addEventListener("htmx:afterSettle", answered);
  all(document, "[data-copy-now]").forEach(copyNow); // where this came with it
}
