// The one <dialog>: htmx fills #dialog-body, this opens and closes it and minds the focus.
// Without it every [data-dialog] link is a page of its own.
(() => {
  const dialog = document.getElementById("dialog");
  const body = document.getElementById("dialog-body");
  const voice = document.getElementById("voice");
  if (!dialog || !body) return;

  let opener = null;
  let justOpened = false;
  let pressedOutside = false;

  // A menu is closed by the time the dialog is: its button is where one came from.
  const whoOpened = (element) => {
    const menu = element?.closest("[popover]");
    return menu ? document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`) : element;
  };

  const changed = (field) =>
    field.type === "checkbox" || field.type === "radio"
      ? field.checked !== field.defaultChecked
      : field.tagName !== "SELECT" && field.type !== "hidden" && field.value !== field.defaultValue;
  const halfWritten = () =>
    [...body.querySelectorAll("form :is(input, textarea)")].some(changed);

  const focusTitle = () => {
    const title = document.getElementById("dialog-title");
    if (!title) return;
    title.tabIndex = -1;
    dialog.scrollTop = 0; // what came in may be read from its beginning
    title.focus();
  };

  function open(element) {
    if (dialog.open) return;
    opener = whoOpened(element);
    dialog.showModal();
    justOpened = true;
    // Outside a modal dialog all is inert, the live regions too.
    if (voice) dialog.append(voice);
  }

  function settleFocus() {
    const wrong = body.querySelector(".is-invalid:is(input, select, textarea), [aria-invalid=true]");
    const alert = body.querySelector(".alert-danger");
    if (wrong) return wrong.focus();
    if (alert) {
      alert.tabIndex = -1;
      return alert.focus();
    }
    const wish = body.querySelector("[autofocus]");
    if (wish) return wish.focus();
    if (justOpened || !body.contains(document.activeElement)) focusTitle();
    justOpened = false;
  }

  // Ctrl, Shift, Cmd and click mean a new tab; htmx would take the click.
  document.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest?.("a[data-dialog]");
      const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
      if (link && elsewhere) event.stopImmediatePropagation();
    },
    true,
  );

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== body) return;
    // A whole page came back (the session ended, say): go there instead of nesting it.
    if (/^\s*<!doctype html/i.test(event.detail.xhr.responseText)) {
      event.detail.shouldSwap = false;
      location.assign(event.detail.xhr.responseURL);
    }
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === body) open(event.detail.requestConfig?.elt);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target === body && dialog.open) settleFocus();
  });

  document.addEventListener("close-dialog", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) {
      event.preventDefault();
      dialog.close();
    } else if (event.target === dialog && pressedOutside && !halfWritten()) {
      dialog.close();
    }
  });
  dialog.addEventListener("pointerdown", (event) => (pressedOutside = event.target === dialog));

  dialog.addEventListener("close", () => {
    if (voice) document.body.append(voice);
    body.replaceChildren();
    // What opened it may have been swapped for a fresh copy meanwhile.
    const back = opener?.isConnected ? opener : opener?.id && document.getElementById(opener.id);
    (back || document.getElementById("main"))?.focus();
    opener = null;
  });
})();
