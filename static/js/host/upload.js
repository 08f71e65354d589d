// @ts-check
/**
 * form[data-upload]: sends the form with a progress bar instead of a white page. The answers are those of the
 * ordinary form: a redirect when it worked, the form again (422) when it did not.
 */
import { announce, carryToasts } from "../shared/notices.js";
import { all, percent, word } from "../shared/page.js";
import { changeIn } from "../shared/session.js";
import { dressFileFields, fileFields, filesFit } from "./files.js";
import { transfer } from "./transfer.js";

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} className
 * @param {string} [text]
 */
function make(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

/** @param {HTMLFormElement} form */
function statusOf(form) {
  for (const old of all(form, ".upload-status, .upload-problem")) old.remove();
  const box = make("div", "upload-status");
  const words = make("p", "progress-words", word("uploading"));
  const bar = document.createElement("progress");
  const cancel = make("button", "button button-small", word("cancel"));
  bar.max = 100;
  bar.setAttribute("aria-label", word("uploading"));
  cancel.type = "button";
  box.append(words, bar, cancel);
  form.append(box);
  box.scrollIntoView({ block: "nearest" });
  return { box, words, bar, cancel };
}

/**
 * @param {HTMLFormElement} form
 * @param {Document} page
 */
function showFormAgain(form, page) {
  const fresh = page.querySelector("form[data-upload]");
  if (!(fresh instanceof HTMLFormElement)) return false;
  for (const field of fileFields(form)) {
    const [again] = field.name ? fileFields(fresh, `[name="${CSS.escape(field.name)}"]`) : [];
    // A refused file is not kept; one that only shared the form with another mistake is.
    if (again && field.files?.length && !again.matches(".is-invalid")) again.files = field.files;
  }
  form.replaceWith(document.adoptNode(fresh));
  htmx.process(fresh);
  dressFileFields(document);
  const [wrong] = all(fresh, ".is-invalid:is(input, select, textarea), .alert-danger");
  if (wrong?.matches(".alert-danger")) wrong.tabIndex = -1;
  wrong?.focus();
  return true;
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter
 */
function send(form, submitter) {
  const { box, words, bar, cancel } = statusOf(form);
  /** @type {NodeListOf<HTMLButtonElement>} */
  const buttons = form.querySelectorAll("[type=submit]");

  const finish = () => {
    for (const button of buttons) button.disabled = false;
    delete form.dataset.uploading;
    box.remove();
  };
  /** @param {string} key */
  const fail = (key) => {
    finish();
    const problem = make("div", "alert alert-danger upload-problem", word(key));
    form.append(problem);
    problem.tabIndex = -1;
    problem.focus();
  };
  /** @param {XMLHttpRequest} request */
  const answered = (request) => {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const refused = request.status === 422;
    const change = changeIn(request);
    if (change) return fail(change === "ended" ? "signedOut" : "signInChanged");
    if (request.status === 413) return fail("serverTooLarge");
    if (request.status >= 400 && !refused) return fail("wentWrong");
    finish();
    const same = new URL(request.responseURL).pathname === new URL(form.action).pathname;
    if ((refused || same) && showFormAgain(form, page)) return;
    carryToasts(page);
    form.dispatchEvent(new Event("foyer:sent", { bubbles: true }));
    location.assign(request.getResponseHeader("HX-Redirect") ?? request.responseURL);
  };

  form.dataset.uploading = "yes";
  const abort = transfer(form.action, new FormData(form, submitter), {
    onProgress(done, facts) {
      if (Math.floor(bar.value / 25) < Math.floor(done / 25)) announce(percent(done));
      bar.value = done;
      words.textContent = facts;
    },
    onArrived() {
      bar.removeAttribute("value");
      words.textContent = word("checking");
      announce(word("checking"));
    },
    onAnswer: answered,
    onBroken: () => fail("uploadBroke"),
    onCancelled: finish,
  });
  cancel.addEventListener("click", abort);
  for (const button of buttons) button.disabled = true;
  announce(word("uploading"));
}

export function start() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("[data-upload]")) return;
    if (form.dataset.uploading || !filesFit(form)) return event.preventDefault();
    if (!fileFields(form).some((field) => field.files?.length)) return;
    event.preventDefault();
    send(form, event.submitter);
  });
}
