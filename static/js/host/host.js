// @ts-check
/** What people with an account need beside ../site.js: copying, picking, sending files, and reviewing lists. */
import { loaded } from "../shared/page.js";
import * as copy from "./copy.js";
import * as files from "./files.js";
import * as pickers from "./pickers.js";

copy.start();
files.start();
pickers.start();
if (document.querySelector("form[data-upload]"))
  loaded(() => import("./upload.js")).then((upload) => upload.start());
if (document.getElementById("unsaved-lines"))
  loaded(() => import("./lines.js")).then((lines) => lines.start());
if (document.querySelector("form[data-upload-queue]"))
  loaded(() => import("./queue.js")).then((queue) => queue.start());

let isPatient = false;
const seeWhetherPatient = () => {
  if (isPatient || !document.querySelector("[data-patient]")) return;
  isPatient = true;
  loaded(() => import("./patient.js")).then(({ start }) => start());
};
seeWhetherPatient();
document.addEventListener("htmx:afterSettle", seeWhetherPatient);
