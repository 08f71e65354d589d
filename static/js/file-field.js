// Makes the file field of form[data-upload] a place to drop on, and checks the size beforehand
// (data-max-bytes on the field). The server checks again.
(() => {
  function complain(field, sentence) {
    const id = `${field.id}_too_large`;
    document.getElementById(id)?.remove();
    field.classList.toggle("is-invalid", Boolean(sentence));
    if (!sentence) {
      field.removeAttribute("aria-invalid");
      return;
    }
    const message = document.createElement("div");
    const words = document.createElement("strong");
    message.id = id;
    message.className = "invalid-feedback";
    words.textContent = sentence;
    message.append(words);
    field.after(message);
    field.setAttribute("aria-invalid", "true");
    const described = field.getAttribute("aria-describedby") ?? "";
    if (!described.includes(id)) field.setAttribute("aria-describedby", `${described} ${id}`.trim());
    foyer.announce(sentence);
  }

  /** Whether every chosen file may be sent; says beside the field why not. */
  foyer.filesFit = (form) => {
    for (const field of form.querySelectorAll("input[type=file][data-max-bytes]")) {
      const most = Number(field.dataset.maxBytes);
      const big = [...field.files].find((file) => file.size > most);
      if (!big) continue;
      complain(
        field,
        foyer.word("tooLarge", { name: big.name, size: foyer.size(big.size), most: foyer.size(most) }),
      );
      field.focus();
      return false;
    }
    return true;
  };

  function dress(field) {
    const zone = field.closest(".mb-3") ?? field.parentElement;
    if (zone.classList.contains("drop-zone")) return;
    const hint = document.createElement("p");
    hint.className = "drop-zone-hint";
    hint.textContent = foyer.word("dropHere");
    field.after(hint);
    zone.classList.add("drop-zone");

    let depth = 0; // dragenter and dragleave also fire for the children
    const over = (by) => {
      depth = Math.max(0, depth + by);
      zone.classList.toggle("drop-zone-over", depth > 0);
    };
    zone.addEventListener("dragenter", () => over(1));
    zone.addEventListener("dragleave", () => over(-1));
    zone.addEventListener("dragover", (event) => event.preventDefault());
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      over(-depth);
      const [file] = event.dataTransfer.files;
      if (!file) return;
      const one = new DataTransfer();
      one.items.add(file);
      field.files = one.files;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
    field.addEventListener("change", () => {
      complain(field, "");
      if (field.form) foyer.filesFit(field.form);
    });
  }

  foyer.dressFileFields = (root) => {
    for (const field of root.querySelectorAll("form[data-upload] input[type=file]")) dress(field);
  };
  foyer.dressFileFields(document);
  document.addEventListener("htmx:afterSettle", (event) => foyer.dressFileFields(event.target));
})();
