// @ts-check
/**
 * A picture that was chosen for a question and is not sent before it is saved stands in its preview. As a `data:`
 * address: why, says SECURE_CSP in config/settings.py.
 */
import { all, around } from "../shared/page.js";

const MOST_PX = 1600;
const EVERY_FORM = ".sheet-form";
const CHOSEN = "input[type=file][name=picture_file]";

/** @type {WeakMap<File, Promise<string>>} */
const drawn = new WeakMap();

/**
 * No larger than a preview needs, and on white, as it will be kept. Rejects for what is no picture.
 * @param {File} file
 */
async function draw(file) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, MOST_PX / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no canvas");
  pen.fillStyle = "white";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas.toDataURL("image/jpeg", 0.85);
}

/** @param {File} file */
function drawnOnce(file) {
  const made = drawn.get(file) ?? draw(file);
  drawn.set(file, made);
  return made;
}

/** @param {Element | null} form @returns {File | undefined} */
function chosenIn(form) {
  const [field] = form ? all(form, CHOSEN) : [];
  return field instanceof HTMLInputElement ? field.files?.[0] : undefined;
}

/** @param {Element} form */
async function show(form) {
  const file = chosenIn(form);
  if (!file) return;
  const address = await drawnOnce(file).catch(() => "");
  for (const picture of all(form, "[data-chosen-picture]")) {
    if (!(picture instanceof HTMLImageElement)) continue;
    if (!address) picture.remove();
    else if (chosenIn(form) === file && picture.src !== address) picture.src = address;
  }
}

export function start() {
  document.addEventListener("htmx:configRequest", ({ detail: { elt, parameters } }) => {
    if (elt.closest(".question-preview") && chosenIn(elt.closest(EVERY_FORM)))
      parameters.picture_chosen = "yes";
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const form = around(event, EVERY_FORM);
    if (form) void show(form);
  });
}
