// @ts-check
/**
 * The one <dialog>: htmx fills #dialog-body, this opens and closes it and moves the focus. Without it every
 * [data-dialog] link is a page of its own.
 *
 * One that is half-written asks before it goes, whichever way: by Escape, Cancel, the cross, a press beside it or Back.
 */
import { isKeptOf } from "./keeping.js";
import { dismissTold } from "./notices.js";
import { all, around, post, showOver } from "./page.js";
import { formsIn, isHalfWritten } from "./typed.js";

// What was undone by closing it is drawn again some time after the site has undone it.
const COMES_BACK_MS = 60_000;

/** @param {string} address without what stands behind its path: where to go on to is no part of a form */
const pathOf = (address) => new URL(address, location.href).pathname;

/** The page's entry in the history while the dialog is open, so that Back closes it. */
class OpenEntry {
  #isLeaving = false;

  get isHere() {
    return Boolean(history.state?.dialog);
  }

  /**
   * @param {string} address what the dialog shows
   * @param {boolean} canComeAgain by being asked for
   */
  enter(address, canComeAgain) {
    if (this.#isLeaving) return; // popped() comes, and it is entered then
    const state = { ...history.state, dialog: { address, canComeAgain } };
    if (this.isHere) history.replaceState(state, "");
    else history.pushState(state, "");
  }

  leave() {
    if (!this.isHere || this.#isLeaving) return;
    this.#isLeaving = true;
    history.back();
  }

  /** The history has moved. Was it by leave()? */
  popped() {
    const wasLeaving = this.#isLeaving;
    this.#isLeaving = false;
    return wasLeaving;
  }
}

/**
 * To what is wrong, to what is said about it, or to what wants it.
 * @param {HTMLElement} part
 * @returns {boolean} whether there was any
 */
function placeFocusIn(part) {
  const [wrong] = all(part, ".is-invalid:is(input, select, textarea), [aria-invalid=true]");
  const [said] = all(part, ".alert-danger");
  const [wish] = all(part, "[autofocus]");
  if (said && !wrong) said.tabIndex = -1;
  const found = wrong ?? said ?? wish;
  found?.focus();
  return Boolean(found);
}

function focusTitle() {
  const title = document.getElementById("dialog-title");
  if (!title) return;
  title.tabIndex = -1;
  title.focus();
}

/**
 * The part of a page that is a dialog elsewhere: the answer to a form in it takes its place, and does not open over it.
 * @param {Element} form
 */
const ownPanel = (form) =>
  document.getElementById("dialog")?.contains(form) ? null : form.closest("main .dialog-panel");

class PageDialog {
  /** @type {HTMLElement | null} */
  #opener = null;
  /** @type {string[]} ids of the parts around the opener, the nearest first */
  #around = [];
  #justOpened = false;
  #pressedOutside = false;
  #entry = new OpenEntry();
  /** @type {[string, boolean] | null} */
  #shown = null;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {HTMLElement} body
   * @param {HTMLDialogElement} question
   */
  constructor(dialog, body, question) {
    this.dialog = dialog;
    this.body = body;
    this.question = question;
    this.voice = document.getElementById("voice");
  }

  /** @param {HTMLElement | undefined} element */
  open(element) {
    if (this.dialog.open) return;
    // A menu is closed when the dialog closes: the focus goes back to its button.
    const menu = element?.closest("[popover]");
    this.#opener = menu
      ? document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`)
      : (element ?? null);
    this.#around = [];
    for (let one = this.#opener?.parentElement; one; one = one.parentElement) {
      if (one.id) this.#around.push(one.id);
    }
    dismissTold();
    showOver(this.dialog);
    this.#justOpened = true;
    // Outside a modal dialog all is inert, the live regions too.
    if (this.voice) this.dialog.append(this.voice);
  }

  /**
   * @param {string} address of what it shows from now on
   * @param {boolean} isAsked not the answer to a form: it can be asked for again
   */
  shows(address, isAsked) {
    this.dialog.dataset.address = pathOf(address);
    this.#shown = [address, isAsked];
    this.#entry.enter(address, isAsked);
  }

  /** The page came anew where it had been left with the dialog open: it opens again over what was typed in it. */
  comeAgain() {
    const { address, canComeAgain } = history.state?.dialog ?? {};
    if (!address) return;
    if (canComeAgain && isKeptOf(pathOf(address)))
      htmx.ajax("GET", address, { target: "#dialog-body", swap: "innerHTML" });
    else this.#entry.leave();
  }

  placeFocus() {
    if (placeFocusIn(this.body)) return;
    if (this.#justOpened || !this.body.contains(document.activeElement)) {
      this.body.scrollTop = 0; // what came in may be read from its beginning
      focusTitle();
    }
    this.#justOpened = false;
  }

  /** Somebody wants it away. Does it go? One that is half-written asks them first. */
  leave() {
    const isAsking = isHalfWritten(this.body);
    if (!isAsking) this.dialog.close();
    else if (!this.question.open) {
      showOver(this.question);
      all(this.question, "[value=keep]")[0]?.focus();
    }
    return !isAsking;
  }

  answered() {
    if (this.question.returnValue !== "discard") return;
    this.question.returnValue = "";
    for (const form of formsIn(this.body).values())
      form.dispatchEvent(new CustomEvent("foyer:discarded", { bubbles: true }));
    this.dialog.close();
  }

  closed() {
    if (this.question.open) this.question.close("keep");
    if (this.voice) document.body.append(this.voice);
    // What was begun by opening it is undone by closing it; where it was finished, the site does nothing.
    const [undo] = all(this.body, "form[data-when-closed]");
    const undone = undo instanceof HTMLFormElement ? post(undo.action).catch(() => {}) : null;
    this.body.replaceChildren();
    delete this.dialog.dataset.address;
    this.#giveFocusBack(undone);
    this.#opener = null;
    this.#entry.leave();
  }

  /** @param {PopStateEvent} event */
  popped(event) {
    const isByItself = this.#entry.popped();
    if (!isByItself && !this.dialog.open && !this.#entry.isHere) return;
    event.stopImmediatePropagation(); // htmx would load the page anew
    if (isByItself) {
      if (this.dialog.open && this.#shown) this.#entry.enter(...this.#shown); // another was opened meanwhile
    } else if (!this.dialog.open) {
      this.#entry.leave(); // Forward, to where it had been open
    } else if (!this.#entry.isHere && !this.leave() && this.#shown) {
      this.#entry.enter(...this.#shown);
    }
  }

  /** @param {KeyboardEvent} event */
  keyPressed(event) {
    if (event.key !== "Escape" || event.isComposing || event.defaultPrevented || !this.dialog.open) return;
    // Not left to the browser: it may close the dialog together with the question that was opened by a key.
    if (this.question.open) this.question.close("keep");
    else if (this.dialog.querySelector(":popover-open") || !isHalfWritten(this.body)) return;
    else this.leave();
    event.preventDefault();
  }

  /** By a gesture, say. @param {Event} event */
  cancelled(event) {
    if (event.target === this.dialog && event.cancelable && !this.leave()) event.preventDefault();
  }

  /**
   * To what opened it, which may have been swapped for a fresh copy meanwhile; where that is not there, or not yet, to
   * the nearest part around it.
   *
   * @param {Promise<unknown> | null} undone what is being undone by closing
   */
  #giveFocusBack(undone) {
    const opener = this.#opener;
    const id = opener?.id ?? "";
    const again = opener?.isConnected ? opener : document.getElementById(id);
    if (again) return again.focus();
    const parts = [...this.#around, "main"].map((one) => document.getElementById(one));
    const meanwhile = parts.find((one) => one?.hasAttribute("tabindex"));
    meanwhile?.focus();
    if (!id) return;
    const look = () => {
      const active = document.activeElement;
      const isElsewhere = active && active !== document.body && active.id !== meanwhile?.id;
      const back = document.getElementById(id);
      if (isElsewhere || back) stop();
      if (!isElsewhere) back?.focus();
    };
    const stop = () => document.removeEventListener("htmx:afterSettle", look);
    document.addEventListener("htmx:afterSettle", look);
    Promise.resolve(undone).then(() => setTimeout(stop, COMES_BACK_MS));
  }

  /** @param {PointerEvent} event */
  pressed(event) {
    this.#pressedOutside = event.target === this.dialog;
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    if (around(event, "[data-close]")) {
      event.preventDefault();
      this.leave();
    } else if (event.target === this.dialog && this.#pressedOutside) this.leave();
  }
}

/**
 * A form that somebody unfolds is in view, and its first field has the focus.
 * @param {EventTarget | null} fold
 */
function unfolded(fold) {
  if (!(fold instanceof HTMLDetailsElement) || !fold.open) return;
  if (document.activeElement !== fold.querySelector(":scope > summary")) return;
  const [form] = all(fold, ":scope > form");
  const [field] = form ? all(form, "input:not([type=hidden]), select, textarea") : [];
  form?.scrollIntoView({ block: "start" });
  field?.focus({ preventScroll: true });
}

/**
 * How much of the window a phone's keyboard covers, for css: some browsers lay it over the page (base.html asks them
 * not to), and the foot of a dialog would be under it.
 */
function mindKeyboard() {
  const seen = window.visualViewport;
  if (!seen) return;
  const measure = () => {
    const covered = seen.scale > 1 ? 0 : Math.max(0, innerHeight - seen.height - seen.offsetTop);
    document.documentElement.style.setProperty("--keyboard", `${Math.round(covered)}px`);
  };
  seen.addEventListener("resize", measure);
  seen.addEventListener("scroll", measure);
}

export function start() {
  const dialog = document.getElementById("dialog");
  const body = document.getElementById("dialog-body");
  const question = document.getElementById("dialog-question");
  if (!(dialog instanceof HTMLDialogElement) || !body || !(question instanceof HTMLDialogElement)) return;
  const one = new PageDialog(dialog, body, question);
  let isInPage = false; // the answer that comes in

  // Ctrl, Shift, Cmd and click mean a new tab; htmx would take the click. And what is a dialog elsewhere and the page
  // itself here leads to pages: over it would stand the same fields once more, and it would not show what was done.
  document.addEventListener(
    "click",
    (event) => {
      const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
      const link = around(event, "a[data-dialog]");
      if (link && (elsewhere || link.closest("main .dialog-panel"))) event.stopImmediatePropagation();
    },
    true,
  );
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target !== body) return;
    // A whole page came back (the session ended, say): go there instead of nesting it.
    if (/^\s*<!doctype html/i.test(detail.xhr.responseText)) {
      detail.shouldSwap = false;
      location.assign(detail.xhr.responseURL);
      return;
    }
    const panel = detail.requestConfig.verb === "get" ? null : ownPanel(detail.requestConfig.elt);
    if (!(panel instanceof HTMLElement)) return;
    detail.target = panel;
    detail.swapOverride = "outerHTML";
    isInPage = true;
  });
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target !== body) return;
    const { elt, verb, path, triggeringEvent: by } = detail.requestConfig;
    one.open((by instanceof SubmitEvent && by.submitter) || (elt === document.body ? undefined : elt));
    if (verb === "get" || !dialog.dataset.address) one.shows(path, verb === "get");
  });
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.target === body && dialog.open) one.placeFocus();
    if (!isInPage) return;
    isInPage = false;
    const [panel] = all(document, "main .dialog-panel");
    if (panel && !placeFocusIn(panel)) focusTitle();
  });
  document.addEventListener("close-dialog", () => dialog.close());
  document.addEventListener("keydown", (event) => one.keyPressed(event));
  dialog.addEventListener("cancel", (event) => one.cancelled(event));
  dialog.addEventListener("click", (event) => one.clicked(event));
  dialog.addEventListener("pointerdown", (event) => one.pressed(event));
  dialog.addEventListener("close", () => one.closed());
  question.addEventListener("close", () => one.answered());
  mindKeyboard();
  addEventListener("popstate", (event) => one.popped(event), true);
  one.comeAgain();
  dialog.addEventListener("toggle", ({ target }) => unfolded(target), true);
}
