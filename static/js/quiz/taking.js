// @ts-check
/**
 * The page of an open attempt: saves each answer as it is given and says so, keeps what could not be sent, counts the
 * time, and hands in when it is up. Without it the page is a plain form.
 */
import { toast } from "../shared/notices.js";
import { all, around } from "../shared/page.js";
import { form, otherTabs, page, questions, sectionOf, word } from "./attempt.js";
import { askClock, startClock } from "./clock.js";
import * as fields from "./fields.js";
import { onField, onPress, takeEarlier } from "./giving.js";
import { onSubmit, stay, takeBack, tellOfWaiting, tryAgain, tryPressed, withoutSaved } from "./handing-in.js";
import { drop, keptHere } from "./kept.js";
import { over, saving, tellTimeAgain } from "./sending.js";
import { countElsewhere, enhance, look, tellAt } from "./showing.js";

const ASK_AGAIN_MS = 5000;

function giveBack() {
  const kept = Object.entries(keptHere());
  for (const [question, { body }] of kept) {
    const section = sectionOf(question);
    const heard = new URLSearchParams(body);
    if (section?.dataset.save) {
      fields.putBack(section, heard);
      // The site knows what this page had heard of: a newer answer of another tab stays.
      fields.setRevision(section, Number(heard.get(`${question}.revision`) ?? 0));
    }
    saving.change(question);
  }
  if (kept.length) toast(word("isBack"));
}

/** Its button goes; the focus comes to what it has brought. @param {HTMLElement} question */
function showHint(question) {
  const [button] = all(question, "[data-hint]");
  button?.remove();
  if (button) all(question, ".quiz-hint")[0]?.focus();
}

for (const name of ["input", "change"]) form.addEventListener(name, onField);
form.addEventListener("input", () => takeBack(true));
form.addEventListener("click", onPress);
form.addEventListener("click", (event) => {
  if (around(event, "[data-take-back]")) takeBack(false);
  else if (around(event, "[data-move], [data-clear]")) takeBack(true);
});
form.addEventListener("submit", onSubmit);
form.addEventListener("formdata", withoutSaved);
form.addEventListener("foyer:question", () => enhance(form));
form.addEventListener("foyer:over", ({ detail }) => over(detail.over, detail.handedIn));
addEventListener("online", tryAgain);
addEventListener("focus", tryAgain);
setInterval(tryPressed, ASK_AGAIN_MS);
addEventListener("pagehide", () => void saving.leave());
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  stay();
  askClock();
});
document.addEventListener("visibilitychange", () => (document.hidden ? saving.flush() : askClock()));
document.addEventListener("foyer:left", () => saving.end());
addEventListener("beforeunload", (event) => {
  if (!page.isLeaving && !saving.isClean) event.preventDefault();
});
document.addEventListener("htmx:configRequest", (event) => {
  const { elt, parameters } = event.detail;
  if (!form.contains(elt) || !("count" in parameters)) return;
  page.count += 1;
  const others = questions().filter((one) => !one.contains(elt));
  for (const name of Object.keys(parameters))
    if (others.some(({ dataset }) => name.split(".")[0] === dataset.question)) delete parameters[name];
  parameters.page = page.name;
  parameters.count = String(page.count);
});
document.addEventListener("htmx:afterSettle", (event) => {
  const question = around(event, "[data-question]");
  if (!question || !form.contains(question)) return;
  if (question.querySelector(".quiz-hint-head")) showHint(question);
  if (!question.dataset.save) {
    if ("answered" in question.dataset) countElsewhere(question);
    delete question.dataset.answered;
    saving.forget(question.dataset.question ?? "");
    drop(question.dataset.question ?? "");
  }
  all(question, "[data-verdict]")[0]?.focus();
  enhance(question);
});
otherTabs?.addEventListener("message", ({ data }) => {
  const section = sectionOf(data.question);
  if (!section?.dataset.save || saving.isWaiting(data.question)) return;
  if (fields.revisionOf(section) >= data.revision) return;
  fields.apply(section, data.response);
  fields.setRevision(section, data.revision);
  fields.setUnread(section, data.isUnread);
  tellAt(data.question, word("newer"));
  look(section);
});

for (const button of all(form, "[data-save-all]")) button.hidden = true;
enhance(form);
takeEarlier();
giveBack();
tellTimeAgain();
startClock();
tellOfWaiting();
if (location.hash === "#review") all(document, "#review")[0]?.focus();
