// Short messages at the foot of the window. From the server: django messages in base.html, or
// HX-Trigger: {"toast": {"text": "…", "tone": "success"}}. Errors stay until dismissed.
(() => {
  const CARRIED = "foyer-toasts";
  const ICONS = { success: "check", warning: "alert", error: "alert", info: "info" };
  const SHOWN_FOR = 8000;

  function dismiss(toast) {
    const hadFocus = toast.contains(document.activeElement);
    toast.remove();
    if (hadFocus) (document.querySelector("dialog[open] #dialog-title, #main"))?.focus();
  }

  function live(toast) {
    toast.querySelector("[data-dismiss]")?.addEventListener("click", () => dismiss(toast));
    if (toast.matches(".toast-error, .toast-warning") || toast.querySelector("a, form")) return;
    const leave = () => {
      if (toast.matches(":hover, :focus-within")) setTimeout(leave, 2000);
      else dismiss(toast);
    };
    setTimeout(leave, SHOWN_FOR);
  }

  foyer.toast = (text, tone = "info") => {
    const region = document.getElementById("toasts");
    if (!region || !text) return;
    const toast = document.createElement("div");
    const words = document.createElement("p");
    const close = document.createElement("button");
    toast.className = `toast toast-${tone}`;
    words.className = "toast-text";
    words.textContent = text;
    close.className = "icon-button";
    close.type = "button";
    close.dataset.dismiss = "";
    close.setAttribute("aria-label", foyer.word("dismiss"));
    close.append(foyer.icon("close"));
    toast.append(foyer.icon(ICONS[tone] ?? "info"), words, close);
    region.append(toast);
    live(toast);
  };

  /** Keep the messages of a page that a script fetched and will now leave for. */
  foyer.carryToasts = (page) => {
    const toasts = [...page.querySelectorAll("#toasts .toast")].map((toast) => ({
      text: toast.querySelector(".toast-text")?.textContent.trim(),
      tone: /toast-(\w+)/.exec(toast.className)?.[1],
    }));
    if (toasts.length) sessionStorage.setItem(CARRIED, JSON.stringify(toasts));
  };

  for (const toast of document.querySelectorAll("#toasts .toast")) {
    live(toast);
    foyer.announce(toast.querySelector(".toast-text")?.textContent.trim());
  }
  try {
    const carried = JSON.parse(sessionStorage.getItem(CARRIED) ?? "[]");
    sessionStorage.removeItem(CARRIED);
    for (const { text, tone } of carried) foyer.toast(text, tone);
  } catch {
    // No storage in this browser: the page itself shows what happened.
  }

  document.addEventListener("toast", (event) => {
    const { text, value, tone } = event.detail ?? {};
    foyer.toast(text ?? value, tone);
  });
  document.addEventListener("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    if (event.detail.xhr.getResponseHeader("HX-Trigger")?.includes('"toast"')) return; // it says why itself
    const key = { 403: "notAllowed", 404: "notHere", 429: "tooMany" }[status] ?? "wentWrong";
    foyer.toast(foyer.word(key), "error");
  });
  document.addEventListener("htmx:sendError", () => foyer.toast(foyer.word("offline"), "error"));
})();
