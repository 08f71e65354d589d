// @ts-check
/** Leaving the page by its buttons, and handing in: once all is saved. */
import { announce } from "../shared/notices.js";
import { need } from "../shared/page.js";
import { form, line, page, questions, word } from "./attempt.js";
import { leaveOut } from "./fields.js";
import { isSaved, saving, tell } from "./sending.js";

/** @type {HTMLElement | null | undefined} what was pressed and goes on once all is saved */
let pressed;
let isTimeUp = false;

function goOn() {
  if (page.isLeaving || pressed === undefined || !saving.isClean) return;
  const submitter = pressed;
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

/** @param {SubmitEvent} event */
export async function onSubmit(event) {
  if (page.isLeaving) return;
  event.preventDefault();
  pressed = event.submitter;
  if (pressed?.matches("[data-hands-in]")) line.textContent = word("handingIn");
  await saving.flush();
  if (!navigator.onLine) tell("offline", "");
  else goOn();
}

export function handInAtTheEnd() {
  if (isTimeUp) return;
  isTimeUp = true;
  announce(word("timeUp"));
  line.textContent = word("timeUp");
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
  pressed = undefined;
}

/** Whether the end of the time hands it in already. */
export const isEnding = () => isTimeUp;
