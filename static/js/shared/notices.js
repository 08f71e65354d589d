// @ts-check
/**
 * Short messages: said to a screen reader, and shown at the foot of the window. From the server: Django's
 * messages in base.html, or HX-Trigger: {"toast": {"text": "…", "tone": "success"}}. Errors stay until
 * dismissed.
 */
import { all, icon, windowMemory, word } from "./page.js";

const CARRIED = "foyer-toasts";
const SHOWN_MS = 8000;
/** @type {Record<string, string>} */
const ICONS = { success: "check", warning: "alert", error: "alert", info: "info" };
/** @type {Record<number, string>} */
const SENTENCES = { 403: "notAllowed", 404: "notHere", 429: "tooMany" };

/**
 * Says a sentence to screen readers (aria-live="polite"). Emptied first, so that the same sentence is heard again.
 * @param {string} [sentence]
 */
export function announce(sentence = "") {
  const region = document.getElementById("announcements");
  if (!region) return;
  region.textContent = "";
  setTimeout(() => {
    region.textContent = sentence;
  }, 60);
}

/** @param {HTMLElement} shown */
export const textOf = (shown) => shown.querySelector(".toast-text")?.textContent.trim();

/** @type {HTMLElement | null} where the focus was before it came to a message */
let cameFrom = null;

/** @param {FocusEvent} event */
function rememberWhereFrom({ target, relatedTarget }) {
  const isOfMessages = (/** @type {EventTarget | null} */ one) =>
    one instanceof Element && one.closest("#toasts");
  if (isOfMessages(target) && relatedTarget instanceof HTMLElement && !isOfMessages(relatedTarget))
    cameFrom = relatedTarget;
}

/** @param {HTMLElement} toast */
export function dismiss(toast) {
  const hadFocus = toast.contains(document.activeElement);
  toast.remove();
  if (!hadFocus) return;
  const back = cameFrom?.isConnected ? cameFrom : document.getElementById(cameFrom?.id || "");
  back?.focus();
  if (document.activeElement === document.body)
    all(document, "dialog[open] #dialog-title, #main")[0]?.focus();
}

/** @param {HTMLElement} toast */
const leavesByItself = (toast) =>
  !toast.matches(".toast-error, .toast-warning") && !toast.querySelector("a, form, [data-act]");

/** Those that leave by themselves leave now: one has gone on, and they would lie over what comes. */
export function dismissTold() {
  all(document, "#toasts .toast").filter(leavesByItself).forEach(dismiss);
}

/** @param {HTMLElement} toast one that the site has made */
export function begin(toast) {
  toast.querySelector("[data-dismiss]")?.addEventListener("click", () => dismiss(toast));
  if (!leavesByItself(toast)) return;
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, 2000);
    else dismiss(toast);
  };
  setTimeout(leave, SHOWN_MS);
}

/**
 * What was pressed last is not left under a message: toast.css says how far up it goes.
 * @param {HTMLElement} shown
 */
function uncover(shown) {
  const pressed = document.activeElement;
  if (!pressed?.matches("a, button, input, select, textarea, summary")) return;
  const [one, other] = [pressed, shown].map((part) => part.getBoundingClientRect());
  if (!shown.contains(pressed) && one.bottom > other.top && one.top < other.bottom)
    pressed.scrollIntoView({ block: "nearest" });
}

/**
 * @param {string} [text]
 * @param {string} [tone] success, warning, error or info
 * @param {{ text: string, address: string } | { text: string, act: () => void }} [way] behind the words: a link into
 *   another tab, or a button
 */
export function toast(text, tone = "info", way) {
  const region = document.getElementById("toasts");
  if (!region || !text) return;
  // The same once more is the same, a moment longer.
  for (const one of all(region, `.toast-${tone}`)) if (textOf(one) === text) dismiss(one);
  const shown = document.createElement("div");
  const words = document.createElement("p");
  const close = document.createElement("button");
  shown.className = `toast toast-${tone}`;
  words.className = "toast-text";
  words.textContent = text;
  if (way && "act" in way) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-small";
    button.dataset.act = "";
    button.textContent = way.text;
    button.addEventListener("click", () => {
      dismiss(shown);
      way.act();
    });
    shown.append(button);
  } else if (way) {
    const link = document.createElement("a");
    link.href = way.address;
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = way.text;
    words.append(" ", link);
  }
  close.className = "icon-button";
  close.type = "button";
  close.dataset.dismiss = "";
  close.setAttribute("aria-label", word("dismiss"));
  close.append(icon("close"));
  shown.prepend(icon(ICONS[tone] ?? "info"), words);
  shown.append(close);
  region.append(shown);
  uncover(shown);
  begin(shown);
}

/** The line is lost: said until it is back. */
export const tellOffline = () => toast(word("offline"), "error");

export function lineIsBack() {
  for (const one of all(document, "#toasts .toast-error")) if (textOf(one) === word("offline")) dismiss(one);
}

/**
 * Keeps the messages of a page that a script has fetched and will now leave for.
 * @param {Document} page
 */
export function carryToasts(page) {
  const toasts = all(page, "#toasts .toast").map((one) => ({
    text: textOf(one),
    tone: /toast-(\w+)/.exec(one.className)?.[1],
  }));
  if (toasts.length) windowMemory.set(CARRIED, toasts);
}

/** What nobody has pressed asks again by itself. @param {Element} elt */
const asksByItself = (elt) => elt.getAttribute("hx-trigger")?.includes("every ") ?? false;

/** What it asks for is not there any more, or not for this person: it is said once, and it asks no more. */
function endAsking() {
  /** @type {WeakSet<Element>} */
  const ended = new WeakSet();
  document.addEventListener("htmx:responseError", ({ detail: { elt, xhr } }) => {
    if (asksByItself(elt) && [403, 404].includes(xhr.status)) ended.add(elt);
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, requestConfig } = event.detail;
    if (ended.has(elt) && !requestConfig.triggeringEvent) event.preventDefault();
  });
}

export function start() {
  endAsking();
  document.addEventListener("focusin", rememberWhereFrom);
  for (const shown of all(document, "#toasts .toast")) {
    begin(shown);
    announce(textOf(shown));
  }
  const carried = windowMemory.get(CARRIED) ?? [];
  windowMemory.forget(CARRIED);
  for (const { text, tone } of carried) toast(text, tone);

  document.addEventListener("toast", ({ detail }) => toast(detail?.text ?? detail?.value, detail?.tone));
  document.addEventListener("say", ({ detail }) => announce(detail?.value));
  document.addEventListener("htmx:responseError", ({ detail }) => {
    if (detail.xhr.getResponseHeader("HX-Trigger")?.includes('"toast"')) return; // it says why itself
    if (detail.xhr.getResponseHeader("Foyer-Session")) return; // session.js says it
    if (detail.requestConfig.triggeringEvent?.type === "foyer:again") return; // said the first time
    toast(word(SENTENCES[detail.xhr.status] ?? "wentWrong"), "error");
  });
  document.addEventListener("htmx:sendError", ({ detail }) => {
    if (!asksByItself(detail.elt)) tellOffline();
  });
  document.addEventListener("htmx:beforeOnLoad", lineIsBack);
  addEventListener("online", lineIsBack);
}
