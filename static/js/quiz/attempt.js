// @ts-check
/** The page of an open attempt: its form, its words, what it has sent so far, and how long there is left. */
import { all, need, wordsOf } from "../shared/page.js";
import { Timer } from "./timer.js";

export const word = wordsOf("quiz-words");
export const form = need(document, "#quiz-form", HTMLFormElement);
export const line = need(document, "#quiz-saving", HTMLElement);
export const { attempt = "" } = form.dataset;

/** What a form without script was answered with may stand at an address that is only sent to. */
export const isAtItsAddress = () => new URL(form.action).pathname === location.pathname;

/** This open page: what it sends, counted, is never its own rival. */
export const page = {
  name: [...crypto.getRandomValues(new Uint8Array(8))].map((one) => one.toString(36)[0]).join(""),
  count: 0,
  isLeaving: false,
  isTimeUp: false,
};

export const otherTabs =
  "BroadcastChannel" in globalThis ? new BroadcastChannel(`foyer-quiz-${attempt}`) : undefined;

/** @param {string} question */
export const sectionOf = (question) =>
  /** @type {HTMLElement | null} */ (document.querySelector(`[data-question="${CSS.escape(question)}"]`));
export const questions = () => all(form, "[data-save]");

export const arrival = /** @type {PerformanceNavigationTiming | undefined} */ (
  performance.getEntriesByType("navigation")[0]
);
export const timer = form.dataset.left
  ? new Timer(Number(form.dataset.left), {
      at: arrival?.type === "back_forward" ? undefined : arrival?.responseStart,
    })
  : undefined;
