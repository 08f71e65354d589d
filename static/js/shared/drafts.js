// @ts-check
/**
 * What somebody with an account has typed into the forms of a page and not sent: kept in the storage of this tab, since
 * the browser keeps no page of theirs, and given back when they come by Back or Forward, or load the page anew. Why, and
 * what is not kept: docs/adr/0026.
 *
 * What comes in a <dialog> is not kept: the dialog does not close over it (dialog.js), and is not open when one is back.
 */
import { DRAFTS, windowMemory } from "./page.js";

/** @typedef {Record<string, [string, string]>} Fields by the field: what the server gave, and what was typed */
/** @typedef {Record<string, Fields>} Forms by the form */
/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Field */
/** @typedef {{ account: string, pages: [string, Forms][], sent: [string, string][], isSending: boolean, lost: string[] }} Kept */

export const MOST_CHARACTERS = 200_000;
export const MOST_PAGES = 5;
const WAIT_MS = 300;
const NOT_TYPED = new Set(["password", "hidden", "file", "submit", "button", "reset", "image"]);
const SECRET = /\b(one-time-code|current-password|new-password|cc-[a-z-]+)\b/;

/** @param {{ type: string, name: string, autocomplete: string }} field */
export function mayBeKept({ type, name, autocomplete }) {
  if (!name || NOT_TYPED.has(type) || /password/i.test(name) || SECRET.test(autocomplete)) return false;
  // A box that says so is empty on every page: browsers keep to it too. On a text it is about suggestions only.
  return !((type === "checkbox" || type === "radio") && autocomplete === "off");
}

/**
 * As much as is kept of a page; the rest is not.
 * @param {Forms} forms
 * @param {number} [most] characters
 */
export function bounded(forms, most = MOST_CHARACTERS) {
  /** @type {Forms} */
  const kept = {};
  let taken = 0;
  for (const [form, fields] of Object.entries(forms))
    for (const [field, values] of Object.entries(fields)) {
      const more = field.length + values[0].length + values[1].length;
      if (taken + more > most) continue;
      taken += more;
      kept[form] = { ...kept[form], [field]: values };
    }
  return kept;
}

/** The drafts of this tab. A form that was sent is on its way until the next page says how it was answered. */
export class Drafts {
  /**
   * @param {string} account whose page this is
   * @param {{ get: (key: string) => any, set: (key: string, value: unknown) => void, forget: (key: string) => void }} [memory]
   */
  constructor(account, memory = windowMemory) {
    this.account = account;
    this.memory = memory;
  }

  /** @returns {Kept} */
  #read() {
    const kept = this.memory.get(DRAFTS);
    if (kept?.account === this.account) return kept;
    return { account: this.account, pages: [], sent: [], isSending: false, lost: [] };
  }

  /** @param {Kept} kept */
  #write(kept) {
    if (kept.pages.length || kept.sent.length) this.memory.set(DRAFTS, kept);
    else this.memory.forget(DRAFTS);
  }

  /**
   * A page has come.
   * @param {{ address: string, type: string, status: number, isFollowed?: boolean }} how
   *   `type`: of the navigation; `status`: of the answer, 0 where the browser does not tell; `isFollowed`: from a page of
   *   the site, as the answer to a form is
   * @returns {{ back: Forms, before: Forms }} what is given back to it; what the form it refuses held before it was sent
   */
  arrive({ address, type, status, isFollowed = true }) {
    const kept = this.#read();
    const [sentFrom] = kept.sent.at(-1) ?? [];
    // By Back, as the same page anew, or typed in, it does not answer what was sent: that did not arrive.
    const isSame = type === "reload" && sentFrom === address;
    const isAnswer =
      kept.isSending && type !== "back_forward" && !isSame && (isFollowed || type === "reload");
    // The browser's own page about it has taken the place of the form: Back does not lead there any more.
    if (kept.isSending && !isAnswer && sentFrom) kept.lost = [...kept.lost, sentFrom];
    const isLost = kept.lost.includes(address);
    kept.lost = kept.lost.filter((one) => one !== address).slice(-MOST_PAGES);
    const isRefused = isAnswer && status >= 400;
    if (isAnswer && !isRefused) for (const [page, form] of kept.sent) this.#drop(kept, page, form);
    // A refused form comes again on the page that refuses it: both are over when it is taken.
    if (!isRefused) kept.sent = [];
    kept.isSending = false;
    this.#write(kept); // over what another account typed
    const own = kept.pages.find(([page]) => page === address)?.[1] ?? {};
    const isBack = type === "back_forward" || isLost || (type === "reload" && !isAnswer);
    return { back: isBack ? own : {}, before: isRefused ? own : {} };
  }

  /**
   * @param {Kept} kept
   * @param {string} address
   * @param {string} form
   */
  #drop(kept, address, form) {
    for (const [page, forms] of kept.pages) if (page === address) delete forms[form];
    kept.pages = kept.pages.filter(([, forms]) => Object.keys(forms).length);
  }

  /**
   * @param {string} address
   * @param {Forms} forms all of the page that is not sent
   */
  keep(address, forms) {
    const kept = this.#read();
    const others = kept.pages.filter(([page]) => page !== address);
    const own = bounded(forms);
    kept.pages = Object.keys(own).length ? [...others, [address, own]] : others;
    kept.pages = kept.pages.slice(-MOST_PAGES);
    kept.isSending = false; // whoever goes on typing has not left
    this.#write(kept);
  }

  /**
   * @param {string} address
   * @param {string} form
   */
  send(address, form) {
    const kept = this.#read();
    this.#write({ ...kept, sent: [...kept.sent, [address, form]], isSending: true });
  }
}

/** @type {WeakSet<HTMLFormElement>} */
const sent = new WeakSet();
/**
 * What the server gave when the page was asked for. A form that was refused comes with what was typed in it, and the
 * page, asked for again, does not.
 * @type {Forms}
 */
let givenAtFirst = {};

/** @param {Field} field */
const isBox = (field) =>
  field instanceof HTMLInputElement && (field.type === "checkbox" || field.type === "radio");

/** @param {Field} field @returns {[string, string]} what the server gave, and what it is now */
function valuesOf(field) {
  if (field instanceof HTMLSelectElement) {
    const options = [...field.options];
    const given = options.filter((one) => one.defaultSelected);
    const first = field.multiple || given.length ? given : options.slice(0, 1);
    const picked = options.filter((one) => one.selected);
    return [JSON.stringify(first.map((one) => one.value)), JSON.stringify(picked.map((one) => one.value))];
  }
  if (field instanceof HTMLInputElement && isBox(field))
    return [String(field.defaultChecked), String(field.checked)];
  return [field.defaultValue, field.value];
}

/** @param {Field} field @param {string} value */
function fill(field, value) {
  if (field instanceof HTMLSelectElement) {
    const picked = JSON.parse(value);
    for (const option of field.options) option.selected = picked.includes(option.value);
  } else if (field instanceof HTMLInputElement && isBox(field)) field.checked = value === "true";
  else field.value = value;
}

/** The forms of the page whose typing is kept, each by its name here. */
function formsOfPage() {
  /** @type {Map<string, HTMLFormElement>} */
  const found = new Map();
  for (const form of document.forms) {
    if (form.getAttribute("method")?.toLowerCase() !== "post") continue;
    if (form.closest("dialog, [data-no-draft]")) continue;
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

function typed() {
  /** @type {Forms} */
  const forms = {};
  for (const [name, form] of formsOfPage()) {
    if (sent.has(form)) continue;
    /** @type {Fields} */
    const fields = {};
    for (const [key, field] of fieldsOf(form)) {
      const [own, now] = valuesOf(field);
      const given = givenAtFirst[name]?.[key]?.[0] ?? own;
      if (given !== now) fields[key] = [given, now];
    }
    if (Object.keys(fields).length) forms[name] = fields;
  }
  return forms;
}

/** @param {Forms} before */
function noteGiven(before) {
  givenAtFirst = {};
  for (const [name, form] of formsOfPage()) {
    const own = [...fieldsOf(form)].map(([key, field]) => [key, valuesOf(field)]);
    givenAtFirst[name] = { ...Object.fromEntries(own), ...before[name] };
  }
}

/** @param {Forms} drafts */
function giveBack(drafts) {
  /** @type {Field[]} */
  const filled = [];
  for (const [name, form] of formsOfPage()) {
    const fields = fieldsOf(form);
    // First all are looked at: of the buttons of a choice, one changes the others.
    const free = Object.entries(drafts[name] ?? {}).filter(([key, [given]]) => {
      const field = fields.get(key);
      return field && !field.disabled && valuesOf(field).every((value) => value === given);
    });
    for (const [key, [, value]] of free) {
      const field = /** @type {Field} */ (fields.get(key));
      fill(field, value);
      filled.push(field);
    }
  }
  for (const field of filled)
    for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
}

const address = () => location.pathname + location.search;

export function start() {
  const { account } = document.documentElement.dataset;
  if (!account) return;
  const drafts = new Drafts(account);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let later;

  const keepNow = () => {
    clearTimeout(later);
    later = undefined;
    drafts.keep(address(), typed());
  };
  const keepLater = () => {
    later ??= setTimeout(keepNow, WAIT_MS);
  };
  const flush = () => later && keepNow();

  /**
   * A script has sent the form and it was taken: nothing of it is kept, until somebody types in it again.
   * @param {EventTarget | null} target
   */
  const forget = (target) => {
    for (const [name, form] of formsOfPage()) {
      if (form !== target) continue;
      delete givenAtFirst[name];
      sent.add(form);
      keepNow();
    }
  };

  for (const name of ["input", "change"])
    document.addEventListener(name, ({ target }) => {
      const form = target instanceof Element && "form" in target && target.form;
      if (!(form instanceof HTMLFormElement)) return;
      sent.delete(form);
      keepLater();
    });
  document.addEventListener("visibilitychange", flush);
  addEventListener("pagehide", flush);
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return; // a script sends it, or nobody
    flush();
    const [name] = [...formsOfPage()].find(([, form]) => form === event.target) ?? [];
    if (name) drafts.send(address(), name);
  });
  document.addEventListener("htmx:beforeOnLoad", ({ detail: { elt, xhr } }) => {
    const isTaken = xhr.status >= 200 && xhr.status < 400;
    if (isTaken) forget(elt);
  });
  document.addEventListener("foyer:sent", ({ target }) => forget(target));

  const [arrival] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  const { back, before } = drafts.arrive({
    address: address(),
    type: arrival?.type ?? "",
    status: arrival?.responseStatus ?? 0,
    isFollowed: document.referrer !== "",
  });
  noteGiven(before);
  giveBack(back);
  if (Object.keys(typed()).length) keepLater(); // typed before this was loaded
}
