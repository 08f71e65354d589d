/** Who is shown large on a stage. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { largeSeat, Speaker } from "../../static/js/stage/layout.js";

const person = (seat, more = {}) => ({ seat, screen: false, mine: false, ...more });
const GRID = { pinned: null, layout: "grid", speaker: null };

test("in a grid all are of one size", () => {
  assert.equal(largeSeat([person(1), person(2), person(3)], { ...GRID, speaker: 2 }), null);
});

test("a shared screen is large, the one that came last", () => {
  const people = [person(1, { screen: true }), person(2), person(3, { screen: true })];
  assert.equal(largeSeat(people, GRID), 3);
});

test("whom a moderator marked is large, before a screen", () => {
  assert.equal(largeSeat([person(1, { screen: true }), person(2, { spotlit: true })], GRID), 2);
});

test("what one pinned oneself comes before all else", () => {
  const people = [person(1, { screen: true }), person(2, { spotlit: true }), person(3)];
  assert.equal(largeSeat(people, { ...GRID, pinned: 3 }), 3);
});

test("whoever was pinned and has gone is nobody's choice any more", () => {
  assert.equal(largeSeat([person(1), person(2)], { ...GRID, pinned: 9 }), null);
});

test("the speaker is large where that is chosen", () => {
  const how = { ...GRID, layout: "speaker" };
  assert.equal(largeSeat([person(1, { mine: true }), person(2), person(3)], { ...how, speaker: 3 }), 3);
});

test("before anybody has spoken, it is the first who is not oneself", () => {
  const how = { ...GRID, layout: "speaker" };
  assert.equal(largeSeat([person(1, { mine: true }), person(2), person(3)], how), 2);
});

test("alone, one is not large", () => {
  assert.equal(largeSeat([person(1, { mine: true })], { ...GRID, layout: "speaker" }), null);
});

const speaks = (seat, yes = true, mine = false) => ({ seat, mine, speaks: yes });

test("the first who speaks is the speaker at once", () => {
  assert.equal(new Speaker().hear([speaks(1, false), speaks(2)], 0), 2);
});

test("a word in between takes nothing over; whoever goes on speaking does", () => {
  const speaker = new Speaker();
  speaker.hear([speaks(1)], 0);
  assert.equal(speaker.hear([speaks(1, false), speaks(2)], 1000), 1);
  assert.equal(speaker.hear([speaks(1, false), speaks(2)], 2400), 1);
  assert.equal(speaker.hear([speaks(1, false), speaks(2)], 2500), 2);
});

test("while the speaker is heard, nobody else is it", () => {
  const speaker = new Speaker();
  speaker.hear([speaks(1)], 0);
  assert.equal(speaker.hear([speaks(1), speaks(2)], 9000), 1);
});

test("in silence the last speaker stays", () => {
  const speaker = new Speaker();
  speaker.hear([speaks(1)], 0);
  assert.equal(speaker.hear([speaks(1, false)], 9000), 1);
});

test("oneself is never the speaker", () => {
  assert.equal(new Speaker().hear([speaks(1, true, true)], 0), null);
});

test("whoever leaves in the middle of a word is the speaker no more, and is not waited for", () => {
  const speaker = new Speaker();
  speaker.hear([speaks(1), speaks(2, false)], 0);
  assert.equal(speaker.hear([speaks(2, false)], 200), null);
  assert.equal(speaker.hear([speaks(2), speaks(3, false)], 400), 2);
  assert.equal(speaker.hear([speaks(2, false), speaks(3)], 600), 2);
  assert.equal(speaker.hear([speaks(2, false), speaks(3)], 2200), 3);
});

test("whoever left while somebody else spoke takes nothing over later", () => {
  const speaker = new Speaker();
  speaker.hear([speaks(1), speaks(2)], 0);
  speaker.hear([speaks(1)], 200);
  assert.equal(speaker.hear([speaks(1, false)], 5000), 1);
});
