/** Runs behind the tests of the rooms that judge, in their process (`scripts/test`), with `every-check.cases.ts` before them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { checks } from "../src/checks/index.ts";
import { clean, found } from "./every-check.cases.ts";

/** A check whose tests never see it find something proves nothing, and so does one that never finds nothing. */
test("every check has a case that fails and one that passes", () => {
  assert.ok(checks.length > 100);
  assert.deepEqual(
    checks.flatMap(({ id }) => [
      ...(found.has(id) ? [] : [`${id}: no case that fails`]),
      ...(clean.has(id) ? [] : [`${id}: no case that passes`]),
    ]),
    [],
  );
});
