/** What was typed in a tab: when it is given back, and when it is over. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bounded, Drafts, MOST_PAGES } from "../../static/js/shared/drafts.js";
import { mayBeKept } from "../../static/js/shared/typed.js";

const FORM = { "/new/  0": { "title 0": ["", "Meiosis"] } };
const NAME = "/new/  0";

/** A storage of a tab, as JSON. */
function memory() {
  const kept = new Map();
  return {
    get: (key) => JSON.parse(kept.get(key) ?? "null"),
    set: (key, value) => kept.set(key, JSON.stringify(value)),
    forget: (key) => kept.delete(key),
    kept,
  };
}

/** A tab in which a form at /new/ is half-written. */
function tab() {
  const storage = memory();
  const drafts = new Drafts("ada", storage);
  drafts.keep("/new/", FORM);
  const come = (address, type, status = 200) => drafts.arrive({ address, type, status });
  return { storage, drafts, come };
}

const backIn = (come) => come("/new/", "back_forward").back;

for (const type of ["back_forward", "reload"])
  test(`it is given back to a page that comes by ${type}`, () => {
    const { come } = tab();
    assert.deepEqual(come("/elsewhere/", "navigate").back, {});
    assert.deepEqual(come("/new/", type).back, FORM);
  });

test("it is given to the same page asked for anew, which says so, and to no other one", () => {
  const { come } = tab();
  assert.deepEqual(come("/elsewhere/", "navigate").back, {});
  assert.deepEqual(come("/new/", "navigate"), { back: FORM, before: {}, isAnew: true });
  assert.equal(come("/new/", "back_forward").isAnew, false);
  assert.deepEqual(come("/new/?kind=2", "back_forward").back, {});
});

test("it is over when the form was taken, wherever the answer leads", () => {
  const { come, drafts, storage } = tab();
  drafts.send("/new/", NAME);
  come("/new/", "navigate");
  assert.deepEqual(backIn(come), {});
  assert.equal(storage.kept.size, 0);
});

test("only the form that was sent is over", () => {
  const { come, drafts } = tab();
  drafts.keep("/new/", { ...FORM, other: { "name 0": ["a", "b"] } });
  drafts.send("/new/", NAME);
  come("/done/", "navigate");
  assert.deepEqual(backIn(come), { other: { "name 0": ["a", "b"] } });
});

for (const status of [403, 422, 429, 500])
  test(`it stays when the answer is ${status}, and is over when the form is taken then`, () => {
    const { come, drafts } = tab();
    drafts.send("/new/", NAME);
    const { back, before } = come("/create/", "navigate", status);
    assert.deepEqual([back, before], [{}, {}]);
    drafts.send("/create/", "again");
    come("/done/", "navigate");
    assert.deepEqual(backIn(come), {});
  });

test("a refused form that is left is given back", () => {
  const { come, drafts } = tab();
  drafts.send("/new/", NAME);
  assert.deepEqual(come("/new/", "navigate", 422).before, FORM, "it knows what the server gave at first");
  come("/elsewhere/", "navigate");
  assert.deepEqual(backIn(come), FORM);
});

test("a line that broke while sending loses nothing", () => {
  const { come, drafts } = tab();
  drafts.send("/new/", NAME);
  assert.deepEqual(backIn(come), FORM);
  drafts.send("/new/", NAME);
  assert.deepEqual(come("/new/", "reload").back, FORM);
});

test("a page asked for anew gives nothing to people without an account: the next may be another person", () => {
  const drafts = new Drafts("nobody ", memory(), "of-nobody", false);
  drafts.keep("/g/", FORM);
  const come = (type) => drafts.arrive({ address: "/g/", type, status: 200 });
  assert.deepEqual(come("navigate"), { back: {}, before: {}, isAnew: false });
  assert.deepEqual(come("back_forward").back, FORM);
});

test("a page on its way to the same person in another language gives back once what is kept of it", () => {
  const drafts = new Drafts("nobody ", memory(), "of-nobody", false);
  drafts.keep("/g/", FORM);
  drafts.await("/g/");
  const come = () => drafts.arrive({ address: "/g/", type: "navigate", status: 200 });
  assert.deepEqual(come(), { back: FORM, before: {}, isAnew: false });
  assert.deepEqual(come().back, {});
});

test("a form beside one that was taken keeps what was typed in it", () => {
  const { come, drafts } = tab();
  drafts.keep("/new/", { ...FORM, other: { "name 0": ["a", "b"] } });
  drafts.send("/new/", NAME);
  assert.deepEqual(come("/new/", "navigate").back, { other: { "name 0": ["a", "b"] } });
});

test("where the form's place was taken by the browser's own page, it is given back when asked for", () => {
  const { come, drafts } = tab();
  drafts.send("/new/", NAME);
  assert.deepEqual(come("/before/", "back_forward").back, {});
  assert.equal(come("/new/", "navigate").isAnew, false);
  assert.equal(come("/new/", "navigate").isAnew, true, "once");
  drafts.send("/new/", NAME);
  const typedIn = { address: "/new/", type: "navigate", status: 200, isFollowed: false };
  assert.deepEqual(drafts.arrive(typedIn).back, FORM);
});

test("the answer to a form that was sent again by a reload ends it", () => {
  const { come, drafts } = tab();
  drafts.send("/new/", NAME);
  come("/done/", "reload");
  assert.deepEqual(backIn(come), {});
});

test("whoever types on has not left: a link then is no answer", () => {
  const { come, drafts } = tab();
  drafts.send("/new/", NAME);
  drafts.keep("/new/", FORM);
  come("/elsewhere/", "navigate");
  assert.deepEqual(backIn(come), FORM);
});

test("another account finds nothing, and nothing stays for the first", () => {
  const { storage, come } = tab();
  const other = new Drafts("grace", storage);
  assert.deepEqual(other.arrive({ address: "/new/", type: "back_forward", status: 200 }).back, {});
  assert.equal(storage.kept.size, 0);
  assert.deepEqual(backIn(come), {});
});

test("what another script wrote there is nothing", () => {
  const { storage, come } = tab();
  storage.kept.set("foyer-drafts", '"words"');
  assert.deepEqual(backIn(come), {});
});

test("a form that is as the server gave it has no draft", () => {
  const { storage, drafts } = tab();
  drafts.keep("/new/", {});
  assert.equal(storage.kept.size, 0);
});

test("a dialog that is opened again has its draft however the page came, until it is given up", () => {
  const { come, drafts, storage } = tab();
  drafts.keep("/invite/", { form: { "email 0": ["", "ada@example.org"] } });
  come("/new/", "navigate");
  assert.deepEqual(drafts.of("/invite/"), { form: { "email 0": ["", "ada@example.org"] } });
  drafts.end("/invite/", "form");
  assert.deepEqual(drafts.of("/invite/"), {});
  assert.deepEqual(drafts.of("/new/"), FORM, "another form's stays");
  drafts.end("/new/", NAME);
  assert.equal(storage.kept.size, 0);
});

test("people without an account have a place of their own, and whoever left takes it along", () => {
  const { storage } = tab();
  const before = new Drafts("nobody ", storage, "of-nobody");
  before.keep("/g/", FORM);
  assert.deepEqual(new Drafts("ada", storage).of("/g/"), {});
  assert.deepEqual(new Drafts("ada", storage).of("/new/"), FORM);
  assert.deepEqual(new Drafts("nobody 0.5", storage, "of-nobody").of("/g/"), {});
});

test("a form without changes is no page", () => {
  const { storage, drafts } = tab();
  drafts.keep("/new/", { [NAME]: {} });
  assert.equal(storage.kept.size, 0);
});

test("the last pages are kept", () => {
  const { come, drafts } = tab();
  for (let page = 0; page < MOST_PAGES; page += 1) drafts.keep(`/${page}/`, FORM);
  assert.deepEqual(backIn(come), {});
  assert.deepEqual(come("/0/", "back_forward").back, FORM);
});

test("of a page too large what fits is kept", () => {
  const fields = { "a 0": ["", "x".repeat(50)], "b 0": ["", "x".repeat(80)], "c 0": ["", "y"] };
  assert.deepEqual(Object.keys(bounded({ form: fields }, 100).form), ["a 0", "c 0"]);
  assert.deepEqual(bounded({ form: { "b 0": fields["b 0"] } }, 10), {});
});

for (const [may, field] of [
  [true, { type: "text", name: "title" }],
  [true, { type: "textarea", name: "text", autocomplete: "off" }],
  [true, { type: "checkbox", name: "is_open" }],
  [false, { type: "checkbox", name: "pk", autocomplete: "off" }],
  [false, { type: "password", name: "word" }],
  [false, { type: "text", name: "new_password1" }],
  [false, { type: "text", name: "shown", autocomplete: "current-password" }],
  [false, { type: "text", name: "code", autocomplete: "one-time-code" }],
  [false, { type: "hidden", name: "version" }],
  [false, { type: "file", name: "file" }],
  [false, { type: "text", name: "" }],
])
  test(`${JSON.stringify(field)} ${may ? "may" : "may not"} be kept`, () =>
    assert.equal(mayBeKept({ autocomplete: "", ...field }), may));
