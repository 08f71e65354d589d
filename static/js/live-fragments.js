// Fragments of the session page that ask for themselves anew: none loses news, none is changed under
// the reader's hand, and what was done with one is answered even if it is not there any more.
// After live.js.
(() => {
  const page = document.getElementById("live");
  if (!page) return;
  const standIn = (element) => (element.isConnected || !element.id ? element : document.getElementById(element.id));
  function askAgain(element) {
    const now = standIn(element);
    if (now?.isConnected) htmx.trigger(now, "foyer:again");
  }

  // --- calm ----------------------------------------------------------------------------------------
  // [data-calm] is not swapped while one of its menus is open or a button of it is being pressed; it
  // asks again after that.
  const held = new Set();
  let pressed = null;
  const isBusy = (element) => element.querySelector(":popover-open") !== null || element.contains(pressed);
  const mustWait = (element) => element.matches?.("[data-calm]") && isBusy(element);

  document.addEventListener("htmx:beforeRequest", (event) => {
    const element = event.detail.elt;
    if (!mustWait(element)) return;
    event.preventDefault();
    held.add(element);
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const element = event.detail.requestConfig?.elt ?? event.detail.elt;
    if (!mustWait(element)) return;
    event.detail.shouldSwap = false;
    held.add(element);
  });
  function release() {
    if (!held.size) return;
    // What was chosen is on its way: what is shown next may be what came of it.
    setTimeout(() => {
      for (const element of [...held]) {
        const now = standIn(element);
        if (now && isBusy(now)) continue;
        held.delete(element);
        askAgain(element);
      }
    }, 800);
  }
  document.addEventListener("toggle", (event) => event.newState === "closed" && release(), true);
  // A button that is replaced between down and up was not pressed at all. Only what can be pressed:
  // a scroll bar that is let go says nothing.
  document.addEventListener("pointerdown", (event) => (pressed = event.target.closest?.("a, button, summary, label") ?? null), true);
  for (const moment of ["pointerup", "pointercancel"]) {
    document.addEventListener(
      moment,
      () => {
        pressed = null;
        release();
      },
      true,
    );
  }

  // --- news that comes while one asks ------------------------------------------------------------
  // htmx keeps it for when the answer is there, and then asks on behalf of the element that was told.
  // A fragment that puts itself in its own place is another one by then, and nobody would ask: it may
  // show for good what was so before the news. The same if something else puts it anew meanwhile.
  const asking = new Map(); // id → { element, answered, again }

  document.addEventListener("htmx:confirm", ({ detail: { elt } }) => {
    const one = asking.get(elt.id);
    if (one?.element === elt) one.again = true;
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt } = event.detail;
    if (event.defaultPrevented || !elt.id || !elt.matches('[hx-get][hx-trigger*="foyer:again"]')) return;
    asking.set(elt.id, { element: elt, answered: false, again: false });
  });
  document.addEventListener("htmx:beforeSwap", ({ detail: { requestConfig } }) => {
    const one = asking.get(requestConfig?.elt.id);
    if (one?.element === requestConfig?.elt) one.answered = true;
  });
  document.addEventListener("htmx:afterSettle", () => {
    for (const [id, one] of [...asking]) {
      if (one.element.isConnected) continue; // htmx itself asks on its behalf
      asking.delete(id);
      if (one.again || !one.answered) askAgain(one.element);
    }
  });
  document.addEventListener("htmx:afterRequest", ({ detail: { requestConfig } }) => {
    const one = asking.get(requestConfig.elt.id);
    if (one?.element === requestConfig.elt) asking.delete(requestConfig.elt.id);
  });

  // --- the place of the keyboard -------------------------------------------------------------------
  // What was pressed is often gone with its row (admitted, taken, dismissed). Who works through a list
  // goes on in it, and not from the top of the page.
  let place = null;
  const remember = ({ target }) => (place = target.closest?.("#question-list, #people, #live-panel")?.id ?? null);
  for (const moment of ["focusin", "pointerdown"]) document.addEventListener(moment, remember);
  document.addEventListener("htmx:afterSettle", () => {
    if (!place || (document.activeElement && document.activeElement !== document.body)) return;
    const list = document.getElementById(place);
    if (!list || document.querySelector("dialog[open]")) return;
    if (!list.hasAttribute("tabindex")) list.tabIndex = -1;
    list.focus({ preventScroll: true });
  });

  // --- an answer whose form is gone --------------------------------------------------------------
  // htmx says what the site answers (a toast, what has changed) to the form that was sent. If a
  // fragment was put anew meanwhile, the form is in no page and nobody hears it.
  function sayTriggers(header) {
    if (!header) return;
    const said = header.startsWith("{") ? JSON.parse(header) : Object.fromEntries(header.split(",").map((name) => [name.trim(), null]));
    for (const [name, value] of Object.entries(said)) {
      const detail = value !== null && typeof value === "object" ? value : { value };
      page.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
    }
  }
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { xhr, elt, requestConfig } = event.detail;
    if (event.defaultPrevented || requestConfig.verb === "get") return;
    // Before `load`, at which htmx puts the answer in.
    xhr.addEventListener("readystatechange", () => {
      if (xhr.readyState === XMLHttpRequest.DONE && !elt.isConnected) sayTriggers(xhr.getResponseHeader("HX-Trigger"));
    });
  });
})();
