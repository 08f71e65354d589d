// @ts-check
/**
 * <div hx-get="…still-in/" hx-trigger="foyer:rights, every 15s" data-hears="/events/…/">: whether its reader still
 * has access is asked at once when somebody's rights on the item have changed, not only by the clock. The page and
 * each answer bring the ticket for the event stream. Without a stream the clock alone asks.
 */
import { all, allListen } from "./page.js";

/** @param {HTMLElement} asking */
function hear(asking) {
  /** @type {EventSource | undefined} */
  let stream;
  let isRefused = false;

  const listen = () => {
    if (document.hidden || isRefused || (stream && stream.readyState !== EventSource.CLOSED)) return;
    const opened = new EventSource(asking.dataset.hears ?? "");
    const ask = (/** @type {MessageEvent} */ { data }) =>
      void setTimeout(
        () => asking.dispatchEvent(new CustomEvent("foyer:rights")),
        Math.random() * (JSON.parse(data).w || 0),
      );
    opened.addEventListener("rights", ask);
    opened.addEventListener("missed", ask);
    // Too many windows of one person, or no stream here at all: the clock is enough.
    opened.addEventListener("crowded", () => refuse(opened));
    opened.addEventListener("error", () => opened.readyState === EventSource.CLOSED && refuse(opened));
    stream = opened;
  };

  /** @param {EventSource} opened */
  const refuse = (opened) => {
    opened.close();
    isRefused = true;
  };

  asking.addEventListener("htmx:afterRequest", listen);
  document.addEventListener("visibilitychange", () => {
    // A window in the background keeps no connection; it asks when it is looked at again.
    if (document.hidden) stream?.close();
    else asking.dispatchEvent(new CustomEvent("foyer:rights"));
  });
  addEventListener("pagehide", () => stream?.close());
  allListen().then(listen);
}

export function start() {
  all(document, "[data-hears]").forEach(hear);
}
