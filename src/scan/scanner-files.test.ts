/** Files of a tree by which scanners are configured, up to the verdict. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { defaultPolicy } from "../collect/policy/default.ts";
import { scanPipelines } from "./pipelines.ts";

const now = new Date("2026-11-28T00:00:00Z");

async function verdictOf(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), "bulkhead-scanner-files-"));
  try {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    const paths = [".github/workflows/ci.yml"];
    const { evaluations } = await scanPipelines(root, paths, { policy: defaultPolicy, now }, "check");
    const found = evaluations.find(({ check }) => check === "build/non-blocking-scan");
    const [finding] = found?.findings ?? [];
    return [found?.verdict, finding?.title ?? found?.gaps[0]?.reason].filter((part) => part !== undefined).join(": ");
  } finally {
    rmSync(root, { recursive: true });
  }
}

const workflow = (command: string) =>
  `on: push\njobs:\n  scan:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ${command}\n`;

const plain = { ".github/workflows/ci.yml": workflow("trivy image shop/web") };

test("a file of the repository makes the scanner fail, or says that it does not", async () => {
  assert.match(await verdictOf(plain), /^unknown: trivy findings do not fail the job: .*--exit-code is not set/);
  assert.equal(await verdictOf({ ...plain, "trivy.yaml": "exit-code: 1\nseverity: [HIGH, CRITICAL]\n" }), "pass");
  assert.match(
    await verdictOf({ ...plain, "trivy.yaml": "exit-code: 1\nseverity:\n  - HIGH\n" }),
    /does not look for critical ones/,
  );
  const grype = { ".github/workflows/ci.yml": workflow("grype shop/web") };
  assert.equal(await verdictOf({ ...grype, ".grype.yaml": "fail-on-severity: high\n" }), "pass");
});

test("one that cannot be read leaves it unknown, and says why", async () => {
  for (const [content, why] of [
    ["exit-code: [", /what trivy\.yaml sets is not known: line 1/],
    [Buffer.from([0x80, 0x81]), /not a text of at most \d+ bytes/],
    ["#".repeat(300_000), /not a text of at most \d+ bytes/],
  ] as const) {
    const verdict = await verdictOf({ ...plain, "trivy.yaml": content });
    assert.match(verdict, /^unknown: whether trivy at \.github\/workflows\/ci\.yml:6 blocks: /);
    assert.match(verdict, why);
  }
});
