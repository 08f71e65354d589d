// The stage of a room, put together: reads from the page who is on stage and which seat is ours,
// takes a seat to watch, and connects to the others.
//
// The fragment #stage-state is the truth; this page only ever does what it says. A seat belongs to
// one page: loaded again it gets a new one, and of two windows of one person the later has it.
(() => {
  const stage = document.getElementById("stage");
  const state = document.getElementById("stage-state");
  if (!stage || !state) return;
  const { media, word, post, Peer, Signals, Tiles } = foyerStage;
  const { dataset } = stage;
  const SEAT = "foyer-stage";
  const tiles = new Tiles(document.getElementById("stage-tiles"));
  const peers = new Map();
  const signals = new Signals(hear);
  media.setPicture(dataset.picture);

  let mine = null; // {seat, kind}: the one this page holds
  let seatedAt = 0; // fragments asked for before this know nothing of the seat
  let askedAt = 0;
  let shownAskedAt = 0; // the one that is shown: the next may be asked for before this has settled
  let claiming = null;
  let first = true;
  let muted = null;
  let invited = null;
  let names = null;
  const early = []; // said to a seat before we know that it is ours

  foyerStage.isOnStage = () => mine?.kind === "stage";

  // --- what the page says -----------------------------------------------------------------------

  function facts() {
    const of = document.getElementById("stage-facts")?.dataset;
    if (!of) return null;
    const people = [...state.querySelectorAll(".stage-person")].map((row) => ({
      seat: Number(row.dataset.seat),
      name: row.querySelector(".stage-person-name").textContent,
      avatar: row.querySelector(".avatar")?.cloneNode(true),
      microphone: Boolean(row.dataset.microphone),
      camera: Boolean(row.dataset.camera),
      screen: Boolean(row.dataset.screen),
      mine: row.dataset.seat === of.seat,
    }));
    return {
      live: Boolean(of.live),
      seat: Number(of.seat) || null,
      kind: of.kind,
      muted: of.muted,
      free: Boolean(of.free),
      invited: of.invited,
      watching: of.watching.split(" ").filter(Boolean).map(Number),
      people,
    };
  }

  async function look() {
    const now = facts();
    if (!now) return;
    if (mine && now.seat !== mine.seat) lose(now);
    if (!mine && !claiming) claiming = claim(now).finally(() => (claiming = null));
    connect(now);
    draw(now);
    if (mine) signals.read();
    if (now.invited && now.invited !== invited && !foyerStage.isOnStage()) ask(now.invited);
    if (!now.invited && invited) withdrawn();
    invited = now.invited;
    if (mine?.kind === "stage" && now.muted && now.muted !== muted) foyerStage.beMuted();
    muted = now.muted;
  }

  // --- our seat ---------------------------------------------------------------------------------

  const remembered = () => {
    try {
      return JSON.parse(sessionStorage.getItem(SEAT) ?? "null");
    } catch {
      return null;
    }
  };
  function remember() {
    try {
      const now = mine && { ...mine, microphone: media.microphoneOn, camera: media.cameraOn };
      sessionStorage.setItem(SEAT, JSON.stringify(now));
    } catch {
      // A reload then finds this person's seat taken “in another window”, and offers to come over.
    }
  }

  /** The page was loaded again: the seat it had is replaced. Otherwise: watch, if there is room. */
  async function claim(now) {
    const before = first ? remembered() : null;
    first = false;
    if (now.seat) {
      if (before?.seat !== now.seat) return elsewhere(true);
      return now.kind === "stage" ? comeBack(before) : watch();
    }
    if (now.live && now.free && !document.hidden) await watch();
  }

  async function comeBack({ microphone, camera }) {
    const wishes = [microphone && media.setMicrophone(true), camera && media.setCamera(true)];
    for (const wish of await Promise.allSettled(wishes)) if (wish.reason) foyer.toast(wish.reason.message, "warning");
    const now = { microphone: media.microphoneOn || "", camera: media.cameraOn || "", anew: 1 };
    const answer = await post(dataset.goOn, now).catch(() => null);
    const told = JSON.parse(answer?.headers.get("HX-Trigger") ?? "{}")["stage-seat"];
    if (told && !mine) sit(told);
    else refresh();
  }

  async function watch() {
    const answer = await post(dataset.watch).catch(() => null);
    const given = answer?.ok ? await answer.json() : {};
    // Whoever went on stage meanwhile has the better seat, and this one has ended.
    if (!mine) sit(given);
  }

  function sit({ seat, kind }) {
    if (!seat) return;
    closeAll();
    mine = { seat, kind };
    seatedAt = performance.now();
    elsewhere(false);
    signals.hold(seat);
    remember();
    if (kind === "stage") foyer.announce(word("onStage"));
    else if (!checksDevices()) media.stop();
    refresh();
  }

  /** On the way on stage already: the seat to watch came late, and the camera stays on. */
  const checksDevices = () => document.getElementById("device-check") !== null;

  function lose(now, { quietly = false } = {}) {
    const was = mine;
    mine = null;
    closeAll();
    signals.hold(null);
    remember();
    if (was.kind === "stage") {
      media.stop();
      if (!now.seat && !quietly) foyer.toast(word("offStage"), "warning");
    }
    first = false;
  }

  function elsewhere(yes) {
    const notice = document.getElementById("stage-elsewhere");
    if (notice) notice.hidden = !yes;
    stage.toggleAttribute("data-elsewhere", yes);
  }

  const refresh = () => document.body.dispatchEvent(new CustomEvent("live:stage"));

  // --- the others -------------------------------------------------------------------------------

  let configuration = null;
  async function configure(fresh = false) {
    if (fresh || !configuration || performance.now() > configuration.askAnewAt) {
      const given = await signals.configuration();
      configuration = { ...given, askAnewAt: performance.now() + (given.lastsSeconds * 1000) / 2 };
    }
    return configuration;
  }

  function ceiling() {
    const { uplinkKbit = 1200, mostKbit = 500, leastKbit = 150 } = configuration ?? {};
    return 1000 * Math.round(Math.max(leastKbit, Math.min(mostKbit, uplinkKbit / Math.max(1, peers.size))));
  }

  function connect(now) {
    const wanted = new Map();
    if (mine && mine.seat === now.seat) {
      for (const one of now.people) if (!one.mine) wanted.set(one.seat, "stage");
      if (mine.kind === "stage") for (const seat of now.watching) wanted.set(seat, "watch");
    }
    for (const [seat, peer] of peers) {
      if (wanted.has(seat)) continue;
      peer.close();
      peers.delete(seat);
    }
    for (const [seat, kind] of wanted) if (!peers.has(seat)) meet(seat, kind);
    for (const peer of peers.values()) peer.tune();
  }

  function meet(seat, kind) {
    const peer = new Peer({
      mine,
      theirs: { seat, kind },
      say: (what, payload) => signals.say(seat, what, payload),
      configure,
      outgoing: () => media.outgoing,
      ceiling,
    });
    peer.addEventListener("change", () => draw(facts()));
    peers.set(seat, peer);
    for (const signal of early.splice(0)) hear(signal);
  }

  function hear(signal) {
    const peer = peers.get(signal.from);
    if (peer) return peer.hear(signal);
    // Somebody whom the fragment does not show yet.
    early.push(signal);
    if (early.length > 100) early.shift();
  }

  function closeAll() {
    for (const peer of peers.values()) peer.close();
    peers.clear();
    early.length = 0;
  }

  // --- what is seen -----------------------------------------------------------------------------

  function draw(now) {
    if (!now) return;
    const seated = Boolean(mine && mine.seat === now.seat);
    stage.toggleAttribute("data-seated", seated && now.people.length > 0);
    tiles.show(seated ? now.people : [], (seat) => peers.get(seat));
    foyerStage.drawOwn();
    if (!mine && stage.hasAttribute("data-elsewhere")) elsewhere(true);
    comeAndGo(now.people);
  }

  /** Said politely, once for each person and not for oneself. */
  function comeAndGo(people) {
    const now = new Set(people.filter((one) => !one.mine).map((one) => one.name));
    if (names) {
      const came = [...now].filter((name) => !names.has(name)).map((name) => word("came", { name }));
      const went = [...names].filter((name) => !now.has(name)).map((name) => word("went", { name }));
      if (came.length + went.length) foyer.announce([...came, ...went].join(" "));
    }
    names = now;
  }

  function ask(invitation) {
    if (document.getElementById("dialog")?.open) return; // the line in the picture asks as well
    invited = invitation;
    htmx.ajax("GET", dataset.invitation, { target: "#dialog-body", swap: "innerHTML" });
  }

  function withdrawn() {
    if (document.querySelector("#dialog[open] :is(#stage-invited, #device-check:not([data-on-stage]))") && !foyerStage.isOnStage()) {
      document.dispatchEvent(new CustomEvent("close-dialog"));
      foyer.toast(word("invitationWithdrawn"), "warning");
    }
  }

  media.addEventListener("change", () => {
    for (const peer of peers.values()) peer.send(media.outgoing);
    if (foyerStage.isOnStage()) remember();
    draw(facts());
  });

  // A page that nobody has touched yet may not make a sound.
  document.addEventListener("stage-silent", () => {
    if (document.getElementById("stage-hear")) return;
    const hearing = document.createElement("button");
    hearing.id = "stage-hear";
    hearing.type = "button";
    hearing.className = "button button-primary";
    hearing.append(foyer.icon("sound"), word("hear"));
    hearing.addEventListener("click", () => {
      hearing.remove();
      tiles.playAll();
    });
    stage.append(hearing);
  });

  // --- events -----------------------------------------------------------------------------------

  document.addEventListener("stage-seat", (event) => {
    if (event.detail.seat) return sit(event.detail);
    // We have left: nothing is sent while the fragment is on its way.
    seatedAt = performance.now();
    if (mine) lose({ seat: null }, { quietly: true });
    refresh();
  });
  document.body.addEventListener("live:signal", (event) => {
    if (!event.detail?.seat || event.detail.seat === mine?.seat) signals.read();
  });
  for (const [moment, yes] of [["beforeRequest", true], ["afterRequest", false]]) {
    document.addEventListener(`htmx:${moment}`, ({ detail }) => {
      const { path, verb } = detail.requestConfig;
      const moves = [dataset.goOn, dataset.invitation, dataset.leave].includes(path);
      if (verb === "post" && moves) signals.pause(yes);
    });
  }
  state.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target === state) askedAt = performance.now();
  });
  state.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target === state) shownAskedAt = askedAt;
  });
  state.addEventListener("htmx:afterSettle", (event) => {
    if (event.target !== state) return;
    if (shownAskedAt < seatedAt) refresh();
    else look();
  });
  state.addEventListener("click", (event) => {
    if (!event.target.closest("#stage-here")) return;
    const now = facts();
    const { microphoneOn: microphone, cameraOn: camera } = media.choice;
    claiming ??= (now.kind === "stage" ? comeBack({ microphone, camera }) : watch()).finally(() => (claiming = null));
  });
  addEventListener("visibilitychange", () => !document.hidden && !mine && look());
  addEventListener("pagehide", () => closeAll());

  foyerStage.report = async () =>
    Object.fromEntries(await Promise.all([...peers].map(async ([seat, peer]) => [seat, await peer.report()])));
  look();
})();
