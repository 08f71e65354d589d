// <time datetime="…" data-local="Europe/Paris">: adds the reader's own time when it differs
// from the time zone the page was written in; at the end of its [data-local-line], if it is in one.
(() => {
  function show(time, options, zone) {
    return new Intl.DateTimeFormat(foyer.language, { ...options, timeZone: zone }).format(time);
  }

  function add(element) {
    if (element.dataset.localShown) return;
    element.dataset.localShown = "yes";
    const time = new Date(element.dateTime);
    if (Number.isNaN(time.valueOf())) return;
    const whole = { dateStyle: "short", timeStyle: "short" };
    try {
      if (show(time, whole) === show(time, whole, element.dataset.local || "UTC")) return;
    } catch {
      return; // a time zone this browser does not know
    }
    // As the server writes times: 24 hours.
    const options = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const mine = document.createElement("span");
    mine.className = "local-time";
    mine.textContent = `(${foyer.word("yourTime", { time: show(time, options) })})`;
    const line = element.closest("[data-local-line]");
    if (line) line.append(" ", mine);
    else element.after(" ", mine);
  }

  const addAll = (root) => root.querySelectorAll("time[data-local]").forEach(add);
  addAll(document);
  document.addEventListener("htmx:afterSettle", (event) => addAll(event.target));
})();
