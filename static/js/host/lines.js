// @ts-check
/**
 * The review of a list of people: each line is a form of its own. Where lines are changed and not saved, *Invite* asks
 * first whether to save them; what they then are is looked through once more before anybody is invited.
 */
import { lineIsBack, tellOffline, toast } from "../shared/notices.js";
import { all, headers, language, need, showOver, word } from "../shared/page.js";
import { changesIn } from "../shared/typed.js";

const LINES = "form[data-line]";

/** @returns {HTMLFormElement[]} */
const changedLines = () =>
  all(document, LINES)
    .filter((form) => form instanceof HTMLFormElement)
    .filter((form) => Object.keys(changesIn(form)).length);

/** @param {HTMLFormElement} form @returns {Promise<boolean>} whether the site has taken it */
async function isSaved(form) {
  const body = new FormData(form);
  const answer = await fetch(form.action, { method: "POST", headers: headers(), body }).catch(() => null);
  if (answer) lineIsBack();
  if (answer?.ok && !answer.redirected) {
    form.dispatchEvent(new CustomEvent("foyer:sent", { bubbles: true }));
    return true;
  }
  if (answer) toast(word("wentWrong"), "error");
  else tellOffline();
  return false;
}

/** The list comes anew with the last. */
async function save() {
  const changed = changedLines();
  const last = changed.pop();
  for (const form of changed) if (!(await isSaved(form))) return;
  last?.requestSubmit();
}

/** @param {HTMLDialogElement} question */
function ask(question) {
  const numbers = changedLines().map((form) => form.dataset.line ?? "");
  const named = new Intl.ListFormat(language, { style: "long", type: "conjunction" }).format(numbers);
  need(question, "[data-lines-named]", HTMLElement).textContent = named;
  question.returnValue = "";
  showOver(question);
}

export function start() {
  const question = document.getElementById("unsaved-lines");
  if (!(question instanceof HTMLDialogElement)) return;
  let goesWithout = false;
  document.addEventListener(
    "submit",
    (event) => {
      const { target } = event;
      if (!(target instanceof HTMLFormElement) || target.id !== "batch-start") return;
      if (goesWithout || !changedLines().length) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(question);
    },
    true,
  );
  question.addEventListener("close", () => {
    if (question.returnValue === "save") save();
    if (question.returnValue !== "without") return;
    goesWithout = true;
    const form = document.getElementById("batch-start");
    if (form instanceof HTMLFormElement) form.requestSubmit();
    goesWithout = false;
  });
}
