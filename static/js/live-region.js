// window.foyer: what the other scripts share. Speaks to screen readers, knows the page's words.
(() => {
  const words = () => document.getElementById("words")?.dataset ?? {};

  window.foyer = {
    /** Say a sentence politely. Emptied first, so that the same sentence is heard twice. */
    announce(sentence) {
      const region = document.getElementById("announcements");
      if (!region) return;
      region.textContent = "";
      setTimeout(() => (region.textContent = sentence), 60);
    },

    /** A translated sentence from components/_words.html, with {name} filled in. */
    word(key, values = {}) {
      const sentence = words()[key] ?? "";
      return sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
    },

    /** An icon as _icon.html draws it, from the sprite the page already names. */
    icon(name) {
      const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
      svg.setAttribute("class", "icon");
      svg.setAttribute("aria-hidden", "true");
      use.setAttribute("href", `${words().sprite}#${name}`);
      svg.append(use);
      return svg;
    },

    language: document.documentElement.lang || undefined,

    size(bytes) {
      const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
      const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
      return new Intl.NumberFormat(this.language, {
        style: "unit",
        unit: units[step],
        maximumFractionDigits: step > 2 ? 1 : 0,
      }).format(bytes / 1000 ** step);
    },
  };
})();
