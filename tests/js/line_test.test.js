/** What a line is enough for, and how it is measured. */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

globalThis.document = {
  body: { getAttribute: () => "{}" },
  documentElement: { lang: "en", dataset: {} },
  getElementById: () => null,
  querySelector: () => null,
};
const { enoughFor, measure, middle } = await import("../../static/js/stage/line_test.js");

const was = { fetch: globalThis.fetch, performance: globalThis.performance };
afterEach(() => Object.assign(globalThis, { fetch: was.fetch }));

test("a picture needs enough in both directions, and a short way", () => {
  assert.equal(enoughFor({ down: 1.5, up: 1, way: 300 }), "picture");
  assert.equal(enoughFor({ down: 50, up: 0.9, way: 20 }), "sound");
  assert.equal(enoughFor({ down: 1.4, up: 5, way: 20 }), "sound");
  assert.equal(enoughFor({ down: 50, up: 50, way: 301 }), "sound");
});

test("below that there is sound, and below that nothing", () => {
  assert.equal(enoughFor({ down: 0.2, up: 0.1, way: 800 }), "sound");
  assert.equal(enoughFor({ down: 0.19, up: 5, way: 20 }), "poor");
  assert.equal(enoughFor({ down: 5, up: 0.09, way: 20 }), "poor");
  assert.equal(enoughFor({ down: 5, up: 5, way: 801 }), "poor");
});

test("one slow answer among five says nothing", () => {
  assert.equal(middle([20, 21, 5000, 19, 22]), 21);
});

test("as many bytes go up as come down", async () => {
  const asked = [];
  globalThis.fetch = async (address, { method = "GET", body }) => {
    asked.push([method, address, body?.size]);
    return { ok: true, arrayBuffer: async () => new ArrayBuffer(0) };
  };
  const measured = await measure("/line/", 131_072);
  assert.deepEqual(asked.slice(-2), [
    ["GET", "/line/", undefined],
    ["POST", "/line/", 131_072],
  ]);
  assert.ok(measured.down > 0 && measured.up > 0 && measured.way >= 0);
});

test("a refusal is no measurement", async () => {
  globalThis.fetch = async () => ({ ok: false, status: 429 });
  await assert.rejects(measure("/line/", 65_536));
});
