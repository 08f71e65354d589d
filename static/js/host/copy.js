// @ts-check
/**
 * [data-copy="#id"] copies that field, [data-copy="text"] the text itself; says so on the button and to a
 * screen reader. The fields can be selected by hand where this does not run.
 */
import { announce, toast } from "../shared/notices.js";
import { around, word } from "../shared/page.js";

const SHOWN_MS = 2500;
/** @type {WeakMap<HTMLElement, { label?: string | null, icon: string | null, timer: number }>} */
const restored = new WeakMap();

/** @param {Element | null} field */
const isTyped = (field) => field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement;

/**
 * @param {string} text
 * @param {Element | null} field
 */
async function copy(text, field) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    if (!isTyped(field)) return false;
    field.select();
    return document.execCommand("copy");
  }
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
  const text = field ? (isTyped(field) ? field.value : field.textContent.trim()) : source;
  if (await copy(text, field)) {
    const said = button.dataset.copied || word("copied");
    announce(said);
    // In a menu the button is gone by now; a toast says it to the eyes.
    if (button.closest("[popover]")) toast(said, "success");
    else showCopied(button, word("copied"));
  } else {
    if (isTyped(field)) field.select();
    announce(word("copyByHand"));
  }
}

export const start = () => document.addEventListener("click", onClick);
