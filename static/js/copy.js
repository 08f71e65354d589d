// [data-copy="#id"] copies that field, [data-copy="text"] the text itself; says so on the button
// and to a screen reader. The fields can be selected by hand where this does not run.
(() => {
  const restored = new WeakMap();

  async function copy(text, field) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      if (!field?.select) return false;
      field.select();
      return document.execCommand("copy");
    }
  }

  function showCopied(button, said) {
    const label = button.querySelector("[data-copy-label]");
    const use = button.querySelector("use");
    if (!restored.has(button)) {
      const before = {
        label: label?.textContent,
        icon: use?.getAttribute("href"),
        timer: 0,
      };
      restored.set(button, before);
    }
    const before = restored.get(button);
    button.classList.add("copied");
    if (label) label.textContent = said;
    use?.setAttribute("href", before.icon.replace(/#.*/, "#check"));
    clearTimeout(before.timer);
    before.timer = setTimeout(() => {
      button.classList.remove("copied");
      if (label) label.textContent = before.label;
      use?.setAttribute("href", before.icon);
      restored.delete(button);
    }, 2500);
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    event.preventDefault();
    const source = button.dataset.copy;
    const field = source.startsWith("#") ? document.getElementById(source.slice(1)) : null;
    const text = field ? (field.value ?? field.textContent.trim()) : source;
    if (await copy(text, field)) {
      const said = foyer.word("copied");
      foyer.announce(button.dataset.copied || said);
      // In a menu the button is gone by now; a toast says it to the eyes.
      if (button.closest("[popover]")) foyer.toast(button.dataset.copied || said, "success");
      else showCopied(button, said);
    } else {
      field?.select?.();
      foyer.announce(foyer.word("copyByHand"));
    }
  });
})();
