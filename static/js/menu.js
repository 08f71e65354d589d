// The ARIA menu-button pattern over native popovers; markup in css/components/menu.css.
// The browser opens, closes and (where it knows anchors) places the menu by itself.
(() => {
  const anchored = CSS.supports("position-area", "block-end");
  const itemsOf = (menu) => [...menu.querySelectorAll('[role="menuitem"]:not([hidden])')];
  const buttonOf = (menu) => document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
  const isMenu = (element) => element instanceof Element && element.matches('[popover][role="menu"]');

  let startAtEnd = false;
  let typed = "";
  let typedAt = 0;

  function place(menu, button) {
    const gap = 4;
    const box = button.getBoundingClientRect();
    menu.classList.add("menu-placed");
    const { offsetWidth: width, offsetHeight: height } = menu;
    const rightToLeft = getComputedStyle(button).direction === "rtl";
    const left = rightToLeft ? box.left : box.right - width;
    const below = box.bottom + gap;
    const top = below + height > innerHeight - gap ? box.top - height - gap : below;
    menu.style.left = `${Math.max(gap, Math.min(left, innerWidth - width - gap))}px`;
    menu.style.top = `${Math.max(gap, top)}px`;
  }

  document.addEventListener(
    "toggle",
    (event) => {
      const menu = event.target;
      if (!isMenu(menu)) return;
      const button = buttonOf(menu);
      const opened = event.newState === "open";
      button?.setAttribute("aria-expanded", String(opened));
      if (!opened) return;
      const items = itemsOf(menu);
      for (const item of items) item.tabIndex = -1;
      if (button && !anchored) place(menu, button);
      items.at(startAtEnd ? -1 : 0)?.focus();
      startAtEnd = false;
    },
    true,
  );

  function typeAhead(items, from, letter) {
    typed = Date.now() - typedAt < 600 ? typed + letter : letter;
    typedAt = Date.now();
    const repeated = [...typed].every((one) => one === typed[0]);
    const wanted = repeated ? typed[0] : typed;
    const start = repeated ? from + 1 : Math.max(from, 0);
    const ring = [...items.slice(start), ...items.slice(0, start)];
    return ring.find((item) => item.textContent.trim().toLowerCase().startsWith(wanted));
  }

  function onMenuKey(event, menu) {
    const items = itemsOf(menu);
    const at = items.indexOf(document.activeElement);
    const moves = {
      ArrowDown: () => items[(at + 1) % items.length],
      ArrowUp: () => items.at(at > 0 ? at - 1 : -1),
      Home: () => items[0],
      End: () => items.at(-1),
    };
    let goal = null;
    if (moves[event.key]) {
      goal = moves[event.key]();
    } else if (event.key === "Escape") {
      event.stopPropagation(); // the dialog around it stays open
      menu.hidePopover();
      goal = buttonOf(menu);
    } else if (event.key === "Tab") {
      menu.hidePopover();
      buttonOf(menu)?.focus(); // from here the browser goes on to the next or the one before
      return;
    } else if (event.key === " " && items[at]?.tagName === "A") {
      event.preventDefault();
      return items[at].click();
    } else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey) {
      goal = typeAhead(items, at, event.key.toLowerCase());
    } else {
      return;
    }
    event.preventDefault();
    goal?.focus();
  }

  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.('[popover][role="menu"]');
    if (menu) return onMenuKey(event, menu);
    const button = event.target.closest?.('[popovertarget][aria-haspopup="menu"]');
    if (button && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      startAtEnd = event.key === "ArrowUp";
      // The attribute follows the menu a moment later; the menu itself knows.
      if (!button.popoverTargetElement?.matches(":popover-open")) button.click();
    }
  });

  document.addEventListener("click", (event) => {
    const item = event.target.closest?.('[role="menuitem"]');
    const menu = item?.closest('[popover][role="menu"]');
    if (menu) menu.hidePopover();
  });

  addEventListener("resize", () => {
    for (const menu of document.querySelectorAll('[role="menu"]:popover-open')) menu.hidePopover();
  });
})();
