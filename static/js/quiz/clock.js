// @ts-check
/** The clock on the page: what is left, warnings, and the end. */
import { announce, toast } from "../shared/notices.js";
import { need } from "../shared/page.js";
import { timeLeft } from "../shared/times.js";
import { arrival, form, page, timer, word } from "./attempt.js";
import { handInAtTheEnd } from "./handing-in.js";
import { LONGEST_WAIT_MS, over, takeTime, tell } from "./sending.js";

export function tick() {
  if (!timer || page.isLeaving) return;
  const { left, due } = timer;
  const shown = need(document, "#quiz-left", HTMLElement);
  shown.textContent = word("left", { time: timeLeft(left) });
  shown.parentElement?.classList.toggle("is-short", left <= 60);
  if (due) {
    announce(word(due > 60 ? "fiveMinutes" : "oneMinute"));
    toast(word(due > 60 ? "fiveMinutes" : "oneMinute"), "info");
    askClock(); // the host may have given more
  }
  if (left === 0 && !page.isTimeUp && !isAsking) askClock().then(() => timer?.left === 0 && handInAtTheEnd());
}

let isAsking = false;

/** Asks how long there is left: the machine has slept, the page is an old one, or the host may have given more. */
export async function askClock() {
  if (page.isLeaving || isAsking) return;
  isAsking = true;
  try {
    const answer = await fetch(form.dataset.clock ?? "", {
      headers: { Accept: "application/json" },
      cache: "no-store",
      signal: AbortSignal.timeout(LONGEST_WAIT_MS),
    });
    const told = await answer.json();
    if (told.over) over(told.over, told.handedIn);
    else if (told.interrupted) tell("interrupted", "");
    else takeTime(told);
  } catch {
    // No connection: the steady clock goes on.
  } finally {
    isAsking = false;
  }
}

export function startClock() {
  if (!timer) return;
  tick();
  setInterval(tick, 1000);
  if (arrival?.type === "back_forward") askClock();
}
