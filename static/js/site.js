// @ts-check
/** The script of every page but those of door.js. Every page works without it. */
import * as dialog from "./shared/dialog.js";
import * as keeping from "./shared/keeping.js";
import * as menu from "./shared/menu.js";
import * as notices from "./shared/notices.js";
import * as session from "./shared/session.js";
import * as times from "./shared/times.js";
import * as typed from "./shared/typed.js";

const NEEDS_HOST =
  "[data-copy], [data-share], [data-people], [data-pick-all], [data-line], form[data-upload]";

notices.start();
menu.start();
dialog.start();
times.start();
session.start();
typed.start();
keeping.start();

if (!CSS.supports("scroll-initial-target", "nearest") || !CSS.supports("animation-timeline", "scroll()"))
  import("./shared/tabs.js").then(({ start }) => start());
else
  addEventListener("resize", () => {
    // Chromium leaves the fade of tabs that fit from now on.
    for (const line of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".tabs"))) {
      line.style.animationName = "none";
      line.getBoundingClientRect();
      line.style.animationName = "";
    }
  });
if (document.querySelector("[data-hears]")) import("./shared/hearing.js").then(({ start }) => start());

// People with an account get it with the page; somebody invited as a moderator when the page shows what it is for.
const seeWhetherHost = () => void (document.querySelector(NEEDS_HOST) && import("./host/host.js"));
seeWhetherHost();
document.addEventListener("htmx:afterSettle", seeWhetherHost);
