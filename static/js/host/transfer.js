// @ts-check
/** One form on its way to the site, with how far it is. */
import { lineIsBack } from "../shared/notices.js";
import { language, percent, size, word } from "../shared/page.js";

/** @param {number} seconds */
function remaining(seconds) {
  const [value, unit] = seconds < 90 ? [seconds, "second"] : [seconds / 60, "minute"];
  const number = new Intl.NumberFormat(language, {
    style: "unit",
    unit,
    unitDisplay: "long",
    maximumFractionDigits: 0,
  });
  return word("timeLeft", { time: number.format(Math.max(1, value)) });
}

/**
 * The page asks before it is left meanwhile.
 *
 * @param {string} address
 * @param {FormData} body
 * @param {{
 *   headers?: Record<string, string>,
 *   onProgress: (percent: number, facts: string) => void,
 *   onArrived: () => void,
 *   onAnswer: (request: XMLHttpRequest) => void,
 *   onBroken: () => void,
 *   onCancelled: () => void,
 * }} tell one of the last three is called once, at the end
 * @returns {() => void} cancels it
 */
export function transfer(address, body, { headers = {}, ...tell }) {
  const request = new XMLHttpRequest();
  const began = performance.now();
  /** @param {Event} event */
  const warn = (event) => event.preventDefault();

  request.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => {
    if (!lengthComputable) return;
    const done = Math.floor((loaded / total) * 100);
    const speed = loaded / Math.max(0.001, (performance.now() - began) / 1000);
    const facts = [percent(done), word("ofSize", { done: size(loaded), all: size(total) })];
    facts.push(`${size(speed)}/s`, remaining((total - loaded) / speed));
    tell.onProgress(done, facts.join(" · "));
  });
  request.upload.addEventListener("load", tell.onArrived);
  for (const end of ["load", "error", "abort"])
    request.addEventListener(end, () => removeEventListener("beforeunload", warn));
  request.addEventListener("load", () => {
    lineIsBack();
    tell.onAnswer(request);
  });
  request.addEventListener("error", tell.onBroken);
  request.addEventListener("abort", tell.onCancelled);

  addEventListener("beforeunload", warn);
  request.open("POST", address);
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  request.send(body);
  return () => request.abort();
}
