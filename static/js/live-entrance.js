// Before the lobby opens: whoever stayed on the page comes in by themself when it does.
// The page loads itself again when the time has come or the host opens it early (htmx, countdown.js).
(() => {
  const KEY = "foyer-waits-for";
  const PATIENCE_MS = 5 * 60_000;
  const waits = document.querySelector("[data-waits-for]");
  const form = document.querySelector("[data-enter]");
  try {
    if (waits) {
      const remember = () =>
        sessionStorage.setItem(KEY, JSON.stringify([waits.dataset.waitsFor, Date.now()]));
      remember();
      setInterval(remember, 30_000);
    } else if (form) {
      const [item, at] = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
      sessionStorage.removeItem(KEY);
      if (item === form.dataset.enter && Date.now() - at < PATIENCE_MS) form.requestSubmit();
    }
  } catch {
    // No storage in this browser: the button is there.
  }
})();
