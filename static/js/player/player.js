// @ts-check
/**
 * Keys, speed and transcript for the one video or audio of the page; the controls are the browser's. Keys work only
 * while the player has the focus, so that letters typed into fields do nothing else.
 */
import { all, around, shortcutOf } from "../shared/page.js";

/**
 * @param {HTMLMediaElement} media
 * @returns {Record<string, () => unknown>} what a key does
 */
function keysOf(media) {
  /** @param {number} seconds */
  const seek = (seconds) => {
    media.currentTime = Math.max(0, Math.min(media.currentTime + seconds, media.duration || 0));
  };
  return {
    k: () => (media.paused ? play(media) : media.pause()),
    j: () => seek(-10),
    l: () => seek(10),
    arrowleft: () => seek(-5),
    arrowright: () => seek(5),
    m: () => {
      media.muted = !media.muted;
    },
    f: () => media instanceof HTMLVideoElement && wholeScreen(media),
    c: () => switchCaptions(media),
  };
}

/** @param {HTMLMediaElement} media */
const play = (media) => media.play().catch(() => {}); // a browser may refuse; its own button is there

/** @param {HTMLMediaElement} media */
function switchCaptions(media) {
  const tracks = [...media.textTracks].filter((track) => track.kind === "captions");
  const shown = tracks.find((track) => track.mode === "showing");
  if (shown) shown.mode = "disabled";
  else if (tracks.length) tracks[0].mode = "showing";
}

/** @param {HTMLVideoElement} video */
function wholeScreen(video) {
  if (document.fullscreenElement) document.exitFullscreen();
  else if (video.requestFullscreen) video.requestFullscreen().catch(() => {});
  else video.webkitEnterFullscreen?.();
}

/**
 * @param {HTMLElement} stage
 * @param {HTMLMediaElement} media
 */
function listenForKeys(stage, media) {
  const bar = document.querySelector("[data-player-bar]");
  const speed = bar?.querySelector("select[data-speed]");
  const keys = keysOf(media);

  // Space, and arrows up and down, are left to the browser: it knows which of its own controls inside the
  // player has the focus, and we do not.
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.length !== 1 && event.target !== media) return;
    if (around(event, "*")?.matches("select, input, textarea")) return;
    const act = keys[shortcutOf(event)];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  for (const part of [stage, bar]) {
    if (part instanceof HTMLElement) part.addEventListener("keydown", onKey, true);
  }
  if (!(speed instanceof HTMLSelectElement)) return;
  speed.addEventListener("change", () => {
    media.playbackRate = Number(speed.value);
  });
  media.addEventListener("ratechange", () => {
    speed.value = String(media.playbackRate);
  });
}

/**
 * Long transcripts come in parts: fetches the one before or after when the player has gone there.
 * @param {number} seconds
 */
function turnTranscript(seconds) {
  const body = document.querySelector(".transcript-body");
  if (!body || body.contains(document.activeElement) || body.matches(":hover")) return;
  const [later] = all(body, "[data-transcript=later]");
  const [earlier] = all(body, "[data-transcript=earlier]");
  const [first] = all(body, "[data-start]");
  const wanted =
    later && seconds >= Number(later.dataset.partStart)
      ? later
      : earlier && first && seconds < Number(first.dataset.start)
        ? earlier
        : undefined;
  if (!wanted || wanted.dataset.asked) return;
  wanted.dataset.asked = "yes";
  wanted.click();
}

/** @param {HTMLMediaElement} media */
function followTranscript(media) {
  document.addEventListener("click", (event) => {
    const line = around(event, "[data-start]");
    if (!line) return;
    media.currentTime = Number(line.dataset.start);
    play(media);
  });

  /** @type {HTMLElement | undefined} */
  let current;
  media.addEventListener("timeupdate", () => {
    turnTranscript(media.currentTime);
    const lines = all(document, "[data-start]");
    const now = lines.findLast((line) => Number(line.dataset.start) <= media.currentTime + 0.05);
    if (now === current) return;
    current?.removeAttribute("aria-current");
    now?.setAttribute("aria-current", "true");
    current = now;
    const list = now?.closest(".transcript-lines");
    // Only the list scrolls, never the page, and not while somebody is reading in it.
    if (
      now &&
      list instanceof HTMLElement &&
      !list.contains(document.activeElement) &&
      !list.matches(":hover")
    ) {
      list.scrollTop = now.offsetTop - list.offsetTop - list.clientHeight / 2;
    }
  });
}

const stage = document.querySelector("[data-player]");
const media = stage?.querySelector("video, audio");
if (stage instanceof HTMLElement && media instanceof HTMLMediaElement) {
  listenForKeys(stage, media);
  followTranscript(media);
}
