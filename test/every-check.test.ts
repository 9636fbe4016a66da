import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { SeenCases } from "./every-check.cases.ts";

const JUDGING = "src/{checks,collect,evaluate,fix,scan}/**/*.test.ts";

/** Runs the tests of the rooms that judge; `scripts/test-all` has run them already. */
function runCases(folder: string): void {
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  const cases = join(import.meta.dirname, "every-check.cases.ts");
  const { status, stdout } = spawnSync(
    process.execPath,
    ["--import", cases, "--test", "--test-isolation=none", JUDGING],
    {
      cwd: join(import.meta.dirname, ".."),
      encoding: "utf8",
      env: { ...environment, CHECK_CASES: folder },
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  assert.equal(status, 0, stdout.slice(-4000));
}

/** A check whose tests never see it find something proves nothing, and so does one that never finds nothing. */
test("every check has a case that fails and one that passes", (context) => {
  let folder = process.env.CHECK_CASES;
  if (folder === undefined) {
    folder = mkdtempSync(join(tmpdir(), "bulkhead-cases-"));
    context.after(() => rmSync(folder as string, { recursive: true }));
    runCases(folder);
  }
  const seen = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as SeenCases);
  const [found, clean] = (["found", "clean"] as const).map((key) => new Set(seen.flatMap((each) => each[key])));
  const checks = seen[0]?.checks ?? [];
  assert.ok(checks.length > 100);
  assert.deepEqual(
    checks.flatMap((id) => [
      ...(found?.has(id) ? [] : [`${id}: no case that fails`]),
      ...(clean?.has(id) ? [] : [`${id}: no case that passes`]),
    ]),
    [],
  );
});
