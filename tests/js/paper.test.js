// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { placeAfter } from "../../static/js/quiz/paper.js";

test("what is dropped stands before or behind what it was dropped on", () => {
  const order = ["a", "b", "c", "d"];
  for (let from = 1; from <= 4; from++)
    for (let over = 1; over <= 4; over++)
      for (const isBelow of [false, true]) {
        if (from === over) continue;
        const [dragged, target] = [order[from - 1], order[over - 1]];
        const moved = order.filter((one) => one !== dragged);
        moved.splice(placeAfter(from, over, isBelow) - 1, 0, dragged);
        assert.equal(moved.indexOf(dragged) - moved.indexOf(target), isBelow ? 1 : -1);
      }
});

test("what is dropped on itself stays", () => {
  assert.equal(placeAfter(2, 2, false), 2);
  assert.equal(placeAfter(2, 2, true), 2);
});
