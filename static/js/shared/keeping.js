// @ts-check
/**
 * Whether anything that was typed is kept in this tab (drafts.js), and for whom; that it goes with its person; and at
 * which address the answer to a form stands. Pages of the administration load this alone, for their Sign out.
 */
import {
  allListen,
  around,
  browserMemory,
  comesAgain,
  digest,
  loaded,
  placeOfDialog,
  windowMemory,
} from "./page.js";

// What leads away from the page does not wait longer for the script that keeps what was typed.
const LONGEST_WAIT_MS = 3000;
const NEVER_KEPT = new Set(["hidden", "password", "file"]);
const OF_ACCOUNT = "foyer-drafts";
const OF_NOBODY = "foyer-drafts-of-nobody";
/** Answers that have not reached the site (quiz/taking.js). */
export const ANSWERS = "foyer-answers";
const LEFT = "foyer-left";
const SENT = "foyer-sent";
/** How far somebody has watched (player/resume.js). */
export const WATCHED = "foyer-watched";
/** The language of captions that was chosen last (player/captions.js). */
export const CAPTIONS = "foyer-captions";
// What the privacy page speaks of, media-chrome's own memory included.
const OF_PLAYER = [
  WATCHED,
  CAPTIONS,
  ...["volume", "muted", "subtitles-lang"].map((name) => `media-chrome-pref-${name}`),
];

/** Changes whenever somebody leaves, in whatever tab of this browser. */
export const leavings = () => browserMemory.get(LEFT);

/** @returns {{ key: string, owner: string, comesAnew: boolean } | undefined} none where the page does not say whose it is */
export function keeper() {
  const { account } = document.documentElement.dataset;
  if (account === undefined) return;
  // At a door the next person in this tab may be another one, whoever is signed in.
  if (account) return { key: OF_ACCOUNT, owner: account, comesAnew: !document.querySelector(".door") };
  // Whoever has left takes along what they typed in other tabs of this browser.
  return { key: OF_NOBODY, owner: `nobody ${leavings() ?? ""}`, comesAnew: false };
}

/**
 * Is something kept of what was typed in the dialog at this address?
 * @param {string} address
 */
export function isKeptOf(address) {
  /** @type {[string, object][]} */
  const pages = windowMemory.get(keeper()?.key ?? "")?.pages ?? [];
  return pages.some(([page]) => page === placeOfDialog(address));
}

/** Nobody is signed in, and nobody has signed out: what is kept waits, and is given back however its person comes. */
function sessionEnded() {
  const kept = windowMemory.get(OF_ACCOUNT);
  if (!Array.isArray(kept?.pages)) return;
  const lost = kept.pages.map((/** @type {[string]} */ [address]) => address);
  windowMemory.set(OF_ACCOUNT, { ...kept, lost, isSending: false });
}

/** Somebody signs out, leaves or erases what is kept about them. */
function forget() {
  browserMemory.set(LEFT, Math.random());
  for (const key of [OF_ACCOUNT, OF_NOBODY, WATCHED, ANSWERS]) windowMemory.forget(key);
  for (const key of OF_PLAYER) browserMemory.forget(key);
  document.dispatchEvent(new CustomEvent("foyer:left"));
}

globalThis.document?.addEventListener("submit", ({ target }) => {
  if (target instanceof Element && target.matches("[data-leaves]")) forget();
});

/** @returns {Promise<void>} */
const longestWait = () => new Promise((over) => setTimeout(over, LONGEST_WAIT_MS));

/**
 * What asks for the page once more waits until what is typed on it can be kept, typed before any script included.
 * @param {() => Promise<void>} keep
 */
function holdUntilKept(keep) {
  /** @param {SubmitEvent} event */
  const hold = async (event) => {
    const { target, submitter } = event;
    if (!comesAgain(target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    await keep();
    document.removeEventListener("submit", hold, true);
    target.requestSubmit(submitter);
  };
  document.addEventListener("submit", hold, true);
  return () => document.removeEventListener("submit", hold, true);
}

/**
 * So does a link, while the script is on its way, unless a form is sent meanwhile or the person leaves.
 * @param {Promise<void>} kept
 */
function holdLinksUntil(kept) {
  /** @type {HTMLElement | undefined} the last that was pressed */
  let held;
  const forgetIt = () => {
    held = undefined;
  };
  /** @param {MouseEvent} event */
  const hold = async (event) => {
    const link = around(event, "a[href]:not([target], [download], [href^='#'])");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    held = link;
    await kept;
    letGo();
    if (held !== link) return;
    forgetIt();
    link.click();
  };
  // Before the listeners of the document: one of them takes the links of a page that is a dialog elsewhere.
  const letGo = () => {
    removeEventListener("click", hold, true);
    removeEventListener("submit", forgetIt, true);
  };
  addEventListener("click", hold, true);
  addEventListener("submit", forgetIt, true);
  document.addEventListener("foyer:left", forgetIt, { once: true });
  return letGo;
}

/** Typed before this came, or given back by the browser, which tells nobody. What is kept: typed.js. */
const isTyped = () =>
  [...document.querySelectorAll("form[method=post]:not([data-no-draft])")].some(
    (form) => form instanceof HTMLFormElement && [...form.elements].some(hasChanged),
  );

/** @param {Element} field */
function hasChanged(field) {
  if (!field.getAttribute("name")) return false;
  if (field instanceof HTMLTextAreaElement) return field.value !== field.defaultValue;
  if (field instanceof HTMLSelectElement) {
    const options = [...field.options];
    if (field.multiple) return options.some((one) => one.selected !== one.defaultSelected);
    const given = options.findIndex((one) => one.defaultSelected);
    return field.selectedIndex !== Math.max(given, 0);
  }
  if (!(field instanceof HTMLInputElement) || NEVER_KEPT.has(field.type)) return false;
  if (field.type === "checkbox" || field.type === "radio")
    return field.autocomplete !== "off" && field.checked !== field.defaultChecked;
  return field.value !== field.defaultValue;
}

/** @param {string} address SECURITY: addresses of links are secrets, so a digest of the path is what is remembered */
const placeOf = (address) => digest(new URL(address, location.href).pathname);

/** @returns {boolean} whether there is a page at the address of this one, for whoever asks for it */
function takeAddress() {
  const { page } = document.documentElement.dataset;
  const sent = windowMemory.get(SENT);
  const isAnswer = sent?.to === placeOf("");
  // What somebody had typed when their sign-in ended travels in this answer, and in no page.
  const carries = document.querySelector("input[name=kept_work]") !== null;
  const hasPage = Boolean(page) || !isAnswer || (sent.hasPage && !carries);
  // An answer without a page may be loaded again, sent once more by the browser.
  if (!isAnswer || hasPage) windowMemory.forget(SENT);
  // A form that comes back filled in names the page on which it stands.
  if (page || (isAnswer && hasPage)) history.replaceState(history.state, "", page ?? location.href);
  return hasPage;
}

/**
 * The answer to a form stands at an address that can be asked for, wherever there is a page at it: Back from the next
 * page leads to that page, and no browser asks whether to send the form once more.
 */
export function atItsAddress() {
  const hasPage = takeAddress();
  document.addEventListener("submit", ({ target, submitter, defaultPrevented }) => {
    if (defaultPrevented || !(target instanceof HTMLFormElement)) return;
    if (target.getAttribute("method")?.toLowerCase() !== "post") return;
    const to = placeOf(submitter?.getAttribute("formaction") ?? target.getAttribute("action") ?? "");
    // To the page where it stands, or on to the next form of a door, taking along who somebody is.
    const leadsOn = submitter?.getAttribute("name") === "fill";
    windowMemory.set(SENT, { to, hasPage: leadsOn || (hasPage && to === placeOf("")) });
  });
}

/** drafts.js comes when there is something to give back or to keep: last, as others notice what it gives back. */
export function start() {
  atItsAddress();
  const whose = keeper();
  if (!whose) return;
  const { key } = whose;
  if (key === OF_ACCOUNT)
    windowMemory.forget(OF_NOBODY); // of whoever was here before they signed in
  else sessionEnded();
  const begin = async () => {
    const drafts = await loaded(() => import("./drafts.js"));
    await allListen();
    drafts.start(whose);
  };
  /** @type {Promise<void> | undefined} */
  let keeping;
  const keep = () => {
    keeping ??= beginToKeep();
    return keeping;
  };
  const letGo = holdUntilKept(keep);
  const beginToKeep = async () => {
    removeEventListener("input", keep);
    const begun = begin().catch((error) => console.warn("drafts:", error));
    const kept = Promise.race([begun, longestWait()]);
    // What takes the place of a form waits until its typing can be kept; of several presses, the last.
    const last = new WeakMap();
    const hold = (/** @type {CustomEvent} */ event) => {
      const { verb, elt, target, issueRequest } = event.detail;
      if (verb !== "get" || !(target.matches("#dialog-body, form *") || target.querySelector("form"))) return;
      event.preventDefault();
      last.set(elt, issueRequest);
      kept.then(() => last.get(elt) === issueRequest && issueRequest(true));
    };
    document.addEventListener("htmx:confirm", hold);
    const letLinksGo = holdLinksUntil(kept);
    await kept;
    document.removeEventListener("htmx:confirm", hold);
    letLinksGo();
    letGo();
  };
  if (windowMemory.get(key) || isTyped()) keep();
  else addEventListener("input", keep);
}
