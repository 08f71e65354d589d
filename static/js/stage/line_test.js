// @ts-check
/** How good the line to this site is: measured on the page where devices are tried. */
import { fill, headers, need } from "../shared/page.js";

const WAYS = 5;
const MOST_SHOWN = 100; // megabits: more than that makes no difference

/** @typedef {{ down: number, up: number, way: number }} Measured megabits a second, and milliseconds there and back */

/**
 * What that is enough for: a picture, or sound alone, or neither.
 * @param {Measured} measured
 * @returns {"picture" | "sound" | "poor"}
 */
export function enoughFor({ down, up, way }) {
  if (down >= 1.5 && up >= 1 && way <= 300) return "picture";
  if (down >= 0.2 && up >= 0.1 && way <= 800) return "sound";
  return "poor";
}

/** @param {number[]} numbers */
export const middle = (numbers) =>
  numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)];

/**
 * @param {string} address
 * @param {RequestInit} [how]
 * @returns {Promise<number>} milliseconds until all is there
 */
async function timed(address, how = {}) {
  const began = performance.now();
  const answer = await fetch(address, { cache: "no-store", ...how, headers: headers() });
  if (!answer.ok) throw new Error(String(answer.status));
  await answer.arrayBuffer();
  return performance.now() - began;
}

/**
 * @param {string} address
 * @param {number} bytes
 * @returns {Promise<Measured>}
 */
export async function measure(address, bytes) {
  const ways = [];
  for (let count = 0; count < WAYS; count += 1) ways.push(await timed(`${address}?empty`));
  const way = middle(ways);
  const body = crypto.getRandomValues(new Uint8Array(65_536));
  const sent = new Blob(Array.from({ length: bytes / body.length }, () => body));
  /** @param {number} milliseconds the way itself is no part of how much goes through */
  const speed = (milliseconds) => (bytes * 8) / 1000 / Math.max(1, milliseconds - way);
  const down = speed(await timed(address));
  const up = speed(await timed(address, { method: "POST", body: sent }));
  return { down, up, way };
}

/** @param {HTMLElement} node #line-test, which has the words */
function offer(node) {
  const button = need(node, "button", HTMLButtonElement);
  const says = need(node, "#line-says", HTMLElement);
  const { address = "", bytes = "", measuring = "", failed = "", numbers = "", ...words } = node.dataset;
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    says.textContent = measuring;
    try {
      const measured = await measure(address, Number(bytes));
      const { language } = document.documentElement.dataset;
      const shown = new Intl.NumberFormat(language ?? document.documentElement.lang, {
        maximumFractionDigits: 1,
      });
      /** @param {number} megabits */
      const speed = (megabits) =>
        megabits > MOST_SHOWN ? `${shown.format(MOST_SHOWN)}+` : shown.format(megabits);
      const told = {
        down: speed(measured.down),
        up: speed(measured.up),
        way: shown.format(Math.round(measured.way)),
      };
      says.textContent = `${words[enoughFor(measured)]} ${fill(numbers, told)}`;
    } catch {
      says.textContent = failed;
    }
    button.removeAttribute("aria-disabled");
  });
}

const node = globalThis.document?.getElementById("line-test");
if (node) offer(node);
