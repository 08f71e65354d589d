// The session page: the panel as a sheet on a phone, and changes of state said politely. After
// live.js.
(() => {
  const page = document.getElementById("live");
  const side = document.getElementById("live-side");
  if (!page || !side) return;

  // --- the sheet ---------------------------------------------------------------------------------
  const REMEMBERED = `foyer-sheet:${location.pathname.split("/")[2]}`;
  const button = document.getElementById("live-sheet-button");
  const close = document.getElementById("live-sheet-close");
  const narrow = matchMedia("(width < 54rem)");
  const remembered = (value) => {
    try {
      if (value === undefined) return sessionStorage.getItem(REMEMBERED);
      sessionStorage.setItem(REMEMBERED, value);
    } catch {
      return null; // no storage in this browser: closed at each load
    }
  };

  function showSheet(open, { focus = true } = {}) {
    page.classList.toggle("sheet-open", open);
    button.setAttribute("aria-expanded", String(open));
    remembered(open ? "open" : "closed");
    if (open) button.querySelector(".live-dot").hidden = true;
    if (!focus) return;
    if (open) (side.querySelector(".live-tabs [aria-current]") ?? close).focus();
    else button.focus();
  }

  page.classList.add("has-sheet");
  button.hidden = close.hidden = false;
  if (remembered() === "open") showSheet(true, { focus: false });
  button.addEventListener("click", () => showSheet(!page.classList.contains("sheet-open")));
  close.addEventListener("click", () => showSheet(false));
  document.addEventListener("keydown", (event) => {
    const here = narrow.matches && page.classList.contains("sheet-open");
    if (event.key !== "Escape" || event.defaultPrevented || !here) return;
    if (document.querySelector("dialog[open], :popover-open")) return;
    showSheet(false);
  });
  // A dot on a tab is a dot on the button while the tabs are out of sight.
  new MutationObserver(() => {
    const isNew = side.querySelector(".live-tabs .live-dot:not([hidden])") !== null;
    button.querySelector(".live-dot").hidden = !isNew || page.classList.contains("sheet-open");
  }).observe(side.querySelector(".live-tabs"), { subtree: true, attributeFilter: ["hidden"] });

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-opens-panel]");
    const tab = link && side.querySelector(`[data-panel="${CSS.escape(link.dataset.opensPanel)}"]`);
    if (!tab || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (narrow.matches) showSheet(true);
    tab.click();
  });

  // --- back and forward -------------------------------------------------------------------------
  // Between tabs only the panel changes, as on the way there: htmx would put the whole page anew,
  // and whoever is on the stage would be off it.
  document.body.addEventListener("htmx:historyCacheMiss", (event) => {
    event.preventDefault();
    const { pathname } = new URL(event.detail.path, location.href);
    const isTab = [...side.querySelectorAll("[data-panel]")].some((one) => new URL(one.href).pathname === pathname);
    if (isTab) htmx.ajax("GET", event.detail.path, { source: "#live-panel", target: "#live-panel", swap: "innerHTML" });
    else location.reload();
  });

  // --- people come and go ------------------------------------------------------------------------
  // `live:people-due` is `live:participants` at a bearable pace: the more are here, the more often
  // somebody comes, and each asks the server. One's own acts are shown at once.
  const slowest = "moderates" in page.dataset ? 3000 : 30_000;
  const here = () => Number(page.querySelector("[data-here]")?.dataset.here ?? 0);
  const pace = () => (here() < 50 ? 0 : Math.min(slowest, here() * 15));
  let last = 0;
  let due = null;

  function tellPeople() {
    clearTimeout(due);
    due = null;
    last = Date.now();
    document.body.dispatchEvent(new CustomEvent("live:people-due"));
  }
  document.body.addEventListener("live:participants", (event) => {
    if (event.target !== document.body) return tellPeople();
    due ??= setTimeout(tellPeople, Math.max(0, last + pace() - Date.now()));
  });

  // --- said politely -----------------------------------------------------------------------------
  // What a fragment says in [data-say] is announced when it has changed.
  const saying = (root) => root?.querySelector("[data-say]")?.textContent.trim() ?? "";
  const top = document.getElementById("live-top");
  let said = saying(top);
  const words = document.getElementById("live-words").dataset;
  const handSaying = () => document.querySelector("[data-say-hand]")?.textContent.trim() ?? "";
  let saidOfHand = handSaying();

  document.addEventListener("htmx:afterSettle", () => {
    const now = saying(top);
    if (now && now !== said) foyer.announce(now);
    said = now;
    const hand = handSaying();
    if (hand !== saidOfHand) foyer.announce(hand || words.handLowered);
    saidOfHand = hand;
  });
})();
