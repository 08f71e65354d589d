// @ts-check
/** Every page behind the door. Every page works without it. */
import * as dialog from "./shared/dialog.js";
import * as menu from "./shared/menu.js";
import * as notices from "./shared/notices.js";
import * as times from "./shared/times.js";

const NEEDS_HOST = "[data-copy], [data-people], [data-pick-all], form[data-upload]";

notices.start();
menu.start();
dialog.start();
times.start();

// Whoever has an account gets it with the page; somebody invited as a moderator when it is there to be used.
const seeWhetherHost = () => void (document.querySelector(NEEDS_HOST) && import("./host/host.js"));
seeWhetherHost();
document.addEventListener("htmx:afterSettle", seeWhetherHost);
