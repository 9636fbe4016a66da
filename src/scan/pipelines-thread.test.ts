import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { defaultPolicy } from "../collect/policy/default.ts";
import { bounds } from "../collect/tree/bounds.ts";
import type { Evaluation } from "../core/evaluation.ts";
import type { Threads } from "../core/threads.ts";
import { scanPipelines } from "./pipelines.ts";
import { evaluateShare } from "./pipelines-thread.ts";

const now = new Date("2026-06-01T00:00:00Z");
const context = { policy: defaultPolicy, now };

/** A second thread that takes every piece before the first comes to any. */
const eager: Threads = {
  run: async (_task, input, onMessage) => evaluateShare(input as Parameters<typeof evaluateShare>[0], onMessage),
};

const WORKFLOW =
  "on: pull_request_target\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{run: 'echo ${{ github.head_ref }}'}]\n";
const GITLAB = "build:\n  script: [docker build .]\n";
const ACTION = "runs:\n  using: composite\n  steps: [{run: 'curl https://example.org/x | sh', shell: bash}]\n";

/** One line a file, so that a difference is short: how many evaluations it has, how many findings, and why they are unknown. */
function told(evaluations: readonly Evaluation[]): string[] {
  const files = new Map<string, Evaluation[]>();
  for (const evaluation of evaluations) {
    const asset = JSON.stringify(evaluation.asset);
    const own = files.get(asset) ?? [];
    files.set(asset, own);
    own.push(evaluation);
  }
  return [...files].map(([asset, own]) => {
    const findings = own.flatMap((one) => one.findings.map(({ title }) => title));
    return `${asset} ${own.length} ${findings.length} ${[...new Set(own.flatMap(({ reason }) => reason ?? []))].join()}`;
  });
}

async function inTree(files: Readonly<Record<string, string>>, use: (root: string) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "pipelines-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    await use(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

test("a second thread tells files by their text as the first does: the same findings and gaps", async () => {
  const files: Record<string, string> = {};
  for (let at = 0; at < 200; at++) {
    const usual = at % 2 === 0;
    files[usual ? `.github/workflows/w${at}.yml` : `ci/${at}.yml`] =
      [WORKFLOW, GITLAB, ACTION, ": broken: [\n"][(at >> 1) % 4] ?? "";
  }
  await inTree(files, async (root) => {
    const paths = [...Object.keys(files).sort(), "ci/missing.yml"];
    const alone = await scanPipelines(root, paths, context, "files");
    const shared = await scanPipelines(root, paths, { ...context, threads: eager }, "files");
    assert.ok(
      alone.evaluations.some(({ asset, findings }) => JSON.stringify(asset).includes("ci/") && findings.length > 0),
    );
    assert.deepEqual(told(shared.evaluations), told(alone.evaluations));
    assert.deepEqual(shared.read?.gaps, alone.read?.gaps);
  });
});

test("a second thread looks at no file beyond the bound", async () => {
  const last = `.github/workflows/${"z".repeat(20)}.yml`;
  await inTree({ [last]: WORKFLOW }, async (root) => {
    // Those before it are not there.
    const paths = [...Array.from({ length: bounds.pipelines }, (_, at) => `.github/workflows/${at}.yml`), last];
    const { evaluations } = await scanPipelines(root, paths, { ...context, threads: eager }, "files");
    assert.equal(evaluations.filter(({ asset }) => JSON.stringify(asset).includes(last)).length, 0);
    assert.ok(evaluations.length > 0);
  });
});
