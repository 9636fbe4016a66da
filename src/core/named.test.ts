import assert from "node:assert/strict";
import { test } from "node:test";
import { asksOfPath } from "./named.ts";

test("the answer is that of the path that is asked about, whichever was before", () => {
  const isKey = asksOfPath(/(?:^|\/)master\.key$/i);
  const paths = ["", "master.key", "master.key", "config/MASTER.KEY", "master.keys", "", "config/master.key"];
  assert.deepEqual(
    paths.map((path) => isKey(path)),
    [false, true, true, true, false, false, true],
  );
  assert.equal(asksOfPath(/^$/)(""), true);
});
