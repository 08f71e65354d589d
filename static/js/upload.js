// form[data-upload]: sends the form with a progress bar instead of a white page. The answers are
// those of the ordinary form: a redirect when it worked, the form again (422) when it did not.
(() => {
  const make = (tag, className, text = "") => {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    return element;
  };

  function statusOf(form) {
    form.querySelectorAll(".upload-status, .upload-problem").forEach((old) => old.remove());
    const box = make("div", "upload-status");
    const words = make("p", "progress-words", foyer.word("uploading"));
    const bar = document.createElement("progress");
    const cancel = make("button", "button button-small", foyer.word("cancel"));
    bar.max = 100;
    bar.setAttribute("aria-label", foyer.word("uploading"));
    cancel.type = "button";
    box.append(words, bar, cancel);
    form.append(box);
    box.scrollIntoView({ block: "nearest" });
    return { box, words, bar, cancel };
  }

  function remaining(seconds) {
    const [value, unit] = seconds < 90 ? [seconds, "second"] : [seconds / 60, "minute"];
    const style = { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: 0 };
    const number = new Intl.NumberFormat(foyer.language, style);
    return foyer.word("timeLeft", { time: number.format(Math.max(1, value)) });
  }

  function showFormAgain(form, page) {
    const fresh = page.querySelector("form[data-upload]");
    if (!fresh) return false;
    for (const field of form.querySelectorAll("input[type=file]")) {
      const again = field.name && fresh.querySelector(`input[type=file][name="${CSS.escape(field.name)}"]`);
      // A refused file is not kept; one that only shared the form with another mistake is.
      if (again && field.files.length && !again.matches(".is-invalid")) again.files = field.files;
    }
    form.replaceWith(document.adoptNode(fresh));
    window.htmx?.process(fresh);
    foyer.dressFileFields(fresh.parentElement);
    const wrong = fresh.querySelector(".is-invalid:is(input, select, textarea), .alert-danger");
    if (wrong?.matches(".alert-danger")) wrong.tabIndex = -1;
    wrong?.focus();
    return true;
  }

  function send(form, submitter) {
    const request = new XMLHttpRequest();
    const { box, words, bar, cancel } = statusOf(form);
    const began = Date.now();
    const warn = (event) => event.preventDefault();
    const buttons = form.querySelectorAll("[type=submit]");

    const finish = () => {
      removeEventListener("beforeunload", warn);
      for (const button of buttons) button.disabled = false;
      delete form.dataset.uploading;
      box.remove();
    };
    const fail = (key) => {
      finish();
      const problem = make("div", "alert alert-danger upload-problem", foyer.word(key));
      form.append(problem);
      problem.tabIndex = -1;
      problem.focus();
    };

    request.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => {
      if (!lengthComputable) return;
      const percent = Math.floor((loaded / total) * 100);
      const speed = loaded / Math.max(0.001, (Date.now() - began) / 1000);
      const facts = [`${percent}%`, foyer.word("ofSize", { done: foyer.size(loaded), all: foyer.size(total) })];
      facts.push(`${foyer.size(speed)}/s`, remaining((total - loaded) / speed));
      if (Math.floor(bar.value / 25) < Math.floor(percent / 25)) foyer.announce(`${percent}%`);
      bar.value = percent;
      words.textContent = facts.join(" · ");
    });
    request.upload.addEventListener("load", () => {
      bar.removeAttribute("value");
      words.textContent = foyer.word("checking");
      foyer.announce(foyer.word("checking"));
    });
    request.addEventListener("load", () => {
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      const refused = request.status === 422;
      if (request.status === 413) return fail("serverTooLarge");
      if (request.status >= 400 && !refused) return fail("wentWrong");
      finish();
      const same = new URL(request.responseURL).pathname === new URL(form.action).pathname;
      if ((refused || same) && showFormAgain(form, page)) return;
      foyer.carryToasts(page);
      location.assign(request.getResponseHeader("HX-Redirect") ?? request.responseURL);
    });
    request.addEventListener("error", () => fail("uploadBroke"));
    request.addEventListener("abort", finish);
    cancel.addEventListener("click", () => request.abort());

    addEventListener("beforeunload", warn);
    form.dataset.uploading = "yes";
    request.open("POST", form.action);
    request.send(new FormData(form, submitter));
    for (const button of buttons) button.disabled = true;
    foyer.announce(foyer.word("uploading"));
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-upload]")) return;
    if (form.dataset.uploading || !foyer.filesFit(form)) return event.preventDefault();
    const chosen = [...form.querySelectorAll("input[type=file]")].some((field) => field.files.length);
    if (!chosen) return;
    event.preventDefault();
    send(form, event.submitter);
  });
})();
