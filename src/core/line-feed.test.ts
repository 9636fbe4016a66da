import assert from "node:assert/strict";
import { test } from "node:test";
import { lineFeedFrom } from "./line-feed.ts";

test("the first line feed is found near and far, as by a search", () => {
  for (const length of [0, 1, 99, 100, 101, 250]) {
    const bytes = Buffer.from(`${"x".repeat(length)}\n\ny`);
    for (const from of [0, 1, length, length + 1, length + 2, bytes.length]) {
      assert.equal(lineFeedFrom(bytes, from), bytes.indexOf(10, from), `${length} ${from}`);
    }
  }
});
