// Keys for the reader of documents, and the number of the page in view.
(() => {
  const reader = document.querySelector("[data-reader]");
  const list = reader?.querySelector("[data-reader-pages]");
  if (!list) return;
  const field = reader.querySelector("input[name=page]");
  const pages = [...list.querySelectorAll("[data-page]")];
  const link = (rel) => reader.querySelector(`a[rel=${rel}]`);
  const motion = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  let at = Math.max(0, pages.findIndex((page) => page.dataset.page === field.value));

  // While the list is on its way somewhere, the pages it passes are not where the reader is.
  let onItsWay = 0;
  const arrived = () => {
    clearTimeout(onItsWay);
    onItsWay = 0;
  };
  list.addEventListener("scrollend", arrived);

  // Within the list only: scrollIntoView would move the page around it as well.
  function show(index, behavior = motion) {
    at = index;
    arrived();
    onItsWay = setTimeout(arrived, 1500); // where a browser knows no scrollend
    list.scrollTo({ top: pages[index].offsetTop - list.offsetTop - 16, behavior });
    field.value = pages[index].dataset.page;
  }

  function go(step) {
    const next = at + step;
    if (pages[next]) show(next);
    else link(step > 0 ? "next" : "prev")?.click();
  }

  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) entry.target.dataset.seen = entry.isIntersecting ? "yes" : "";
      const first = pages.findIndex((page) => page.dataset.seen);
      if (first < 0 || onItsWay) return;
      at = first;
      if (document.activeElement !== field) field.value = pages[first].dataset.page;
    },
    // A page counts from when it reaches the upper third of the list.
    { root: list, rootMargin: "0px 0px -66% 0px" },
  );
  for (const page of pages) seen.observe(page);

  list.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("summary")) return;
    const moves = {
      ArrowRight: () => go(1),
      n: () => go(1),
      ArrowLeft: () => go(-1),
      p: () => go(-1),
      Home: () => show(0),
      End: () => show(pages.length - 1),
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    moves[event.key]();
  });

  reader.querySelector("form").addEventListener("submit", (event) => {
    const index = pages.findIndex((page) => page.dataset.page === field.value);
    if (index < 0) return; // not in this stretch: the server finds it
    event.preventDefault();
    show(index);
    list.focus({ preventScroll: true });
  });

  if (at > 0) show(at, "auto");
})();
