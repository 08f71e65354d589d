// @ts-check
/** Marking with the keyboard alone: Ctrl or ⌘ with Enter saves from every field and shows the next answer. */

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const form = event.target instanceof Element && event.target.closest("form[data-keys='marks']");
  if (!(form instanceof HTMLFormElement)) return;
  event.preventDefault();
  form.requestSubmit();
});
