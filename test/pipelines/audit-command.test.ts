/** `bulkhead build audit` as a user runs it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { treeOf } from "../../src/collect/tree/tree.fixture.ts";
import { inProcess } from "../in-process.ts";

const PATH = ".github/workflows/ci.yml";
const WORKFLOW = `on: push
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    steps:
      - uses: actions/checkout@0123456789abcdef0123456789abcdef01234567 # v4.2.0
      - run: make
`;

describe("bulkhead build audit", () => {
  it("fixes what is proven, shows it first, and leaves the rest of the file as it is", async () => {
    using tree = treeOf({ [PATH]: WORKFLOW });
    const run = { cwd: tree.root, home: tree.root };
    const shown = await inProcess(["build", "audit", "--diff", "--unsafe", "--quiet"], run);
    assert.match(shown.stdout, /^\+ +persist-credentials: false$/m);
    assert.equal(readFileSync(join(tree.root, PATH), "utf8"), WORKFLOW);
    const made = await inProcess(["build", "audit", "--fix", "--unsafe", "--quiet"], run);
    assert.equal(made.code, 0, made.stdout + made.stderr);
    const after = readFileSync(join(tree.root, PATH), "utf8");
    assert.ok(after.includes("# v4.2.0\n") && after.includes("persist-credentials: false"));
    const again = await inProcess(["build", "audit", "--diff", "--unsafe", "--quiet"], run);
    assert.equal(again.stdout, "");
  });

  it("takes files by name, ends with 1 for what is high, with 3 for what is not known, with 2 for a wrong word", async () => {
    using tree = treeOf({
      [PATH]: WORKFLOW,
      "bad.yml": `on: issues\njobs:\n  a:\n    runs-on: u\n    steps:\n      - run: echo "\${{ github.event.issue.title }}"\n`,
      "broken.yml": "on: [\n",
    });
    const code = async (...words: string[]) =>
      (await inProcess(["build", "audit", ...words, "--quiet"], { cwd: tree.root, home: tree.root })).code;
    assert.equal(await code(PATH), 0);
    assert.equal(await code(PATH, "bad.yml"), 1);
    assert.equal(await code("broken.yml"), 3);
    assert.equal(await code("none.yml"), 2);
    assert.equal(await code(".", PATH), 2);
    assert.equal(await code("--unsafe"), 2);
  });
});
