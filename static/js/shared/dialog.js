// @ts-check
/**
 * The one <dialog>: htmx fills #dialog-body, this opens and closes it and moves the focus. Without it every
 * [data-dialog] link is a page of its own.
 */
import { dismissTold } from "./notices.js";
import { all, around, post } from "./page.js";

// What was undone by closing it is there again after a moment.
const COMES_BACK_MS = 5000;

/** @param {HTMLInputElement | HTMLTextAreaElement} field */
const isChanged = (field) =>
  field instanceof HTMLInputElement && (field.type === "checkbox" || field.type === "radio")
    ? field.checked !== field.defaultChecked
    : field.type !== "hidden" && field.value !== field.defaultValue;

class PageDialog {
  /** @type {HTMLElement | null} */
  #opener = null;
  /** @type {string[]} ids of the parts around the opener, the nearest first */
  #around = [];
  #justOpened = false;
  #pressedOutside = false;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {HTMLElement} body
   */
  constructor(dialog, body) {
    this.dialog = dialog;
    this.body = body;
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
    this.dialog.showModal();
    this.#justOpened = true;
    // Outside a modal dialog all is inert, the live regions too.
    if (this.voice) this.dialog.append(this.voice);
  }

  placeFocus() {
    const [wrong] = all(this.body, ".is-invalid:is(input, select, textarea), [aria-invalid=true]");
    const [alert] = all(this.body, ".alert-danger");
    const [wish] = all(this.body, "[autofocus]");
    if (wrong) return wrong.focus();
    if (alert) {
      alert.tabIndex = -1;
      return alert.focus();
    }
    if (wish) return wish.focus();
    if (this.#justOpened || !this.body.contains(document.activeElement)) this.#focusTitle();
    this.#justOpened = false;
  }

  #focusTitle() {
    const title = document.getElementById("dialog-title");
    if (!title) return;
    title.tabIndex = -1;
    this.body.scrollTop = 0; // what came in may be read from its beginning
    title.focus();
  }

  closed() {
    if (this.voice) document.body.append(this.voice);
    // What was begun by opening it is undone by closing it; where it was finished, the site does nothing.
    const [undo] = all(this.body, "form[data-when-closed]");
    if (undo instanceof HTMLFormElement) post(undo.action).catch(() => {});
    this.body.replaceChildren();
    this.#giveFocusBack();
    this.#opener = null;
  }

  /**
   * To what opened it, which may have been swapped for a fresh copy meanwhile; where that is not there, or not yet, to
   * the nearest part around it.
   */
  #giveFocusBack() {
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
    setTimeout(stop, COMES_BACK_MS);
  }

  /** @param {PointerEvent} event */
  pressed(event) {
    this.#pressedOutside = event.target === this.dialog;
  }

  /** @param {MouseEvent} event */
  clicked(event) {
    if (around(event, "[data-close]")) {
      event.preventDefault();
      this.dialog.close();
    } else if (event.target === this.dialog && this.#pressedOutside && !this.#isHalfWritten()) {
      this.dialog.close();
    }
  }

  #isHalfWritten() {
    /** @type {NodeListOf<HTMLInputElement | HTMLTextAreaElement>} */
    const fields = this.body.querySelectorAll("form :is(input, textarea)");
    return [...fields].some(isChanged);
  }
}

export function start() {
  const dialog = document.getElementById("dialog");
  const body = document.getElementById("dialog-body");
  if (!(dialog instanceof HTMLDialogElement) || !body) return;
  const one = new PageDialog(dialog, body);

  // Ctrl, Shift, Cmd and click mean a new tab; htmx would take the click.
  document.addEventListener(
    "click",
    (event) => {
      const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
      if (elsewhere && around(event, "a[data-dialog]")) event.stopImmediatePropagation();
    },
    true,
  );
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target !== body) return;
    // A whole page came back (the session ended, say): go there instead of nesting it.
    if (/^\s*<!doctype html/i.test(detail.xhr.responseText)) {
      detail.shouldSwap = false;
      location.assign(detail.xhr.responseURL);
    }
  });
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target !== body) return;
    const asked = detail.requestConfig;
    const by = asked?.triggeringEvent;
    one.open((by instanceof SubmitEvent && by.submitter) || asked?.elt);
  });
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.target === body && dialog.open) one.placeFocus();
  });
  document.addEventListener("close-dialog", () => dialog.close());
  dialog.addEventListener("click", (event) => one.clicked(event));
  dialog.addEventListener("pointerdown", (event) => one.pressed(event));
  dialog.addEventListener("close", () => one.closed());
}
