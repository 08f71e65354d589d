// @ts-check
/** The script of every page but those of door.js. Every page works without it. */
import * as dialog from "./shared/dialog.js";
import * as menu from "./shared/menu.js";
import * as notices from "./shared/notices.js";
import { DRAFTS, windowMemory } from "./shared/page.js";
import * as session from "./shared/session.js";
import * as times from "./shared/times.js";

// Nobody is signed in: what was typed here is nobody's to read. drafts.js comes with pages of an account.
if (document.documentElement.dataset.account === "") windowMemory.forget(DRAFTS);

const NEEDS_HOST = "[data-copy], [data-people], [data-pick-all], form[data-upload]";

notices.start();
menu.start();
dialog.start();
times.start();
session.start();

// People with an account get it with the page; somebody invited as a moderator when the page shows what it is for.
const seeWhetherHost = () => void (document.querySelector(NEEDS_HOST) && import("./host/host.js"));
seeWhetherHost();
document.addEventListener("htmx:afterSettle", seeWhetherHost);
