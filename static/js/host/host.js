// @ts-check
/** What people with an account need beside ../site.js: copying, picking, and sending files; what they type is kept. */
import * as drafts from "../shared/drafts.js";
import * as copy from "./copy.js";
import * as files from "./files.js";
import * as pickers from "./pickers.js";
import * as upload from "./upload.js";

copy.start();
files.start();
pickers.start();
upload.start();
drafts.start(); // last: the others notice what it gives back
