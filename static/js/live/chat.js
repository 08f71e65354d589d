// @ts-check
/**
 * Chat and backchannel: Enter sends, typed text is kept over every refresh, the list stays where the reader has
 * scrolled it. The list itself comes by htmx; without script it is a form and a page. What is new in the chat comes by
 * the stream, as the page would have asked for it; where something is missing in between, the page asks.
 */
import { announce } from "../shared/notices.js";
import { all, around } from "../shared/page.js";
import { writeOnPagesClock } from "../shared/times.js";

const NEAR_PX = 48;
// Of one's own act the stream brings what follows, and if not by then, the page asks.
const EXPECTED_MS = 1500;
// So long a panel may be on its way that was read before the news came.
const ON_ITS_WAY_MS = 15_000;
// More messages than this in that time, and they are not read out one by one: that there are some is said now and then.
const LIVELY_MESSAGES = 4;
const LIVELY_MS = 4000;
const SAID_EVERY_MS = 15_000;

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
  for (const id of ids.split(" ").filter(Boolean)) markOneRemoved(chat.id, id);
}

/**
 * @param {string} name of the panel
 * @param {string | number} id
 */
function markOneRemoved(name, id) {
  const message = document.getElementById(`${name}-${id}`);
  const chat = message?.closest(".chat");
  if (!message || !(chat instanceof HTMLElement) || message.classList.contains("chat-gone")) return;
  const hadFocus = message.contains(document.activeElement);
  const words = document.createElement("p");
  words.textContent = chat.dataset.removed ?? "";
  message.replaceChildren(words);
  message.classList.add("chat-gone");
  if (hadFocus) boxOf(chat).focus();
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
    const hasGrown = this.list?.lastElementChild !== this.last;
    if (!target.isConnected) {
      // Earlier messages came in above: the ones being read stay where they were.
      box.scrollTop = this.bottom;
      const [earlier = box] = all(box, `#${chat.id}-earlier a`);
      if (document.activeElement === document.body) earlier.focus({ preventScroll: true });
    } else if (this.wasAtEnd || this.#hasNewOwn()) {
      scrollToEnd(chat);
    } else {
      box.scrollTop = this.top - (box.scrollHeight - box.clientHeight);
      if (hasGrown) showButton(chat, true);
    }
  }

  #hasNewOwn() {
    let one = this.last ? this.last.nextElementSibling : this.list?.firstElementChild;
    while (one && !one.classList.contains("chat-own")) one = one.nextElementSibling;
    return Boolean(one);
  }
}

/** A list that grows by many messages in a short time is not read out to those who listen to it. */
class ReadingOut {
  /** @type {number[]} when messages came */
  #came = [];
  #saidAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #calm;

  /**
   * Before the list grows.
   * @param {HTMLElement} log
   * @param {number} messages
   */
  growsBy(log, messages) {
    const now = Date.now();
    this.#came = [...this.#came.filter((at) => now - at < LIVELY_MS), ...Array(messages).fill(now)];
    if (this.#came.length <= LIVELY_MESSAGES) return;
    log.setAttribute("aria-live", "off");
    clearTimeout(this.#calm);
    this.#calm = setTimeout(() => log.setAttribute("aria-live", "polite"), LIVELY_MS);
    if (now - this.#saidAt < SAID_EVERY_MS) return;
    this.#saidAt = now;
    announce(log.closest(".chat")?.querySelector(".chat-new")?.textContent?.trim());
  }
}

/** @typedef {import("./events.js").FactRelay} FactRelay */

/** What the stream says of the chat, put into the panel once in each frame. */
class News {
  /** @type {FactDetail[]} */
  #waiting = [];
  #isDue = false;
  #heardAt = 0;
  #actedAt = 0;
  #unseenAt = 0; // when news came that no list was there for
  #crowdMs = 0; // how widely a full house spreads its asking
  #readingOut = new ReadingOut();

  /** @param {FactRelay} relay */
  constructor(relay) {
    this.relay = relay;
  }

  /** @param {FactDetail} detail */
  hear(detail) {
    this.#heardAt = Date.now();
    this.#crowdMs = detail.w ?? 0;
    this.#waiting.push(detail);
    if (this.#isDue) return;
    this.#isDue = true;
    // A page that nobody sees has no frames.
    if (document.hidden) setTimeout(() => this.put());
    else requestAnimationFrame(() => this.put());
  }

  /** An answer that is on its way would bring some of it, too: it waits for that. */
  put() {
    this.#isDue = false;
    const refresh = document.getElementById("chat-refresh");
    if (refresh?.classList.contains("htmx-request")) return;
    const waiting = this.#waiting.splice(0);
    const shown = document.getElementById("chat-shown");
    const list = document.getElementById("chat-messages");
    if (!refresh || !shown || !list) {
      if (waiting.length) this.#unseenAt = Date.now();
      return;
    }
    if (Date.now() - this.#unseenAt < ON_ITS_WAY_MS) this.#ask();
    this.#unseenAt = 0;
    if (!waiting.length) return;
    const [last, since] = ["last", "since"].map((name) => shown.querySelector(`[name=${name}]`));
    if (!(last instanceof HTMLInputElement && since instanceof HTMLInputElement)) return;
    const fresh = document.createDocumentFragment();
    let isMissing = false;
    for (const news of waiting) {
      isMissing = Number(last.value) < (news.after ?? 0);
      if (isMissing) break;
      fresh.append(...messagesAfter(Number(last.value), news.rows ?? ""));
      last.value = String(Math.max(Number(last.value), news.last ?? 0));
      since.value = String(news.since ?? since.value);
    }
    this.#append(list, fresh);
    for (const id of waiting.flatMap(({ removed }) => removed ?? [])) markOneRemoved("chat", id);
    if (isMissing) this.#ask();
  }

  /**
   * @param {HTMLElement} list
   * @param {DocumentFragment} fresh
   */
  #append(list, fresh) {
    const [box, log] = [list.closest(".chat-scroll"), list.closest("[role=log]")];
    const messages = [...fresh.children];
    if (!messages.length || !(box instanceof HTMLElement && log instanceof HTMLElement)) return;
    const [{ id }] = messages;
    const first = document.getElementById("chat-first");
    if (first instanceof HTMLInputElement && first.value === "0") first.value = id.replace("chat-", "");
    writeOnPagesClock(fresh);
    const position = new ScrollPosition(list, box);
    this.#readingOut.growsBy(log, messages.length);
    list.append(fresh);
    for (const message of messages) if (message.querySelector("[hx-post]")) htmx.process(message);
    position.restore();
  }

  /** Of the page, which answers what the stream could not. What one lacks all may lack. */
  #ask() {
    this.relay.tell("chat", { w: this.#crowdMs, again: true });
  }

  /** An act of one's own begins. */
  act() {
    this.#actedAt = Date.now();
  }

  /** It is done: the stream may have brought what follows before the site's answer. */
  expect() {
    const since = this.#actedAt;
    setTimeout(() => {
      if (this.#heardAt < since) this.#ask();
    }, EXPECTED_MS);
  }
}

/**
 * @param {number} last
 * @param {string} rows as the server wrote them
 */
function messagesAfter(last, rows) {
  const holder = document.createElement("template");
  holder.innerHTML = rows;
  return [...holder.content.children].filter(({ id }) => Number(id.replace("chat-", "")) > last);
}

// What one does whose outcome the stream brings as it brings it to the others.
const ACTS = `.chat-form, .chat-message [hx-post$="/remove/"]`;

/**
 * @param {HTMLElement} page
 * @param {FactRelay} relay
 */
function hearNews(page, relay) {
  const news = new News(relay);
  document.body.addEventListener("live:messages", ({ detail }) => news.hear(detail ?? {}));
  for (const name of ["htmx:afterRequest", "htmx:afterSwap"])
    document.addEventListener(name, () => news.put());
  document.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => {
    if (elt.matches(ACTS)) news.act();
  });
  // Before it is queued: it would take the place of news that waits for an answer.
  document.addEventListener("htmx:confirm", (event) => {
    const { elt, triggeringEvent } = event.detail;
    const from = triggeringEvent?.target;
    if (elt.id !== "chat-refresh" || page.dataset.connection !== "streaming") return;
    if (!(from instanceof Element)) return;
    if (!from.matches(ACTS)) return;
    event.preventDefault();
    news.expect();
  });
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

/**
 * @param {HTMLElement} page
 * @param {FactRelay} relay
 */
export function start(page, relay) {
  keepScrollPositions();
  hearNews(page, relay);
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
