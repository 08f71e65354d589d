// @ts-check
/**
 * A question is tried in its preview while it is written. Each change of its form asks for the preview anew; what is
 * typed into it stays, and neither a press nor its verdict is lost to a preview that says nothing new.
 */
import { all } from "../shared/page.js";
import { bodyOf, putBack } from "./fields.js";
import { afterPress, isPressed } from "./press.js";

/** What the form said when the site was last asked for the preview, or for a verdict, which comes with it.
 * @type {WeakMap<Element, string>} */
const asked = new WeakMap();

/** @param {Element} preview */
function written(preview) {
  const [form] = all(preview.parentElement ?? preview, "form.panel");
  if (!form) return "";
  const files = all(form, "input[type=file]").flatMap((field) =>
    field instanceof HTMLInputElement ? [...(field.files ?? [])] : [],
  );
  return [bodyOf(form), ...files.map((file) => `${file.size} ${file.lastModified}`)].join("\n");
}

const questionIn = (/** @type {Element} */ preview) => all(preview, ".quiz-question")[0];

export function start() {
  document.addEventListener("htmx:confirm", (event) => {
    const { elt } = event.detail;
    const preview = elt.closest(".question-preview");
    if (!preview) return;
    const now = written(preview);
    if (elt === preview && asked.get(preview) === now) event.preventDefault();
    else asked.set(preview, now);
  });
  for (const name of /** @type {const} */ (["htmx:sendError", "htmx:responseError", "htmx:timeout"]))
    document.addEventListener(name, ({ detail: { elt } }) => {
      const preview = elt.closest(".question-preview");
      if (preview) asked.delete(preview);
    });

  /** @type {URLSearchParams | undefined} */
  let tried;
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const { target } = detail;
    if (!target.matches(".question-preview")) return;
    if (isPressed()) {
      detail.shouldSwap = false;
      asked.delete(target);
      afterPress(() => htmx.trigger(target, "again"));
      return;
    }
    const question = questionIn(target);
    tried = question && bodyOf(question);
  });
  document.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
    const question = tried && target.matches(".question-preview") ? questionIn(target) : undefined;
    if (tried && question) putBack(question, tried);
    tried = undefined;
  });
}
