/** The moment of a film as the field of a question takes it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { moment } from "../../static/js/quiz/moment.js";

for (const [seconds, said] of [
  [0, "0:00"],
  [4.04, "0:04"],
  [4.3, "0:04.3"],
  [59.99, "0:59.9"],
  [750, "12:30"],
  [3_723.5, "1:02:03.5"],
])
  test(`${seconds} s is ${said}`, () => assert.equal(moment(seconds), said));
