// @ts-check
/** What people with an account need beside ../site.js: copying, picking, and sending files. */
import * as copy from "./copy.js";
import * as files from "./files.js";
import * as pickers from "./pickers.js";
import * as upload from "./upload.js";

copy.start();
files.start();
pickers.start();
upload.start();
