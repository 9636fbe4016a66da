/** Properties, tried ten times as often as in the suite. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..");
const files = globSync("src/**/*.test.ts", { cwd: root }).filter((file) =>
  readFileSync(join(root, file), "utf8").includes("/runs.fixture.ts"),
);

for (const file of files) {
  test(file, () => {
    const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
    const { status, stdout } = spawnSync(process.execPath, [file], {
      cwd: root,
      encoding: "utf8",
      env: { ...environment, TIMES_AS_MANY_RUNS: "10" },
      maxBuffer: 64 * 1024 * 1024,
    });
    assert.equal(status, 0, stdout.slice(-8_000));
  });
}

test("there are some", () => assert.ok(files.length >= 150));
