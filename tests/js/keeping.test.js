/** At which address the answer to a form stands. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

class Form {
  constructor(action, method = "post") {
    this.attributes = { action, method };
  }
  getAttribute(name) {
    return this.attributes[name] ?? null;
  }
}

const store = new Map();
let replaced;
let submitted;
let carried;

globalThis.HTMLFormElement = Form;
globalThis.sessionStorage = {
  getItem: (key) => store.get(key) ?? null,
  setItem: (key, value) => store.set(key, value),
  removeItem: (key) => store.delete(key),
};
globalThis.history = { state: null, replaceState: (_state, _title, address) => replaced.push(address) };
globalThis.document = {
  documentElement: { lang: "en", dataset: {} },
  querySelector: () => carried,
  addEventListener: (_name, listener) => {
    submitted = listener;
  },
};
const { atItsAddress } = await import("../../static/js/shared/keeping.js");

beforeEach(() => {
  store.clear();
  carried = null;
});

/** A page comes. Returns whether its entry in the history became one that is asked for. */
function come(path, page) {
  replaced = [];
  globalThis.location = { href: `https://foyer.example${path}` };
  globalThis.document.documentElement.dataset = page ? { page } : {};
  atItsAddress();
  return replaced.length > 0;
}

/** A form of the page is sent. */
function send(action, { name, formaction, method, defaultPrevented = false } = {}) {
  const submitter = new Form(action);
  submitter.attributes = { name, formaction };
  submitted({ target: new Form(action, method), submitter, defaultPrevented });
}

test("the answer to a form of its own page can be asked for, as often as it is refused", () => {
  assert.equal(come("/g/token/"), false);
  send("");
  assert.equal(come("/g/token/"), true);
  assert.deepEqual(replaced, ["https://foyer.example/g/token/"]);
  send("/g/token/?back=1");
  assert.equal(come("/g/token/"), true);
});

test("an address that only takes what is sent to it is left alone", () => {
  come("/media/abc/access/");
  send("/media/abc/access/act/");
  assert.equal(come("/media/abc/access/act/"), false);
  send("");
  assert.equal(come("/media/abc/access/act/"), false);
});

test("so is its answer that was loaded again", () => {
  come("/media/abc/access/");
  send("/media/abc/access/act/");
  for (const _again of [1, 2]) assert.equal(come("/media/abc/access/act/"), false);
  send("");
  assert.equal(come("/media/abc/access/act/"), false);
  come("/media/abc/access/");
  send("");
  assert.equal(come("/media/abc/access/"), true);
});

test("the next form of a door can be asked for", () => {
  come("/g/token/");
  send("", { name: "fill", formaction: "/g/token/ask/" });
  assert.equal(come("/g/token/ask/"), true);
  send("");
  assert.equal(come("/g/token/ask/"), true);
});

test("a form that comes back filled in stands at the address of its page", () => {
  come("/accounts/sign-in/");
  send("/accounts/sign-in/");
  come("/accounts/sign-in/", "/media/abc/edit/");
  assert.deepEqual(replaced, ["/media/abc/edit/"]);
});

test("an answer that carries what was typed when the sign-in ended can be loaded again", () => {
  come("/media/abc/edit/");
  send("");
  carried = {};
  for (const _again of [1, 2]) assert.equal(come("/media/abc/edit/"), false);
  send("");
  assert.equal(come("/media/abc/edit/"), false);
});

test("what a script sends, and what only asks, changes nothing, and no address is written down", () => {
  come("/media/");
  send("", { defaultPrevented: true });
  send("", { method: "get" });
  assert.equal(store.size, 0);
  send("/g/secret/");
  assert.ok(!JSON.stringify([...store]).includes("secret"));
});
