// @ts-check
/**
 * Leaving the page by its buttons, and handing in: once all is saved, and only for a site that answers. Until then a hand
 * in waits in sight, and can be taken back.
 */
import { announce, toast } from "../shared/notices.js";
import { need } from "../shared/page.js";
import { form, page, questions, word } from "./attempt.js";
import { leaveOut } from "./fields.js";
import * as kept from "./kept.js";
import { missing } from "./missing.js";
import { isReached, isSaved, saving, tell } from "./sending.js";
import { comeToNotice, offerHandIn, say, showNotice } from "./showing.js";

/** @type {HTMLElement | null | undefined} what was pressed and goes on once all is saved */
let pressed;
let isShownWaiting = false;
/** Nothing waits: the notice asks, or says that it does not. */
let isAsking = false;

async function goOn() {
  if (page.isLeaving || pressed === undefined) return;
  const submitter = pressed;
  const mayGoOn = saving.isClean && (await isReached());
  if (page.isLeaving || pressed !== submitter) return;
  if (!mayGoOn) return wait();
  if (!saving.isClean) return tryAgain();
  kept.waitNoMore();
  page.isLeaving = true;
  page.count += 1;
  need(form, "input[name=page]", HTMLInputElement).value = page.name;
  need(form, "input[name=count]", HTMLInputElement).value = String(page.count);
  // While the form tells of one press, it takes no other.
  setTimeout(() => form.requestSubmit(submitter));
}

/** A form of all answers can be longer than a site takes. @param {FormDataEvent} event */
export function withoutSaved({ formData }) {
  if (!page.isLeaving) return;
  const saved = questions().filter(isSaved);
  leaveOut(
    formData,
    saved.map((one) => one.dataset.question ?? ""),
  );
}

/** Only a hand in is remembered; whoever wanted to turn the page presses again. */
function wait() {
  if (page.isTimeUp || !saving.mayComeBack || !pressed?.matches("[data-hands-in]")) {
    if (saving.isClean) tell(navigator.onLine ? "failed" : "offline", "");
    if (!page.isTimeUp) pressed = undefined;
    return;
  }
  if (isShownWaiting) return;
  if (saving.isClean) say("");
  if (asksFirst(pressed)) return;
  isShownWaiting = true;
  kept.wait(pressed.matches("[name=anyway]"));
  showNotice(word("handsInLater"), "takeBack");
}

/** What is missing is asked before anything is promised. @param {HTMLElement} button */
function asksFirst(button) {
  const { must, others } = missing();
  const isAgreed = button.matches("[name=anyway]");
  if (!must.length && (isAgreed || !others.length)) return false;
  pressed = undefined;
  isAsking = true;
  if (must.length) comeToNotice(word("mustFirst", { numbers: must.join(", ") }));
  else offerHandIn(word("asksFirst", { numbers: others.join(", ") }), true);
  return true;
}

/** A hand in that waited when the page went is not carried out, and is not lost without a word. */
export function tellOfWaiting() {
  const isAgreed = kept.waiting();
  if (isAgreed === undefined) return;
  if (document.querySelector("#review")) return kept.waitNoMore();
  isAsking = true;
  offerHandIn(word("notYet"), isAgreed);
}

function forgetPress() {
  kept.waitNoMore();
  pressed = undefined;
  isShownWaiting = false;
  isAsking = false;
  showNotice("");
}

/** A hand in that waits is not carried out. @param {boolean} isByChange something was changed meanwhile */
export function takeBack(isByChange) {
  if (isAsking && !page.isLeaving) return forgetPress();
  if (!isShownWaiting || page.isLeaving) return;
  forgetPress();
  if (isByChange) toast(word("takenBack"));
  else announce(word("takenBack"));
}

/** @param {SubmitEvent} event */
export async function onSubmit(event) {
  if (page.isLeaving) return;
  event.preventDefault();
  // Enter in a field saves and stays, as leaving the field does.
  if (event.submitter?.matches("[data-enter]")) return void saving.flush();
  if (isAsking) forgetPress();
  if (!event.submitter?.matches("[data-hands-in]")) takeBack(true);
  pressed = event.submitter;
  if (pressed?.matches("[data-hands-in]")) say(word("handingIn"));
  await saving.flush();
  await goOn();
}

export function handInAtTheEnd() {
  if (page.isTimeUp || page.isLeaving) return;
  forgetPress();
  page.isTimeUp = true;
  announce(word("timeUp"));
  say(word("timeUp"));
  const button = document.createElement("button");
  button.name = "time_up";
  button.value = "1";
  button.formNoValidate = true;
  button.hidden = true;
  button.setAttribute("formaction", form.dataset.handIn ?? "");
  form.append(button);
  pressed = button;
  saving.flush().then(goOn);
}

export function tryAgain() {
  if (pressed !== undefined) saving.flush().then(goOn);
  else if (!saving.isClean) saving.flush();
}

/** What was pressed waits for a line that is back. */
export const tryPressed = () => pressed !== undefined && tryAgain();

/** The page is shown again, by Back. */
export function stay() {
  page.isLeaving = false;
  forgetPress();
}
