/** Names the tests that need an API server where they are not run. */
import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const files = globSync("**/*.cluster.ts", { cwd: join(import.meta.dirname, "..") }).toSorted();

test("there are cluster tests to name", () => assert.ok(files.length > 0));

for (const file of files) test(`test/${file}`, { skip: "make test-cluster runs it" }, () => {});
