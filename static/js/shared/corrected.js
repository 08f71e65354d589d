// @ts-check
/** What was wrong with a field is said until the field is changed: then it may be right. */

const FIELDS = "input:not([type=file]), textarea, select";

/** @param {Event} event */
function onChange({ target }) {
  if (!(target instanceof Element) || !target.matches(FIELDS)) return;
  const name = target.getAttribute("name");
  const box = target.closest("div:has(.invalid-feedback), fieldset:has(.invalid-feedback)");
  if (!box) return;
  // Only where all fields there are this one: the words of another stay.
  const fields = [...box.querySelectorAll(FIELDS)];
  if (!fields.every((one) => one.getAttribute("name") === name)) return;
  for (const said of box.querySelectorAll(".invalid-feedback")) {
    for (const field of fields) {
      const ids = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id !== said.id);
      if (ids.some(Boolean)) field.setAttribute("aria-describedby", ids.join(" "));
      else field.removeAttribute("aria-describedby");
    }
    said.remove();
  }
  for (const field of fields) {
    field.classList.remove("is-invalid");
    field.removeAttribute("aria-invalid");
  }
}

export function start() {
  for (const name of ["input", "change"]) document.addEventListener(name, onChange);
}
