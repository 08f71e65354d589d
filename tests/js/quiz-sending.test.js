import assert from "node:assert/strict";
import { test } from "node:test";
import { leaveOut } from "../../static/js/quiz/fields.js";
import { kept } from "../../static/js/quiz/keeping.js";
import { outlivesThePage } from "../../static/js/quiz/saving.js";

/** What a tab keeps. */
function memory() {
  let stored;
  return {
    read: () => stored,
    write: (all) => {
      stored = all;
    },
  };
}

const given = (body) => ({ address: "/a/", body });

test("a long text in Hebrew is not sent as what outlives the page", () => {
  assert.equal(outlivesThePage(new URLSearchParams({ open: "x".repeat(20_000) })), true);
  assert.equal(outlivesThePage(new URLSearchParams({ open: "ש".repeat(12_000) })), false);
});

test("what is given back is sent as from the page that kept it, after what that had sent", () => {
  const tab = memory();
  const before = { name: "before", count: 3 };
  const old = kept(tab, "one");
  old.keep("open", given("abc"), before);
  assert.deepEqual(old.countUp("open", before), { page: "before", count: 4 });
  old.keep("open", given("abcdef"), before);

  const after = { name: "after", count: 0 };
  const back = kept(tab, "one");
  assert.equal(back.here().open.body, "abcdef");
  assert.deepEqual(back.countUp("open", after), { page: "before", count: 5 });
  back.keep("open", given("abcdefg"), after);
  assert.deepEqual(back.countUp("open", after), { page: "before", count: 6 });
  back.drop("open");
  back.keep("open", given("abcdefgh"), after);
  assert.deepEqual(back.countUp("open", after), { page: "after", count: 3 });
});

test("typing in another attempt throws nothing away", () => {
  const tab = memory();
  const page = { name: "p", count: 0 };
  kept(tab, "one").keep("open", given("first"), page);
  const other = kept(tab, "two");
  other.keep("open", given("second"), page);
  assert.equal(other.here().open.body, "second");
  other.forgetAll();
  assert.equal(kept(tab, "one").here().open.body, "first");
  kept(tab, "one").drop("open");
  assert.equal(tab.read(), undefined);
});

test("a form leaves out the questions that are saved, whole", () => {
  const data = new FormData();
  for (const [name, value] of [
    ["at", "1"],
    ["question", "a"],
    ["a", "1"],
    ["a.revision", "2"],
    ["question", "b"],
    ["b", "x"],
    ["b.revision", "1"],
  ])
    data.append(name, value);
  leaveOut(data, ["a"]);
  assert.deepEqual(
    [...data],
    [
      ["at", "1"],
      ["b", "x"],
      ["b.revision", "1"],
      ["question", "b"],
    ],
  );
});

test("a hand in that waits is kept with what was agreed to, by attempt", () => {
  const tab = memory();
  const one = kept(tab, "one");
  one.keep("open", given("abc"), { name: "p", count: 0 });
  one.wait(true);
  kept(tab, "two").wait(false);
  const back = kept(tab, "one");
  assert.deepEqual([back.waiting(), back.here().open.body], [true, "abc"]);
  back.drop("open");
  assert.equal(back.waiting(), true);
  back.waitNoMore();
  assert.deepEqual([back.waiting(), kept(tab, "two").waiting()], [undefined, false]);
  kept(tab, "two").forgetAll();
  assert.equal(tab.read(), undefined);
});
