// @ts-check
/** Forms as somebody fills them in: what the server gave in their fields, and what it is now. */

/** @typedef {Record<string, [string, string]>} Fields by the field: what the server gave, and what was typed */
/** @typedef {Record<string, Fields>} Forms by the form */
/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Field */

const NOT_TYPED = new Set(["password", "hidden", "file", "submit", "button", "reset", "image"]);
const SECRET = /\b(one-time-code|current-password|new-password|cc-[a-z-]+)\b/;

/** @param {{ type: string, name: string, autocomplete: string }} field */
export function mayBeKept({ type, name, autocomplete }) {
  if (!name || NOT_TYPED.has(type) || /password/i.test(name) || SECRET.test(autocomplete)) return false;
  // A box that says so is empty on every page: browsers keep to it too. On a text it is about suggestions only.
  return !((type === "checkbox" || type === "radio") && autocomplete === "off");
}

/** @param {Field} field */
const isBox = (field) =>
  field instanceof HTMLInputElement && (field.type === "checkbox" || field.type === "radio");

/** @param {Field} field @returns {[string, string]} what the server gave, and what it is now */
function valuesOf(field) {
  const { given } = field.dataset;
  if (field instanceof HTMLSelectElement) {
    const options = [...field.options];
    const chosen = options.filter((one) => one.defaultSelected);
    const first = field.multiple || chosen.length ? chosen : options.slice(0, 1);
    const picked = options.filter((one) => one.selected);
    const [own, now] = [first, picked].map((some) => JSON.stringify(some.map((one) => one.value)));
    return [given ?? own, now];
  }
  if (field instanceof HTMLInputElement && isBox(field))
    return [given ?? String(field.defaultChecked), String(field.checked)];
  return [given ?? field.defaultValue, field.value];
}

/** @param {Field} field @param {string} value */
function fill(field, value) {
  if (field instanceof HTMLSelectElement) {
    const picked = JSON.parse(value);
    for (const option of field.options) option.selected = picked.includes(option.value);
  } else if (field instanceof HTMLInputElement && isBox(field)) field.checked = value === "true";
  else field.value = value;
}

/**
 * Forms whose typing counts, each by its name here. Of the page those that stand in no <dialog>.
 * @param {ParentNode} root the page, or the dialog
 */
export function formsIn(root) {
  /** @type {Map<string, HTMLFormElement>} */
  const found = new Map();
  for (const form of root.querySelectorAll("form")) {
    if (form.getAttribute("method")?.toLowerCase() !== "post") continue;
    if (form.matches("[data-no-draft]") || (root === document && form.closest("dialog"))) continue;
    const name = form.getAttribute("id") ?? form.getAttribute("name") ?? "";
    const key = `${form.getAttribute("action") ?? ""} ${name}`;
    let place = 0;
    while (found.has(`${key} ${place}`)) place += 1;
    found.set(`${key} ${place}`, form);
  }
  return found;
}

/** @param {HTMLFormElement} form */
function fieldsOf(form) {
  /** @type {Map<string, Field>} */
  const found = new Map();
  for (const field of form.elements) {
    if (
      !(field instanceof HTMLInputElement) &&
      !(field instanceof HTMLTextAreaElement) &&
      !(field instanceof HTMLSelectElement)
    )
      continue;
    const autocomplete = field.getAttribute("autocomplete") ?? "";
    if (!mayBeKept({ type: field.type, name: field.name, autocomplete }) || field.closest(".trap")) continue;
    const key = isBox(field) ? `${field.name}=${field.value}` : field.name;
    let place = 0;
    while (found.has(`${key} ${place}`)) place += 1;
    found.set(`${key} ${place}`, field);
  }
  return found;
}

/**
 * What the server gave when the form was asked for. A form that was refused comes with what was typed in it, and asked
 * for again it does not.
 * @type {WeakMap<HTMLFormElement, Record<string, string>>}
 */
const givenAtFirst = new WeakMap();

/** @param {HTMLFormElement} form */
function givenIn(form) {
  /** @type {Record<string, string>} */
  const given = {};
  for (const [key, field] of fieldsOf(form)) given[key] = valuesOf(field)[0];
  return { ...given, ...givenAtFirst.get(form) };
}

/**
 * @param {HTMLFormElement} form
 * @param {Record<string, string>} given
 */
export const noteGiven = (form, given) => void givenAtFirst.set(form, given);

/** What is in the form now is what the site knows. @param {HTMLFormElement} form */
export const noteTaken = (form) => void givenAtFirst.delete(form);

/** @param {HTMLFormElement} form */
export function changesIn(form) {
  const given = givenIn(form);
  /** @type {Fields} */
  const changes = {};
  for (const [key, field] of fieldsOf(form)) {
    const [, now] = valuesOf(field);
    if (given[key] !== now) changes[key] = [given[key], now];
  }
  return changes;
}

/**
 * Texts that the server gave, each to be given back where it gives none: a page that answers a form, asked for again,
 * does not hold them.
 * @param {HTMLFormElement} form
 */
export function textsIn(form) {
  /** @type {Fields} */
  const texts = {};
  for (const [key, field] of fieldsOf(form))
    if (!(field instanceof HTMLSelectElement) && !isBox(field) && field.value) texts[key] = ["", field.value];
  return texts;
}

/** Would anything be lost with it? A picked file too. @param {ParentNode} root */
export const isHalfWritten = (root) =>
  [...formsIn(root).values()].some(
    (form) =>
      Object.keys(changesIn(form)).length ||
      [...form.elements].some((one) => one instanceof HTMLInputElement && one.files?.length),
  );

/**
 * @param {HTMLFormElement} form
 * @param {Fields} draft
 * @returns {boolean} whether anything came back
 */
export function giveBack(form, draft) {
  const fields = fieldsOf(form);
  // First all are looked at: of the buttons of a choice, one changes the others.
  const free = Object.entries(draft).filter(([key, [given]]) => {
    const field = fields.get(key);
    return field && !field.disabled && valuesOf(field).every((value) => value === given);
  });
  const filled = free.map(([key, [, value]]) => {
    const field = /** @type {Field} */ (fields.get(key));
    fill(field, value);
    for (let fold = field.closest("details"); fold; fold = fold.parentElement?.closest("details") ?? null)
      fold.open = true;
    return field;
  });
  for (const field of filled)
    for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
  return filled.length > 0;
}

/**
 * What of the draft is of fields that the form does not have.
 * @param {HTMLFormElement} form
 * @param {Fields} draft
 */
export function missingIn(form, draft) {
  const fields = fieldsOf(form);
  return Object.fromEntries(Object.entries(draft).filter(([key]) => !fields.has(key)));
}

const FIELDS = "input:not([type=file]), textarea, select";

/**
 * What was wrong with a field is said until the field is changed: then it may be right.
 * @param {Event} event
 */
function forgetError({ target }) {
  if (!(target instanceof Element) || !target.matches(FIELDS)) return;
  const name = target.getAttribute("name");
  const box = target.closest("div:has(.invalid-feedback), fieldset:has(.invalid-feedback)");
  if (!box) return;
  // Only where all fields there are this one: the words of another stay.
  const fields = [...box.querySelectorAll(FIELDS)];
  if (!fields.every((one) => one.getAttribute("name") === name)) return;
  for (const said of box.querySelectorAll(".invalid-feedback")) {
    for (const field of fields) {
      const ids = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id !== said.id);
      if (ids.some(Boolean)) field.setAttribute("aria-describedby", ids.join(" "));
      else field.removeAttribute("aria-describedby");
    }
    said.remove();
  }
  for (const field of fields) {
    field.classList.remove("is-invalid");
    field.removeAttribute("aria-invalid");
  }
}

/**
 * While it is typed, and not when the field is left: what then moved up was the button that is being pressed.
 */
export function forgetErrors() {
  document.addEventListener("input", forgetError);
}

/** A form that htmx puts in again because it was refused: what the server had given first is carried over. */
export function start() {
  forgetErrors();
  /** @type {{ name: string, given: Record<string, string> }[]} */
  let refused = [];
  /** @param {HTMLElement} target */
  const rootOf = (target) => target.closest("dialog") ?? document;
  document.addEventListener("htmx:beforeSwap", ({ detail: { target, xhr } }) => {
    refused = [];
    if (xhr.status < 400) return;
    for (const [name, form] of formsIn(rootOf(target)))
      if (target.contains(form)) refused.push({ name, given: givenIn(form) });
  });
  document.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
    if (!refused.length) return;
    // What was replaced as a whole is in no page any more.
    const forms = formsIn(target.isConnected ? rootOf(target) : document);
    for (const { name, given } of refused) {
      const form = forms.get(name);
      if (form) noteGiven(form, given);
    }
    refused = [];
  });
}
