// Q&A, reactions and polls of a live page. Everything is an ordinary form; this adds what moves.
(() => {
  const page = document.getElementById("live");
  if (!page) return;
  const tell = (kind, data) => globalThis.foyerLive?.tell(kind, data);

  // --- numbers that go on changing: media_items/live/events/gently.py ---------------------------

  const QUIET_MS = 2200;
  const later = new Map();

  function onceMore(kind, spread = 0, wait = QUIET_MS) {
    clearTimeout(later.get(kind));
    later.set(
      kind,
      setTimeout(() => {
        later.delete(kind);
        tell(kind, { w: spread });
      }, wait),
    );
  }
  for (const kind of ["questions", "polls"]) {
    document.body.addEventListener(`live:${kind}`, ({ detail }) => {
      if (detail?.gently && !later.has(kind)) onceMore(kind, detail.w);
    });
  }

  // --- reactions --------------------------------------------------------------------------------

  const COUNTED_MS = 60_000;
  const MOST_IN_THE_AIR = 24;
  const KINDS = new Set(["clap", "heart", "laugh", "wow", "thumb"]);
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const fading = new Map();

  function showCount(kind, count) {
    const number = page.querySelector(`[data-reaction="${kind}"]`);
    if (!number) return;
    number.textContent = count;
    (number.closest("[data-reaction-of]") ?? number).hidden = !count;
    fadeLater(kind, count);
  }

  function fadeLater(kind, count) {
    clearTimeout(fading.get(kind));
    if (count) fading.set(kind, setTimeout(showCount, COUNTED_MS, kind, 0));
  }
  const fadeAll = () => {
    for (const one of page.querySelectorAll("[data-reaction]")) fadeLater(one.dataset.reaction, Number(one.textContent));
  };
  fadeAll();

  function fly(kind) {
    const air = document.getElementById("reaction-air");
    if (!air || still.matches || document.hidden || air.childElementCount >= MOST_IN_THE_AIR) return;
    const one = document.createElement("span");
    one.className = `reaction-flying reaction-${kind}`;
    one.style.setProperty("--place", `${Math.round(Math.random() * 100)}%`);
    one.style.setProperty("--drift", `${Math.round(Math.random() * 60 - 30)}px`);
    one.append(foyer.icon(kind));
    one.addEventListener("animationend", () => one.remove());
    air.append(one);
  }

  document.body.addEventListener("live:reaction", ({ detail }) => {
    if (!KINDS.has(detail?.of)) return;
    showCount(detail.of, detail.n);
    fly(detail.of);
    // When it is quiet again, the exact counts, each browser at a time of its own.
    onceMore("reactions", detail.w, 3000);
  });

  // --- after something was swapped ---------------------------------------------------------------

  const SHOWN = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

  // Times of today, on the reader's own clock.
  function ownClock(root) {
    for (const time of root.querySelectorAll("time[data-clock]")) {
      const moment = new Date(time.dateTime);
      if (!Number.isNaN(moment.valueOf())) time.textContent = moment.toLocaleTimeString(foyer.language, SHOWN);
    }
  }

  // The host has allowed questions without a name, or stopped it: the form is asked for anew,
  // unless somebody is writing in it.
  function minding(list) {
    const form = document.getElementById("question-ask");
    const text = form?.querySelector("textarea");
    if (!list || !text || form.dataset.anonymous === list.dataset.anonymous) return;
    if (!text.value && document.activeElement !== text) htmx.trigger(form, "refresh");
  }

  let poll = null;
  let folded = null;
  const cardNow = () => document.getElementById("poll-card");
  const nameOf = (card) => card && `${card.dataset.poll} ${card.dataset.state}`;

  function minded() {
    const card = cardNow();
    const name = nameOf(card);
    if (card && folded === name) card.open = false;
    if (card && name !== poll) foyer.announce(card.dataset.say);
    poll = name;
  }
  poll = nameOf(cardNow());

  document.addEventListener(
    "toggle",
    (event) => {
      const card = event.target;
      if (card.id !== "poll-card" || !card.isConnected) return;
      folded = card.open ? null : nameOf(card);
    },
    true,
  );

  ownClock(page);
  document.addEventListener("htmx:afterSettle", (event) => {
    ownClock(document.getElementById("live-panel") ?? page);
    if (event.target.id === "question-list") minding(event.target);
    if (event.target.id === "live-poll") minded();
    if (event.target.id === "live-reactions") fadeAll();
  });

  // A link in an answer does not lead out of the session.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".question-answer a[href]");
    if (link) Object.assign(link, { target: "_blank", rel: "noopener noreferrer nofollow" });
  });
})();
