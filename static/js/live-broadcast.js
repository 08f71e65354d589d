// The viewer's side of a live event: hls.js under the player, how far behind live, and going on by
// itself after a pause or a loss. What there is to see is said by the fragment #broadcast-state.
(() => {
  const box = document.getElementById("broadcast");
  const video = document.getElementById("broadcast-video");
  const state = document.getElementById("broadcast-state");
  if (!box || !video || !state) return;
  const line = document.getElementById("broadcast-line");
  const behind = document.getElementById("broadcast-behind");
  const toLive = document.getElementById("broadcast-to-live");
  const sound = document.getElementById("broadcast-sound");
  // Further behind than this, the way back to live is offered.
  const NEAR_LIVE_SECONDS = 12;
  const AGAIN_MS = 2000;

  for (const note of box.querySelectorAll("[data-without-script]")) note.remove();

  let hls = null;
  let playlist = "";
  let picture = "";
  let away = false; // the sender's own window does not play what it sends
  let again = null;

  video.removeAttribute("src");
  video.load();
  if (globalThis.customElements?.get("media-controller")) video.removeAttribute("controls");

  async function play() {
    try {
      await video.play();
    } catch (error) {
      if (error.name !== "NotAllowedError" || video.muted) return;
      // Without a click the browser plays silent pictures only.
      video.muted = true;
      sound.hidden = false;
      video.play().catch(() => {});
    }
  }

  function detach() {
    clearTimeout(again);
    again = null;
    hls?.destroy();
    hls = null;
    playlist = "";
    video.removeAttribute("src");
    video.load();
  }

  function attach(address) {
    playlist = address;
    if (globalThis.Hls?.isSupported()) {
      hls = new Hls({ enableWorker: false, liveSyncDurationCount: 3, backBufferLength: 90 });
      hls.on(Hls.Events.MANIFEST_PARSED, play);
      hls.on(Hls.Events.ERROR, onError);
      hls.loadSource(address);
      hls.attachMedia(video);
    } else if (video.canPlayType("application/vnd.apple.mpegurl")) {
      video.src = address;
      play();
    }
  }

  // A picture that cannot be mended in place is begun anew, as long as there is one.
  function onError(_event, error) {
    if (!error.fatal) return;
    if (error.type === Hls.ErrorTypes.MEDIA_ERROR && !again) {
      again = setTimeout(() => (again = null), AGAIN_MS);
      hls.recoverMediaError();
      return;
    }
    const address = playlist;
    detach();
    playlist = address;
    again = setTimeout(() => {
      playlist = "";
      show();
    }, AGAIN_MS);
  }
  video.addEventListener("error", () => {
    if (hls || !playlist) return;
    again ??= setTimeout(() => {
      detach();
      show();
    }, AGAIN_MS);
  });

  function show() {
    const now = state.querySelector("[data-picture]");
    if (!now) return;
    const { picture: seen, playlist: address } = now.dataset;
    if (seen !== picture) {
      const isNews = picture !== "";
      picture = seen;
      box.dataset.picture = seen;
      const words = now.querySelector("[data-words]")?.textContent.trim();
      if (words && isNews) window.foyer?.announce(words);
      box.dispatchEvent(new CustomEvent("broadcast:picture", { detail: { picture: seen } }));
    }
    if (away || seen === "over" || !address) {
      if (playlist) detach();
    } else if (address !== playlist) {
      detach();
      attach(address);
    }
    box.dataset.playing = String(Boolean(playlist));
    line.hidden = !playlist;
  }

  const liveEdge = () => {
    if (hls) return hls.liveSyncPosition;
    return video.seekable.length ? video.seekable.end(video.seekable.length - 1) : null;
  };
  function seconds() {
    if (hls) return hls.latency;
    const edge = liveEdge();
    return edge === null ? 0 : edge - video.currentTime;
  }

  function tell() {
    if (!playlist || !video.readyState) return;
    const late = Math.round(seconds());
    toLive.hidden = late <= NEAR_LIVE_SECONDS && !video.paused;
    const words = line.dataset;
    const text = video.paused ? words.standing : words.behind.replace("{seconds}", late);
    behind.textContent = picture === "on" ? text : "";
    behind.dataset.seconds = String(late);
  }
  setInterval(tell, 1000);

  toLive.addEventListener("click", () => {
    const edge = liveEdge();
    if (edge !== null) video.currentTime = edge;
    play();
  });
  sound.addEventListener("click", () => {
    video.muted = false;
    sound.hidden = true;
  });
  video.addEventListener("volumechange", () => {
    if (!video.muted) sound.hidden = true;
  });

  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === state) show();
  });
  box.addEventListener("broadcast:sender", (event) => {
    away = event.detail.open;
    show();
  });
  show();
})();
