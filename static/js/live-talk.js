// Chat and backchannel: Enter sends, what is typed outlives every refresh, the list stays where the
// reader has scrolled it. The list itself comes by htmx; without script it is a form and a page.
(() => {
  // What is typed and not sent, by the field's id: tabs, pauses and refreshes come and go.
  const drafts = new Map();
  const NEAR_PX = 48;

  const talks = () => document.querySelectorAll(".talk");
  const fieldOf = (talk) => talk.querySelector(".talk-field");
  const boxOf = (talk) => talk.querySelector(".talk-scroll");

  // The box is a reversed column: scrollTop is 0 at the newest message and negative above it.
  const atEnd = (box) => Math.abs(box.scrollTop) < NEAR_PX;
  const fromTop = (box) => box.scrollTop + box.scrollHeight - box.clientHeight;
  const showButton = (talk, shown) => (talk.querySelector(".talk-new").hidden = !shown);

  function toEnd(talk) {
    boxOf(talk).scrollTop = 0;
    showButton(talk, false);
  }

  const clock = new Intl.DateTimeFormat(foyer.language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  function showTimes(root) {
    for (const time of root.querySelectorAll("time[data-clock]")) {
      const moment = new Date(time.dateTime);
      if (!Number.isNaN(moment.valueOf())) time.textContent = clock.format(moment);
      time.removeAttribute("data-clock");
    }
  }

  function giveDraftBack(talk) {
    const field = fieldOf(talk);
    if (field && !field.value && drafts.has(field.id)) field.value = drafts.get(field.id);
  }

  function markRemoved(talk) {
    const ids = talk.querySelector(`#${talk.id}-removed`)?.dataset.ids ?? "";
    for (const id of ids.split(" ").filter(Boolean)) {
      const message = document.getElementById(`${talk.id}-${id}`);
      if (!message || message.classList.contains("talk-gone")) continue;
      const hadFocus = message.contains(document.activeElement);
      const words = document.createElement("p");
      words.textContent = talk.dataset.removed;
      message.replaceChildren(words);
      message.classList.add("talk-gone");
      if (hadFocus) boxOf(talk).focus();
    }
  }

  function begin(talk) {
    if (talk.dataset.begun) return;
    talk.dataset.begun = "yes";
    const box = boxOf(talk);
    toEnd(talk);
    box.addEventListener("scroll", () => atEnd(box) && showButton(talk, false), { passive: true });
    // An answer that comes when another tab is shown by now is for nobody.
    const refresh = document.getElementById(`${talk.id}-refresh`);
    refresh?.addEventListener("htmx:beforeOnLoad", (event) => {
      if (!refresh.isConnected) event.preventDefault();
    });
  }

  function settle() {
    for (const talk of talks()) {
      begin(talk);
      markRemoved(talk);
      giveDraftBack(talk);
      showTimes(talk);
    }
  }

  // Before and after each swap inside a list: whether the end was in sight, and where it stood.
  let before = null;
  let lostIn = null; // the panel that comes anew, while the focus is in it
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target } = event.detail;
    const box = target.closest?.(".talk-scroll");
    before = null;
    lostIn = target.matches?.(".talk") && target.contains(document.activeElement) ? target.id : null;
    if (!box) return;
    const list = box.querySelector('[role="log"] .talk-list');
    before = { box, list, atEnd: atEnd(box), top: fromTop(box), bottom: box.scrollTop, last: list.lastElementChild, target };
  });
  document.addEventListener("htmx:afterSwap", () => {
    settle();
    if (lostIn && document.activeElement === document.body) {
      const talk = document.getElementById(lostIn);
      if (talk) (fieldOf(talk) ?? boxOf(talk)).focus();
    }
    lostIn = null;
    if (!before) return;
    const { box, list, last, target } = before;
    const talk = box.closest(".talk");
    const newest = list.lastElementChild;
    const grown = newest !== last;
    if (!target.isConnected) {
      // Earlier messages came in above: what was read stays where it was.
      box.scrollTop = before.bottom;
      if (document.activeElement === document.body) (box.querySelector(`#${talk.id}-earlier a`) ?? box).focus({ preventScroll: true });
    } else if (before.atEnd || (grown && newest.classList.contains("talk-own"))) {
      toEnd(talk);
    } else {
      box.scrollTop = before.top - (box.scrollHeight - box.clientHeight);
      if (grown) showButton(talk, true);
    }
    before = null;
  });

  document.addEventListener("input", (event) => {
    if (event.target.matches(".talk-field")) drafts.set(event.target.id, event.target.value);
  });

  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!field.matches?.(".talk-field") || event.key !== "Enter") return;
    if (event.shiftKey || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (field.value.trim()) field.form.requestSubmit();
  });

  // Sent: the field is empty again and keeps the focus. Typed on meanwhile: that stays.
  let sending = null;
  document.addEventListener("htmx:beforeRequest", (event) => {
    const field = event.detail.elt.matches(".talk-form") && event.detail.elt.querySelector(".talk-field");
    if (field) sending = { field, text: field.value };
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.elt.matches(".talk-form") || !sending) return;
    const { field, text } = sending;
    sending = null;
    if (event.detail.xhr.status !== 204) return;
    if (field.value.startsWith(text)) field.value = field.value.slice(text.length);
    drafts.set(field.id, field.value);
    const form = field.form;
    form?.querySelector(".talk-wrong")?.remove();
    field.classList.remove("is-invalid");
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
    if (field.isConnected) field.focus();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".talk-new");
    if (!button) return;
    const talk = button.closest(".talk");
    toEnd(talk);
    (fieldOf(talk) ?? boxOf(talk)).focus();
  });

  settle();
})();
