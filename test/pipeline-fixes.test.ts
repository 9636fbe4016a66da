import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { serve } from "../src/net/loopback.fixture.ts";
import { inProcess } from "./in-process.ts";

const COMMIT = "a".repeat(40);
const packet = (line: string): string => (line.length + 4).toString(16).padStart(4, "0") + line;

const BEFORE = `# kept
name: ci
on: pull_request_target
permissions: {}
concurrency: { group: a, cancel-in-progress: true }
jobs:
  build:
    name: build
    runs-on: ubuntu-latest
    timeout-minutes: 5
    steps:
      - uses: acme/build@v1
      - run: echo "\${{ github.event.pull_request.title }}" # why
      - run: make \${{ github.head_ref }}
`;

const SAFE = BEFORE.replace("acme/build@v1", `acme/build@${COMMIT} # v1`).replace(
  'echo "${{ github.event.pull_request.title }}" # why',
  'echo "${PULL_REQUEST_TITLE}" # why\n        env:\n          PULL_REQUEST_TITLE: ${{ github.event.pull_request.title }}',
);

test("build audit --fix writes what is safe, pinned to what a server says, and --unsafe what is likely", async (t) => {
  const root = mkdtempSync(join(realpathSync(tmpdir()), "bulkhead-audit-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const file = join(root, ".github/workflows/ci.yml");
  mkdirSync(join(root, ".github/workflows"), { recursive: true });
  writeFileSync(file, BEFORE);
  const { origin, seen } = await serve(t, (_, response) => {
    response.end(`${packet("# service=git-upload-pack\n")}0000${packet(`${COMMIT} refs/tags/v1\0x\n`)}0000`);
  });
  const run = (...more: string[]) => inProcess(["build", "audit", root, ...more], { cwd: root, home: root });

  const shown = await run("--diff", "--online", "--forge", origin);
  assert.match(shown.stdout, new RegExp(`^\\+ {6}- uses: acme/build@${COMMIT} # v1$`, "m"));
  assert.equal(readFileSync(file, "utf8"), BEFORE, "a patch changes no file");
  assert.deepEqual([...new Set(seen.map(({ url }) => url))], ["/acme/build/info/refs?service=git-upload-pack"]);

  assert.equal((await run("--fix", "--online", "--forge", origin)).code, 1, "what is likely is left");
  assert.equal(readFileSync(file, "utf8"), SAFE);
  await run("--fix", "--unsafe");
  assert.match(
    readFileSync(file, "utf8"),
    /- run: make "\$\{HEAD_REF\}"\n {8}env:\n {10}HEAD_REF: \$\{\{ github\.head_ref \}\}\n/,
  );
});
