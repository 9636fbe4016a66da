import assert from "node:assert/strict";
import { test } from "node:test";
import { trimEndOf, trimTo } from "./trim.ts";

test("characters at the ends of a text are taken off, those within stay", () => {
  assert.deepEqual(
    ["/a//", "//", "", "a"].map((text) => trimEndOf(text, "/")),
    ["/a", "", "", "a"],
  );
  assert.deepEqual(
    ["-a-b-", "--", "", "a", "-a"].map((text) => trimTo(text, /[a-z]/)),
    ["a-b", "", "", "a", "a"],
  );
});
