// @ts-nocheck
import assert from "node:assert/strict";
import { test } from "node:test";
import { timeInWords } from "../../static/js/player/controls.js";
import { clock, isWorth, noted } from "../../static/js/player/resume.js";
import { drawn, fewer, heightsIn } from "../../static/js/player/sound.js";

test("a time is said in words", () => {
  assert.equal(timeInWords(0, "en"), "0 seconds");
  assert.equal(timeInWords(61, "en"), "1 minute, 1 second");
  assert.equal(timeInWords(3600, "en"), "1 hour");
  assert.equal(timeInWords(Number.NaN, "en"), "0 seconds");
  assert.match(timeInWords(75, "fr"), /1\sminute.*15\ssecondes/);
});

test("a time is shown as on a clock", () => {
  assert.deepEqual([0, 75.9, 3675].map(clock), ["0:00", "1:15", "1:01:15"]);
});

test("one goes on neither at the beginning, nor in the last part, nor of what is short", () => {
  assert.ok(isWorth(30, 100));
  for (const [seconds, length] of [
    [5, 100],
    [95, 100],
    [30, 59],
    [30, Number.NaN],
  ])
    assert.ok(!isWorth(seconds, length));
});

test("the newest are kept, each once, and one that is over is forgotten", () => {
  let kept = null;
  for (let one = 0; one < 100; one += 1) kept = noted(kept, `item ${one}`, 50);
  assert.equal(kept.length, 60);
  kept = noted(kept, "item 70", 80);
  assert.deepEqual(kept.at(-1), ["item 70", 80]);
  assert.equal(kept.length, 60);
  assert.ok(!noted(kept, "item 70", 0).some(([who]) => who === "item 70"));
  assert.deepEqual(noted("what another script wrote", "a", 20), [["a", 20]]);
});

test("a waveform has as many bars as there is room for, each the loudest it stands for", () => {
  assert.deepEqual(heightsIn("00ff"), [0, 1]);
  assert.deepEqual(fewer([0, 1, 0.5, 0.25], 2), [1, 0.5]);
  assert.deepEqual(fewer([0.5], 10), [0.5]);
  assert.equal(drawn(Array(216).fill(0.5), 300).match(/<rect /g).length, 60);
  assert.equal(drawn(Array(216).fill(0.5), 2000).match(/<rect /g).length, 216);
});
