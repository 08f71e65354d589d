// An address chosen from the suggestions of input[data-people] fills in the names beside it.
// What somebody typed into a name field themself is left alone.
(() => {
  const filled = new WeakMap();

  function fill(field, value) {
    if (!field || !value) return;
    if (field.value && filled.get(field) !== field.value) return;
    field.value = value;
    filled.set(field, value);
  }

  document.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.matches?.("input[data-people]")) return;
    const chosen = [...(field.list?.options ?? [])].find((option) => option.value === field.value);
    if (!chosen) return;
    const form = field.form;
    fill(form?.elements.namedItem("first_name"), chosen.dataset.first);
    fill(form?.elements.namedItem("last_name"), chosen.dataset.last);
  });
})();
