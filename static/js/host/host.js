// @ts-check
/** What people with an account need beside ../site.js: copying, picking, and sending files; what they type is kept. */
import { DRAFTS, loaded, windowMemory } from "../shared/page.js";
import * as copy from "./copy.js";
import * as files from "./files.js";
import * as pickers from "./pickers.js";
import * as upload from "./upload.js";

copy.start();
files.start();
pickers.start();
upload.start();

// Last: the others notice what it gives back. It comes when there is something to give back, or to keep.
const keepDrafts = async () => {
  removeEventListener("input", keepDrafts);
  (await loaded(() => import("../shared/drafts.js"))).start();
};
if (windowMemory.get(DRAFTS)) keepDrafts();
else addEventListener("input", keepDrafts);
