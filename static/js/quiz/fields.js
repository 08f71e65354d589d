// @ts-check
/** The fields of one question: what they say, and how a saved answer is put into them. */

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Field */
/** @typedef {{ chosen?: string | string[], text?: string, pairs?: Record<string, string>, order?: string[] } | null} Response */

/** @param {Element} question @returns {Field[]} */
export const fieldsOf = (question) =>
  /** @type {Field[]} */ ([...question.querySelectorAll("input:not([type=hidden]), textarea, select")]);

/** @param {Element} question */
const revisionField = (question) =>
  /** @type {HTMLInputElement | null} */ (question.querySelector("[data-revision]"));

/** @param {Element} question */
export const revisionOf = (question) => Number(revisionField(question)?.value ?? 0);

/** @param {Element} question @param {number} revision */
export function setRevision(question, revision) {
  const field = revisionField(question);
  if (field) field.value = String(revision);
}

/** @param {Field} field */
const isBox = (field) => field instanceof HTMLInputElement && /^(radio|checkbox)$/.test(field.type);

/**
 * As a form would send it.
 * @param {HTMLElement} question
 */
export function bodyOf(question) {
  const body = new URLSearchParams();
  for (const field of question.querySelectorAll("input, textarea, select")) {
    const one = /** @type {Field} */ (field);
    if (!one.name || (isBox(one) && !(/** @type {HTMLInputElement} */ (one).checked))) continue;
    body.append(one.name, one.value);
  }
  return body;
}

/** @param {HTMLElement} question */
export const isAnswered = (question) =>
  fieldsOf(question).some((field) =>
    isBox(field) ? /** @type {HTMLInputElement} */ (field).checked : field.value.trim() !== "",
  );

/** What needs no answer is neither counted nor missed. @param {HTMLElement} question */
export const needsAnswer = (question) => question.dataset.kind !== "reflection";

/** Half an answer is none yet, as scoring/wholeness.py says. @param {HTMLElement} question */
export const isWhole = (question) =>
  isAnswered(question) && !("unread" in question.dataset) && fieldsOf(question).every(isPlaced);

/** @param {Field} field */
const isPlaced = (field) => !(field instanceof HTMLSelectElement) || field.value !== "";

/** Whether its number can be read, as the site says. @param {HTMLElement} question @param {boolean} isUnread */
export function setUnread(question, isUnread) {
  question.toggleAttribute("data-unread", isUnread);
  for (const field of question.querySelectorAll("[type=text]"))
    if (isUnread) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
}

/** What was typed into it; "" where it is chosen. @param {Element} question */
export const typedIn = (question) =>
  fieldsOf(question)
    .filter((field) => field.matches("textarea, [type=text]"))
    .map((field) => field.value.trim())
    .join("\n");

/** @param {HTMLElement} question */
export const isAnsweredOrNotSeen = (question) =>
  question.dataset.kind !== "reflection" || isAnswered(question);

/**
 * Without the fields of these questions.
 * @param {FormData} data
 * @param {string[]} left ids
 */
export function leaveOut(data, left) {
  const ids = new Set(left);
  const questions = data.getAll("question").filter((one) => !ids.has(String(one)));
  for (const name of new Set(data.keys())) if (ids.has(name.split(".")[0] ?? "")) data.delete(name);
  data.delete("question");
  for (const one of questions) data.append("question", one);
}

/**
 * @param {HTMLElement} question
 * @param {URLSearchParams} body as `bodyOf` gave it
 */
export function putBack(question, body) {
  for (const field of fieldsOf(question)) {
    const values = body.getAll(field.name);
    if (isBox(field)) /** @type {HTMLInputElement} */ (field).checked = values.includes(field.value);
    else field.value = values[0] ?? "";
  }
  inOrder(question);
}

/**
 * What is saved now.
 * @param {HTMLElement} question
 * @param {Response} response
 */
export function apply(question, response) {
  const chosen = [response?.chosen ?? []].flat();
  for (const field of fieldsOf(question)) {
    const option = field.name.split(".")[1] ?? "";
    if (isBox(field)) /** @type {HTMLInputElement} */ (field).checked = chosen.includes(field.value);
    else if (response?.pairs || response?.order || option)
      field.value = response?.order
        ? String(response.order.indexOf(option) + 1)
        : (response?.pairs?.[option] ?? "");
    else field.value = response?.text ?? "";
  }
  inOrder(question);
}

/** @param {HTMLElement} question */
export function clear(question) {
  for (const field of fieldsOf(question))
    if (isBox(field)) /** @type {HTMLInputElement} */ (field).checked = false;
    else field.value = "";
}

/** Things to put in order stand by the places that they have. @param {HTMLElement} question */
export function inOrder(question) {
  const list = question.querySelector("[data-order]");
  if (!list) return;
  const placed = [...list.children].map((thing) => ({
    thing,
    place: Number(thing.querySelector("select")?.value) || Number.POSITIVE_INFINITY,
  }));
  if (placed.every(({ place }) => place === Number.POSITIVE_INFINITY)) return;
  placed.sort((one, other) => one.place - other.place);
  for (const { thing } of placed) list.append(thing);
  number(list);
}

/** @param {Element} list */
function number(list) {
  [...list.children].forEach((thing, place) => {
    const select = thing.querySelector("select");
    if (select) select.value = String(place + 1);
  });
}

/**
 * Puts a thing at a place of the list; all others keep their order.
 * @param {Element} thing
 * @param {number} place from 0
 */
export function moveTo(thing, place) {
  const list = thing.parentElement;
  if (!list) return 0;
  const others = [...list.children].filter((one) => one !== thing);
  const to = Math.max(0, Math.min(place, others.length));
  list.insertBefore(thing, others[to] ?? null);
  number(list);
  return to;
}

/** @param {Field} field @returns {string | boolean} as the site has sent it */
function sentAs(field) {
  if (!(field instanceof HTMLSelectElement))
    return isBox(field) ? /** @type {HTMLInputElement} */ (field).defaultChecked : field.defaultValue;
  const [first] = field.options;
  return ([...field.options].find((one) => one.defaultSelected) ?? first)?.value ?? "";
}

/** Whether it was answered when the site sent it. @param {HTMLElement} question */
export const wasAnswered = (question) =>
  fieldsOf(question).some((field) => (isBox(field) ? sentAs(field) : String(sentAs(field)).trim() !== ""));

/** Whether the site took it for a whole answer then. @param {HTMLElement} question */
export const wasWhole = (question) =>
  wasAnswered(question) &&
  !("unread" in question.dataset) &&
  fieldsOf(question).every((field) => !(field instanceof HTMLSelectElement) || sentAs(field) !== "");

/** Whether it says something else than what the site has sent. @param {HTMLElement} question */
export const isGivenHere = (question) =>
  fieldsOf(question).some(
    (field) =>
      sentAs(field) !== (isBox(field) ? /** @type {HTMLInputElement} */ (field).checked : field.value),
  );
