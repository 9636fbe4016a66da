import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

/** A check whose tests never see it find something proves nothing, and so does one that never finds nothing. */
test("every check has a case that fails and one that passes", () => {
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      ...["--import", join(import.meta.dirname, "every-check.cases.ts"), "--test", "--test-isolation=none"],
      ...["src/checks/**/*.test.ts", "src/{collect,evaluate,fix,scan}/**/*.test.ts"],
    ],
    { cwd: join(import.meta.dirname, ".."), encoding: "utf8", env: environment, maxBuffer: 64 * 1024 * 1024 },
  );
  assert.equal(status, 0, stdout.slice(-4000));
  const said = /^cases:(.*)$/m.exec(stderr)?.[1];
  assert.ok(said !== undefined, stderr.slice(-4000));
  const { checks, lacking } = JSON.parse(said) as { checks: number; lacking: string[] };
  assert.ok(checks > 100);
  assert.deepEqual(lacking, []);
});
