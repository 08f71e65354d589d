// Keys, speed and transcript for the one video or audio of the page; the controls are the browser's.
// Keys work only while the player has the focus: single letters belong to nobody else's fields.
(() => {
  const stage = document.querySelector("[data-player]");
  const media = stage?.querySelector("video, audio");
  if (!media) return;
  const bar = document.querySelector("[data-player-bar]");
  const speed = bar?.querySelector("[data-speed]");

  const clamp = (value, most) => Math.max(0, Math.min(value, most));
  const seek = (seconds) => {
    media.currentTime = clamp(media.currentTime + seconds, media.duration || 0);
  };
  const play = () => media.play().catch(() => {}); // a browser may refuse; its own button is there

  function captions() {
    const tracks = [...media.textTracks].filter((track) => track.kind === "captions");
    const shown = tracks.find((track) => track.mode === "showing");
    if (shown) shown.mode = "disabled";
    else if (tracks.length) tracks[0].mode = "showing";
  }

  function wholeScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (media.requestFullscreen) media.requestFullscreen().catch(() => {});
    else media.webkitEnterFullscreen?.();
  }

  const keys = {
    k: () => (media.paused ? play() : media.pause()),
    j: () => seek(-10),
    l: () => seek(10),
    arrowleft: () => seek(-5),
    arrowright: () => seek(5),
    m: () => (media.muted = !media.muted),
    f: () => media.tagName === "VIDEO" && wholeScreen(),
    c: captions,
  };

  // Space, and arrows up and down, are left to the browser: it knows which of its own controls
  // inside the player has the focus, and we do not.
  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.length !== 1 && event.target !== media) return;
    if (event.target.matches("select, input, textarea")) return;
    const act = keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }
  for (const part of [stage, bar]) part?.addEventListener("keydown", onKey, true);

  speed?.addEventListener("change", () => (media.playbackRate = Number(speed.value)));
  media.addEventListener("ratechange", () => {
    if (speed) speed.value = String(media.playbackRate);
  });

  document.addEventListener("click", (event) => {
    const line = event.target.closest?.("[data-start]");
    if (!line) return;
    media.currentTime = Number(line.dataset.start);
    play();
  });

  let current = null;
  media.addEventListener("timeupdate", () => {
    const lines = [...document.querySelectorAll("[data-start]")];
    const now = lines.findLast((line) => Number(line.dataset.start) <= media.currentTime + 0.05);
    if (now === current) return;
    current?.removeAttribute("aria-current");
    now?.setAttribute("aria-current", "true");
    current = now;
    const list = now?.closest(".transcript-lines");
    // Only the list moves, never the page, and never under somebody who is reading in it.
    if (list && !list.contains(document.activeElement) && !list.matches(":hover")) {
      list.scrollTop = now.offsetTop - list.offsetTop - list.clientHeight / 2;
    }
  });
})();
