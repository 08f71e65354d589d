// @ts-check
/** Sends answers, says on the page whether they are saved, and takes what the site answers. */
import { toast } from "../shared/notices.js";
import { headers, need, windowMemory } from "../shared/page.js";
import { changeIn } from "../shared/session.js";
import { form, isAtItsAddress, otherTabs, page, sectionOf, timer, word } from "./attempt.js";
import * as fields from "./fields.js";
import { countUp, drop, forgetAll, keptHere } from "./kept.js";
import { outlivesThePage, Saving } from "./saving.js";
import { look, say, showLate, tellAt } from "./showing.js";

/** @typedef {import("./saving.js").Outcome} Outcome */
/** @typedef {import("./saving.js").State} State */

export const LONGEST_WAIT_MS = 8000;
/** For a long text on a slow line. */
const LONGEST_SAVE_MS = 20_000;

/** @type {Map<string, string>} what was sent last of each question */
const sent = new Map();
/** @type {Set<string>} what the site has not taken */
const refusedHere = new Set();

/** @type {Partial<Record<State, string>>} */
const SENTENCES = {
  offline: "offline",
  failed: "failed",
  signedOut: "signedOut",
  noAccess: "noAccess",
  interrupted: "interrupted",
};

/** @param {State} state @param {string} at */
export function tell(state, at) {
  const isUnreached = state === "offline" || state === "failed";
  const failed = isUnreached && page.isTimeUp ? "late" : SENTENCES[state];
  if (failed) say(word(failed), true);
  else say(state === "saving" ? word("saving") : word("saved", { time: at }));
}

/** @param {string} address */
export function goTo(address) {
  page.isLeaving = true;
  saving.end();
  forgetAll();
  location.assign(address);
}

/**
 * The attempt is over. What came too late stays to be read; else the result is shown.
 * @param {string} address of the result
 * @param {boolean} [isHandedIn] elsewhere, before the time was up
 */
export function over(address, isHandedIn = false) {
  if (page.isLeaving) return;
  const late = keptHere();
  if (!Object.keys(late).length) return goTo(address);
  page.isLeaving = true;
  saving.end();
  forgetAll();
  say("");
  showLate(address, late, isHandedIn);
}

/** Whether a page of the site would come now. */
export async function isReached() {
  try {
    const answer = await fetch(form.dataset.clock ?? "", {
      cache: "no-store",
      redirect: "manual",
      signal: AbortSignal.timeout(LONGEST_WAIT_MS),
    });
    return answer.status < 500;
  } catch {
    return false;
  }
}

/** @param {Response} answer @returns {Outcome} */
function failure(answer) {
  const how = changeIn(
    /** @type {any} */ ({ getResponseHeader: (/** @type {string} */ name) => answer.headers.get(name) }),
  );
  if (how === "ended" || answer.type === "opaqueredirect") return { kind: "signedOut" };
  if (how === "changed") return { kind: "failed" }; // with fresh tokens the next try is taken
  return { kind: answer.status === 403 || answer.status === 404 ? "noAccess" : "failed" };
}

let isReloading = false;

/** The time may have an end from now on, or none any more: the page begins anew, once all is saved. @param {string} said */
async function beginAnew(said) {
  if (isReloading) return;
  isReloading = true;
  if (await saving.flush()) {
    if (said) windowMemory.set(TIME_TOLD, said);
    return isAtItsAddress() ? location.reload() : location.replace(form.action);
  }
  isReloading = false;
  toast(said);
}

const TIME_TOLD = "foyer-quiz-time";

/** Of a time that had changed when the page began anew. */
export function tellTimeAgain() {
  toast(windowMemory.get(TIME_TOLD) ?? "");
  windowMemory.forget(TIME_TOLD);
}

/**
 * How long there is left. Where the site names another end than this page knew, it is said, once.
 * @param {{ left: number | null, until?: string, ends?: string }} told as the site says: seconds
 */
export function takeTime({ left, until, ends = "" }) {
  const known = need(form, "input[name=until]", HTMLInputElement);
  const isChanged = until !== undefined && until !== known.value;
  const said = !isChanged ? "" : until ? word("timeChanged", { end: ends }) : word("noLimit");
  if (isChanged) known.value = until;
  if (!timer !== (left === null)) return void beginAnew(said);
  if (timer && left !== null) timer.set(left);
  toast(said);
}

/** What the site has and the form need not send once more. A reflection point is seen by being sent. */
export const isSaved = (/** @type {HTMLElement} */ question) =>
  !refusedHere.has(question.dataset.question ?? "") && fields.isAnsweredOrNotSeen(question);

/** @param {string} question @param {any} told what the site has now */
function take(question, told) {
  const section = sectionOf(question);
  refusedHere.delete(question);
  takeTime(told);
  if (!section) return drop(question);
  const isChanged = !told.wasNewer && sent.get(question) !== String(fields.bodyOf(section));
  const typed = fields.typedIn(section);
  if (told.wasNewer) {
    // What was typed meanwhile is older than it, too.
    saving.forget(question);
    fields.apply(section, told.response);
  }
  fields.setRevision(section, told.revision);
  fields.setUnread(section, told.isUnread);
  const isLost = typed && typed !== fields.typedIn(section);
  tellAt(
    question,
    told.wasNewer ? word("newer") : told.note,
    isLost ? word("newerTyped", { text: typed }) : "",
  );
  if (!isChanged) drop(question);
  const { response, revision, isUnread } = told;
  otherTabs?.postMessage({ question, response, revision, isUnread });
  look(section);
}

/** @param {string} question @returns {Promise<Outcome>} */
async function send(question) {
  const section = sectionOf(question);
  const kept = keptHere()[question];
  const address = section?.dataset.save ?? kept?.address;
  if (!address) return { kind: "refused" };
  const body = section ? fields.bodyOf(section) : new URLSearchParams(kept?.body);
  sent.set(question, String(body));
  const from = countUp(question, page);
  body.set("page", from.page);
  body.set("count", String(from.count));
  try {
    const answer = await fetch(address, {
      method: "POST",
      headers: { ...headers(), Accept: "application/json" },
      body,
      redirect: "manual",
      keepalive: outlivesThePage(body),
      signal: AbortSignal.timeout(LONGEST_SAVE_MS),
    });
    if (answer.status === 409 || answer.status === 422) return refused(question, await answer.json());
    if (!answer.ok) return failure(answer);
    const told = await answer.json();
    take(question, told);
    return { kind: "saved", at: told.at };
  } catch {
    return { kind: navigator.onLine ? "failed" : "offline" };
  }
}

/** @param {string} question @param {{ over?: string, handedIn?: boolean, interrupted?: boolean, message?: string }} told @returns {Outcome} */
function refused(question, told) {
  if (told.interrupted) return { kind: "interrupted" }; // sent again: the host may let the person go on
  if (told.over) {
    over(told.over, told.handedIn);
    return { kind: "over" };
  }
  refusedHere.add(question);
  if (sectionOf(question)) tellAt(question, told.message ?? "");
  else toast(told.message ?? ""); // of another page of the attempt
  say("");
  drop(question);
  return { kind: "refused" };
}

export const saving = new Saving({ send, tell });
