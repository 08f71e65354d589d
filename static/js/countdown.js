// <time data-countdown datetime="…">: writes after it how long until then, and counts.
// With data-reload the page is fetched anew when the time has come.
(() => {
  const part = (value, unit) =>
    new Intl.NumberFormat(foyer.language, { style: "unit", unit, unitDisplay: "long" }).format(value);

  function left(seconds) {
    const days = Math.floor(seconds / 86400);
    const hours = Math.floor((seconds % 86400) / 3600);
    const minutes = Math.floor((seconds % 3600) / 60);
    const list = new Intl.ListFormat(foyer.language, { style: "narrow", type: "unit" });
    if (days) return list.format([part(days, "day"), ...(hours ? [part(hours, "hour")] : [])]);
    if (hours) return list.format([part(hours, "hour"), part(minutes, "minute")]);
    return `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
  }

  function start(time) {
    if (time.dataset.counting) return;
    time.dataset.counting = "yes";
    const end = Date.parse(time.dateTime);
    const shown = document.createElement("span");
    shown.className = "countdown-left";
    shown.setAttribute("role", "timer");
    time.after(shown);

    const tick = () => {
      if (!time.isConnected) return;
      const seconds = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      const words = seconds ? foyer.word("startsIn", { time: left(seconds) }) : foyer.word("now");
      if (shown.textContent !== words) shown.textContent = words;
      if (seconds) setTimeout(tick, 1000 - (Date.now() % 1000));
      // Not everybody in the same second.
      else if ("reload" in time.dataset) setTimeout(() => location.reload(), 1000 + Math.random() * 4000);
    };
    if (end > Date.now()) tick();
    else shown.remove();
  }

  const startAll = (root) => root.querySelectorAll("time[data-countdown]").forEach(start);
  startAll(document);
  document.addEventListener("htmx:afterSettle", (event) => startAll(event.target));
})();
