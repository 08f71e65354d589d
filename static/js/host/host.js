// @ts-check
/** What people with an account need beside ../site.js: copying, picking, lists of people, and sending files. */
import * as copy from "./copy.js";
import * as files from "./files.js";
import * as lines from "./lines.js";
import * as pickers from "./pickers.js";
import * as upload from "./upload.js";

copy.start();
files.start();
lines.start();
pickers.start();
upload.start();
