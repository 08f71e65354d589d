// <input type="checkbox" data-pick-all="form-id"> ticks every box named pk of that form, and shows
// whether all, some or none are ticked.
(() => {
  const boxesOf = (master) =>
    [...document.querySelectorAll(`input[name="pk"][form="${CSS.escape(master.dataset.pickAll)}"]`)];

  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.matches?.("[data-pick-all]")) {
      for (const one of boxesOf(box)) one.checked = box.checked;
    } else if (box.matches?.('input[name="pk"][form]')) {
      const master = document.querySelector(`[data-pick-all="${CSS.escape(box.getAttribute("form"))}"]`);
      if (!master) return;
      const boxes = boxesOf(master);
      const ticked = boxes.filter((one) => one.checked).length;
      master.checked = ticked === boxes.length;
      master.indeterminate = ticked > 0 && ticked < boxes.length;
    }
  });
})();
