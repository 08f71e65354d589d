// @ts-check
/**
 * The sign-in ended, or changed in another tab, while this page was open. What was typed and picked stays where it is:
 * the page says so, and when its person is back it gets fresh tokens, so that the next press works.
 *
 * The server says it in the header of its answer to a form (access/accounts/ended_sessions.py).
 */
import { toast } from "./notices.js";
import { word } from "./page.js";

let isOld = false;
let signIn = "";

/** @param {Document} page */
function takeTokens(page) {
  const fresh = page.body.getAttribute("hx-headers");
  const token = fresh && JSON.parse(fresh)["X-CSRFToken"];
  if (!token) return false;
  document.body.setAttribute("hx-headers", fresh);
  /** @type {NodeListOf<HTMLInputElement>} */
  const fields = document.querySelectorAll("input[name=csrfmiddlewaretoken]");
  for (const field of fields) field.value = token;
  return true;
}

async function renew() {
  try {
    const answer = await fetch(signIn, { headers: { Accept: "text/html" }, cache: "no-store" });
    if (takeTokens(new DOMParser().parseFromString(await answer.text(), "text/html"))) isOld = false;
  } catch {
    // No connection: tried again when the page is looked at next.
  }
}

/**
 * A form was answered. Has the sign-in ended or changed?
 * @param {XMLHttpRequest} answer
 * @returns {"ended" | "changed" | undefined}
 */
export function changeIn(answer) {
  const how = answer.getResponseHeader("Foyer-Session");
  if (how !== "ended" && how !== "changed") return;
  signIn = answer.getResponseHeader("Foyer-Sign-In") ?? "/";
  isOld = true;
  tell(how);
  return how;
}

/** @param {"ended" | "changed"} how */
async function tell(how) {
  if (how === "changed") await renew();
  if (how === "changed" && !isOld) toast(word("signInChanged"), "warning");
  else toast(word("signedOut"), "warning", { text: word("signInAgain"), address: signIn });
}

export function start() {
  document.addEventListener("htmx:responseError", ({ detail }) => void changeIn(detail.xhr));
  const look = () => isOld && !document.hidden && renew();
  document.addEventListener("visibilitychange", look);
  addEventListener("focus", look);
}
