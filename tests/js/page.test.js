/** Small things that many scripts stand on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { triggersIn } from "../../static/js/live/fragments.js";
import { fill, percent, shortcutOf, size } from "../../static/js/shared/page.js";

test("names in a sentence are filled in, and unknown ones left", () => {
  assert.equal(fill("{name} is {size}, {nothing}", { name: "a.mp4", size: 3 }), "a.mp4 is 3, {nothing}");
  assert.equal(fill("{name}", { name: "{size}", size: 1 }), "{size}", "what is filled in is not a sentence");
});

for (const [bytes, words] of [
  [0, "0 byte"],
  [999, "999 byte"],
  [1000, "1 kB"],
  [12_345_678, "12 MB"],
  [1_250_000_000, "1.3 GB"],
  [5_000_000_000_000, "5,000 GB"],
]) {
  test(`${bytes} bytes are ${words}`, () => assert.equal(size(bytes), words));
}

test("a percentage has no fractions, as templates write it", () => {
  assert.equal(percent(7), "7%");
  assert.equal(percent(100), "100%");
});

test("what the site answers by HX-Trigger is read as htmx reads it", () => {
  assert.deepEqual(triggersIn("one, two"), [
    ["one", { value: null }],
    ["two", { value: null }],
  ]);
  assert.deepEqual(triggersIn('{"toast": {"text": "Hm"}, "count": 3, "bare": null}'), [
    ["toast", { text: "Hm" }],
    ["count", { value: 3 }],
    ["bare", { value: null }],
  ]);
  assert.deepEqual(
    triggersIn("").map(([name]) => name),
    [""],
  );
});

for (const [what, key, code, letter] of [
  ["Latin", "k", "KeyK", "k"],
  ["Latin, with shift", "K", "KeyK", "k"],
  ["Dvorak, where the letter is elsewhere", "k", "KeyV", "k"],
  ["French, where another letter is at its place", ",", "KeyM", ","],
  ["Turkish", "ı", "KeyI", "ı"],
  ["Hebrew", "ל", "KeyK", "k"],
  ["Cyrillic", "Л", "KeyK", "k"],
  ["Greek", "μ", "KeyM", "m"],
  ["Arabic", "م", "KeyL", "l"],
  ["an arrow", "ArrowLeft", "ArrowLeft", "arrowleft"],
  ["a letter of another alphabet that is at no letter's place", "ж", "Semicolon", "ж"],
]) {
  test(`a shortcut on a keyboard: ${what}`, () => assert.equal(shortcutOf({ key, code }), letter));
}
