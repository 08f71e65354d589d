// @ts-check
/**
 * The waveform of a sound as its slider: [data-waveform] holds how loud it is over its length, two hexadecimal digits
 * per bar, and the slider's track is cut out in that shape, as many bars as the width has room for.
 */
import { all } from "../shared/page.js";

const BAR_PX = 3;
const STEP_PX = 5;
const HEIGHT_PX = 100;

/** @param {string} text @returns {number[]} 0 to 1 */
export const heightsIn = (text) => (text.match(/../g) ?? []).map((one) => Number.parseInt(one, 16) / 255);

/**
 * As many of them as are wanted, each the loudest of those it stands for.
 * @param {number[]} heights
 * @param {number} wanted
 */
export function fewer(heights, wanted) {
  const count = Math.max(1, Math.min(wanted, heights.length));
  const at = (/** @type {number} */ one) => Math.floor((one * heights.length) / count);
  return Array.from({ length: count }, (_, one) => Math.max(...heights.slice(at(one), at(one + 1))));
}

/**
 * @param {number[]} heights
 * @param {number} width in pixels
 */
export function drawn(heights, width) {
  const bars = fewer(heights, Math.floor(width / STEP_PX));
  const step = width / bars.length;
  const rects = bars.map((one, at) => {
    const height = Math.max(BAR_PX, one * HEIGHT_PX);
    const place = `x="${(at * step).toFixed(2)}" y="${((HEIGHT_PX - height) / 2).toFixed(2)}"`;
    const size = `width="${Math.max(BAR_PX, step - 2).toFixed(2)}" height="${height.toFixed(2)}"`;
    return `<rect ${place} ${size} rx="1.5"/>`;
  });
  const box = `viewBox="0 0 ${width} ${HEIGHT_PX}" preserveAspectRatio="none"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${box}>${rects.join("")}</svg>`;
}

const [wave] = globalThis.document ? all(document, "[data-waveform]") : [];
if (wave) {
  const heights = heightsIn(wave.dataset.waveform ?? "");
  new ResizeObserver(([{ contentRect }]) => {
    const width = Math.floor(contentRect.width);
    if (!width) return;
    const mask = `url("data:image/svg+xml,${encodeURIComponent(drawn(heights, width))}")`;
    wave.style.setProperty("--waveform", mask);
  }).observe(wave);
}
