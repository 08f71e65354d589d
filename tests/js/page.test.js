/** Small things that many scripts stand on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { triggersIn } from "../../static/js/live/fragments.js";
import { fill, size } from "../../static/js/shared/page.js";

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
