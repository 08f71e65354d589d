// @ts-check
import { atItsAddress } from "./shared/keeping.js";

/**
 * In the administration: gives what Django's own scripts draw the names that they leave out. Fields
 * with suggestions are called after their labels; a picture that explains itself is a picture.
 */

function nameFields() {
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    const label = select instanceof HTMLSelectElement ? select.labels[0]?.textContent?.trim() : "";
    const drawn = select.nextElementSibling;
    if (!label || !drawn) continue;
    for (const part of drawn.querySelectorAll('[role="combobox"], [role="textbox"]')) {
      part.setAttribute("aria-label", label);
    }
  }
}

atItsAddress();
// They are drawn at a time of their own, and again in a row that is added.
new MutationObserver(nameFields).observe(document.body, { childList: true, subtree: true });
addEventListener("load", () => {
  nameFields();
  for (const icon of document.querySelectorAll(".search-label-icon")) icon.setAttribute("role", "img");
});
