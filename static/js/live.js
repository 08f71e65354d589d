// A live page: the event stream, the heartbeat, and asking anew. Every fact of the stream becomes an
// event `live:<kind>` on <body>; whatever shows it has hx-trigger="live:<kind> from:body".
// Without the stream the same events come from a clock: the page polls.
(() => {
  const page = document.getElementById("live");
  if (!page) return;
  const { stream, heartbeat } = page.dataset;
  const POLL_MS = 5000;
  // A ticket lasts two minutes. Under a minute, because a hidden page's clock ticks once a minute.
  const RENEW_MS = 50_000;
  // Gone for no longer than this, and nobody has noticed: nothing to say to the site on coming back.
  const UNNOTICED_MS = 8000;
  const LONGEST_PAUSE_MS = 8000;
  // What a page shows that polls, or that was away and may have missed something.
  const EVERYTHING = ["session", "me", "participants", "chat", "questions", "backchannel", "stage", "broadcast", "polls"];
  // About one moment: passed on at once and each by itself.
  const MOMENTS = ["signal", "knock", "reaction"];

  let source = null; // the open stream
  let fresh = null; // the one that is being opened
  let poll = null;
  let away = 0; // since when there is no stream
  let refused = false;
  let pause = 0; // before the next try, in milliseconds
  let timer = null;
  let renewed = Date.now();
  let crowd = 0; // how widely a full house spreads its asking
  let over = false;
  const waiting = new Map(); // kind → what will be said of it

  // Many listeners ask anew spread over `w` milliseconds, and each at most once in that time.
  // `again`: not because something is new, but because something may have been missed.
  function tell(kind, data = {}) {
    const said = waiting.get(kind);
    if (said) {
      if (!data.again) said.again = false; // news among what may have been missed is news
      return;
    }
    const detail = { ...data };
    waiting.set(kind, detail);
    setTimeout(() => {
      waiting.delete(kind);
      pass(kind, detail);
    }, Math.random() * (data.w || 0));
  }
  const pass = (kind, data) =>
    document.body.dispatchEvent(new CustomEvent(`live:${kind}`, { detail: data }));

  const everything = (spread) => EVERYTHING.forEach((kind) => tell(kind, { w: spread, again: true }));

  // --- without a stream: the same events from a clock, slower where many would ask -------------

  function startPolling() {
    show("polling");
    poll ??= setInterval(() => everything(1000), Math.max(POLL_MS, crowd * 4));
  }
  const stopPolling = () => (poll = clearInterval(poll) ?? null);

  // "streaming", "polling" or "lost". Only the last is worth a word to the reader.
  function show(how) {
    if (page.dataset.connection === how) return;
    page.dataset.connection = how;
    const line = document.getElementById("live-connection");
    if (line) line.textContent = how === "lost" ? line.dataset.lost : "";
  }

  // --- the heartbeat: a new ticket, as long as the right to it is there -----------------------

  async function beat() {
    let answer;
    try {
      answer = await fetch(heartbeat, {
        method: "POST",
        headers: { "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"], "HX-Request": "true" },
        redirect: "manual",
        signal: AbortSignal.timeout(15_000),
      });
    } catch {
      return false; // no way to the site: not the site's word
    }
    if (answer.status >= 500 || answer.status === 429) return false;
    if (!answer.ok || answer.headers.get("HX-Refresh")) {
      over = true;
      stopPolling();
      location.reload();
      return false;
    }
    renewed = Date.now();
    if (answer.headers.get("HX-Trigger")) pass("me", {});
    return true;
  }

  // --- the stream ---------------------------------------------------------------------------

  // Opened before the old one is closed, so nothing falls between them. What both bring is heard
  // once: each fact has a number.
  const heard = new Set();
  function first(event) {
    if (heard.has(event.lastEventId)) return false;
    heard.add(event.lastEventId);
    if (heard.size > 200) heard.delete(heard.values().next().value);
    return true;
  }

  function listen() {
    if (over) return;
    fresh?.close();
    const opening = (fresh = new EventSource(stream));
    opening.addEventListener("open", () => {
      if (opening !== fresh) return;
      source?.close();
      source = opening;
      fresh = null;
      stopPolling();
      show("streaming");
      if (away) everything(Math.max(1000, crowd));
      away = 0;
      refused = false;
      setTimeout(() => source === opening && (pause = 0), 20_000);
    });
    opening.addEventListener("error", () => {
      const said = opening.readyState === EventSource.CLOSED; // the site answered, and not with a stream
      opening.close(); // we try again ourselves, at growing pauses
      if (opening === source) source = null;
      else if (opening === fresh) fresh = null;
      else return; // the one that was replaced
      if (!source) lost(said);
    });
    // Our right to hear was cut. It may be a smaller one from now on, or none.
    opening.addEventListener("closed", () => {
      opening.close();
      if (opening === source) source = null;
      if (opening === fresh) fresh = null;
      pause = 0;
      lost(true);
    });
    // Too many windows of one person: this one polls until the next renewal.
    opening.addEventListener("crowded", () => {
      opening.close();
      if (opening === source) source = null;
      away ||= Date.now();
      startPolling();
    });
    const on = (kind, act) =>
      opening.addEventListener(kind, (event) => {
        const data = JSON.parse(event.data);
        if (kind !== "signal") crowd = data.w || 0;
        if (first(event)) act(data);
      });
    for (const kind of EVERYTHING) on(kind, (data) => tell(kind, data));
    for (const kind of MOMENTS) on(kind, (data) => pass(kind, data));
    on("people", (data) => tell("participants", data));
    on("rights", (data) => setTimeout(renew, Math.random() * (data.w || 0)));
    on("missed", (data) => everything(data.w));
  }

  function lost(said) {
    away ||= Date.now();
    refused ||= said;
    if (over) return;
    // The first try is soon, and each later one later, so that a site that starts again can start.
    pause = pause ? Math.min(pause * 2, Math.max(LONGEST_PAUSE_MS, crowd * 2)) : 1000;
    clearTimeout(timer);
    timer = setTimeout(comeBack, pause * (0.5 + Math.random()));
  }

  async function comeBack() {
    if (source || over) return;
    const unnoticed = !refused && Date.now() - away < UNNOTICED_MS && Date.now() - renewed < RENEW_MS * 1.5;
    if (unnoticed) return listen();
    if (await beat()) {
      refused = false;
      // The site is there and the stream is not: ask as often as a stream would tell.
      if (Date.now() - away > 2000 && !source) startPolling();
      listen();
    } else if (!over) {
      stopPolling();
      show("lost");
      lost(false);
    }
  }

  // A new ticket and a stream by it: before the old one runs out, and when rights have changed.
  async function renew() {
    if (!source && away && !poll) return; // on the way back already
    if (await beat()) listen();
  }
  function renewAgainAndAgain() {
    setTimeout(() => renew().finally(renewAgainAndAgain), RENEW_MS * (0.8 + Math.random() * 0.3));
  }

  globalThis.addEventListener("online", () => {
    if (source || over) return;
    clearTimeout(timer);
    comeBack();
  });

  document.body.addEventListener("live:knock", () => tell("participants"));

  listen();
  renewAgainAndAgain();

  // Tabs: the one shown is marked, the others get a dot when something is new.
  const tabs = [...page.querySelectorAll("[data-panel]")];
  for (const tab of tabs) {
    document.body.addEventListener(`live:${tab.dataset.panel}`, (event) => {
      if (!event.detail?.again && !tab.hasAttribute("aria-current")) tab.querySelector(".live-dot").hidden = false;
    });
  }
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "live-panel") return;
    const path = event.detail.pathInfo?.requestPath?.split("?")[0];
    for (const tab of tabs) {
      const shown = new URL(tab.href).pathname === path;
      if (shown) {
        tab.setAttribute("aria-current", "page");
        tab.querySelector(".live-dot").hidden = true;
      } else if (tabs.some((one) => new URL(one.href).pathname === path)) tab.removeAttribute("aria-current");
    }
  });

  globalThis.foyerLive = { page, tell, pass, beat };
})();
