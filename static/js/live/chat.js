// @ts-check
/**
 * Chat and backchannel: Enter sends, typed text is kept over every refresh, the list stays where the reader has
 * scrolled it. The list itself comes by htmx; without script it is a form and a page.
 */
import { all, around } from "../shared/page.js";

const NEAR_PX = 48;

/** @type {Map<string, string>} what is typed and not sent, by the field's id: tabs and refreshes come and go */
const drafts = new Map();

/** @param {Element} chat */
function fieldOf(chat) {
  const field = chat.querySelector(".chat-field");
  return field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement ? field : null;
}
/** @param {Element} chat */
const boxOf = (chat) => all(chat, ".chat-scroll")[0];

// The box is a reversed column: scrollTop is 0 at the newest message and negative above it.
/** @param {HTMLElement} box */
const isAtEnd = (box) => Math.abs(box.scrollTop) < NEAR_PX;
/** @param {HTMLElement} box */
const fromTop = (box) => box.scrollTop + box.scrollHeight - box.clientHeight;

/**
 * @param {Element} chat
 * @param {boolean} shown
 */
function showButton(chat, shown) {
  const [button] = all(chat, ".chat-new");
  if (button) button.hidden = !shown;
}

/** @param {Element} chat */
function scrollToEnd(chat) {
  boxOf(chat).scrollTop = 0;
  showButton(chat, false);
}

/** @param {HTMLElement} chat */
function restoreDraft(chat) {
  const field = fieldOf(chat);
  if (field && !field.value) field.value = drafts.get(field.id) ?? "";
}

/** @param {HTMLElement} chat */
function markRemoved(chat) {
  const ids = document.getElementById(`${chat.id}-removed`)?.dataset.ids ?? "";
  for (const id of ids.split(" ").filter(Boolean)) {
    const message = document.getElementById(`${chat.id}-${id}`);
    if (!message || message.classList.contains("chat-gone")) continue;
    const hadFocus = message.contains(document.activeElement);
    const words = document.createElement("p");
    words.textContent = chat.dataset.removed ?? "";
    message.replaceChildren(words);
    message.classList.add("chat-gone");
    if (hadFocus) boxOf(chat).focus();
  }
}

/** @param {HTMLElement} chat */
function setUp(chat) {
  if (chat.dataset.begun) return;
  chat.dataset.begun = "yes";
  const box = boxOf(chat);
  scrollToEnd(chat);
  box.addEventListener("scroll", () => isAtEnd(box) && showButton(chat, false), { passive: true });
  // An answer that comes when another tab is shown by now is dropped.
  const refresh = document.getElementById(`${chat.id}-refresh`);
  refresh?.addEventListener("htmx:beforeOnLoad", (event) => {
    if (!refresh.isConnected) event.preventDefault();
  });
}

function setUpAll() {
  for (const chat of all(document, ".chat")) {
    setUp(chat);
    markRemoved(chat);
    restoreDraft(chat);
  }
}

/** Keeps a list where the reader has scrolled it, over one swap. */
class ScrollPosition {
  /**
   * Before the swap.
   * @param {HTMLElement} target
   * @param {HTMLElement} box
   */
  constructor(target, box) {
    this.target = target;
    this.box = box;
    this.list = box.querySelector('[role="log"] .chat-list');
    this.wasAtEnd = isAtEnd(box);
    this.top = fromTop(box);
    this.bottom = box.scrollTop;
    this.last = this.list?.lastElementChild;
  }

  /** After it. */
  restore() {
    const { box, target } = this;
    const chat = box.closest(".chat");
    if (!chat) return;
    const newest = this.list?.lastElementChild;
    const hasGrown = newest !== this.last;
    if (!target.isConnected) {
      // Earlier messages came in above: the ones being read stay where they were.
      box.scrollTop = this.bottom;
      const [earlier = box] = all(box, `#${chat.id}-earlier a`);
      if (document.activeElement === document.body) earlier.focus({ preventScroll: true });
    } else if (this.wasAtEnd || (hasGrown && newest?.classList.contains("chat-own"))) {
      scrollToEnd(chat);
    } else {
      box.scrollTop = this.top - (box.scrollHeight - box.clientHeight);
      if (hasGrown) showButton(chat, true);
    }
  }
}

function keepScrollPositions() {
  /** @type {ScrollPosition | null} */
  let position = null;
  let refocusIn = ""; // the id of a panel that is replaced while it has the focus
  document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
    const box = target.closest?.(".chat-scroll");
    position = box instanceof HTMLElement ? new ScrollPosition(target, box) : null;
    refocusIn = target.matches?.(".chat") && target.contains(document.activeElement) ? target.id : "";
  });
  document.addEventListener("htmx:afterSwap", () => {
    setUpAll();
    const chat = refocusIn && document.activeElement === document.body && document.getElementById(refocusIn);
    if (chat) (fieldOf(chat) ?? boxOf(chat)).focus();
    refocusIn = "";
    position?.restore();
    position = null;
  });
}

/** After sending, the field is emptied and keeps the focus. What was typed meanwhile stays. */
function clearSentText() {
  /** @type {{ field: HTMLTextAreaElement | HTMLInputElement, text: string } | null} */
  let sending = null;
  document.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => {
    const field = elt.matches(".chat-form") && fieldOf(elt);
    if (field) sending = { field, text: field.value };
  });
  document.addEventListener("htmx:afterRequest", ({ detail: { elt, xhr } }) => {
    if (!elt.matches(".chat-form") || !sending) return;
    const { field, text } = sending;
    sending = null;
    if (xhr.status !== 204) return;
    if (field.value.startsWith(text)) field.value = field.value.slice(text.length);
    drafts.set(field.id, field.value);
    field.form?.querySelector(".chat-wrong")?.remove();
    field.classList.remove("is-invalid");
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
    if (field.isConnected) field.focus();
  });
}

export function start() {
  keepScrollPositions();
  clearSentText();
  document.addEventListener("input", (event) => {
    const form = around(event, ".chat-field")?.closest(".chat-form");
    const field = form && fieldOf(form);
    if (field) drafts.set(field.id, field.value);
  });
  document.addEventListener("keydown", (event) => {
    const form = around(event, ".chat-field")?.closest(".chat-form");
    const field = form && fieldOf(form);
    if (!field || event.key !== "Enter") return;
    if (event.shiftKey || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (field.value.trim()) field.form?.requestSubmit();
  });
  document.addEventListener("click", (event) => {
    const button = around(event, ".chat-new");
    const chat = button?.closest(".chat");
    if (!chat) return;
    scrollToEnd(chat);
    (fieldOf(chat) ?? boxOf(chat)).focus();
  });
  setUpAll();
}
