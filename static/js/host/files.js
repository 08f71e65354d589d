// @ts-check
/**
 * The file field of form[data-upload]: a place to drop on (several files where it takes several), whose size is checked
 * beforehand (data-max-bytes on the field). The server checks again.
 */
import { announce } from "../shared/notices.js";
import { size, word } from "../shared/page.js";

/**
 * @param {HTMLInputElement} field
 * @param {string} sentence empty: nothing is wrong
 */
function complain(field, sentence) {
  const id = `${field.id}_too_large`;
  document.getElementById(id)?.remove();
  field.classList.toggle("is-invalid", Boolean(sentence));
  if (!sentence) {
    field.removeAttribute("aria-invalid");
    return;
  }
  const message = document.createElement("div");
  const words = document.createElement("strong");
  message.id = id;
  message.className = "invalid-feedback";
  words.textContent = sentence;
  message.append(words);
  field.after(message);
  field.setAttribute("aria-invalid", "true");
  const described = field.getAttribute("aria-describedby") ?? "";
  if (!described.includes(id)) field.setAttribute("aria-describedby", `${described} ${id}`.trim());
  announce(sentence);
}

/**
 * @param {ParentNode} root
 * @param {string} [more]
 * @returns {HTMLInputElement[]}
 */
export const fileFields = (root, more = "") =>
  [...root.querySelectorAll(`input[type=file]${more}`)].filter((one) => one instanceof HTMLInputElement);

/**
 * Whether every chosen file may be sent; says beside the field why not.
 * @param {HTMLFormElement} form
 */
export function filesFit(form) {
  for (const field of fileFields(form, "[data-max-bytes]")) {
    const most = Number(field.dataset.maxBytes);
    const big = [...(field.files ?? [])].find((file) => file.size > most);
    if (!big) continue;
    complain(field, word("tooLarge", { name: big.name, size: size(big.size), most: size(most) }));
    field.focus();
    return false;
  }
  return true;
}

/** @param {HTMLInputElement} field */
function dress(field) {
  const zone = field.closest(".mb-3") ?? field.parentElement;
  if (!(zone instanceof HTMLElement) || zone.classList.contains("drop-zone")) return;
  const hint = document.createElement("p");
  hint.className = "drop-zone-hint";
  hint.textContent = word(field.multiple ? "dropSeveral" : "dropHere");
  field.after(hint);
  zone.classList.add("drop-zone");

  let depth = 0; // dragenter and dragleave also fire for the children
  /** @param {number} by */
  const over = (by) => {
    depth = Math.max(0, depth + by);
    zone.classList.toggle("drop-zone-over", depth > 0);
  };
  // All of it opens the file dialog, as the field in it does; its label and links are themselves.
  zone.addEventListener("click", ({ target }) => {
    if (target instanceof Element && !target.closest("input, label, a, button, summary")) field.click();
  });
  zone.addEventListener("dragenter", () => over(1));
  zone.addEventListener("dragleave", () => over(-1));
  zone.addEventListener("dragover", (event) => event.preventDefault());
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    over(-depth);
    const dropped = [...(event.dataTransfer?.files ?? [])].slice(0, field.multiple ? undefined : 1);
    if (!dropped.length) return;
    const taken = new DataTransfer();
    for (const file of dropped) taken.items.add(file);
    field.files = taken.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  field.addEventListener("change", () => {
    complain(field, "");
    if (field.form) filesFit(field.form);
  });
}

/** @param {ParentNode} root */
export function dressFileFields(root) {
  for (const form of root.querySelectorAll("form[data-upload]")) fileFields(form).forEach(dress);
}

export function start() {
  dressFileFields(document);
  document.addEventListener("htmx:afterSettle", () => dressFileFields(document));
}
