/** The runner of the workflows' tests, held to what GitHub documents of its own. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { treeOf } from "../../src/collect/tree/tree.fixture.ts";
import { runWorkflow, type WorkflowRun } from "./github-runner.ts";
import type { Site } from "./site.ts";

async function run(files: Readonly<Record<string, string>>): Promise<WorkflowRun> {
  using tree = treeOf(files);
  const site = {
    folder: tree.root,
    repository: tree.root,
    host: "127.0.0.1:1",
    environment: { PATH: process.env.PATH ?? "" },
    git: () => "0".repeat(40),
  } as Partial<Site> as Site;
  return await runWorkflow(site, ".github/workflows/a.yml", "push", { KEY: "of the caller" });
}

const step = (run: string, more = "") =>
  `      - name: step\n${more}        run: |\n          ${run.replaceAll("\n", "\n          ")}\n`;
const job = (id: string, steps: string, more = "") =>
  `  ${id}:\n    runs-on: ubuntu-24.04\n    permissions: {}\n${more}    steps:\n${steps}`;

test("variables and folders that a step writes are there for the next ones, and not for itself", async () => {
  const text = [
    step(
      `echo "A=one" >>"$GITHUB_ENV"\nprintf 'B<<END\\nx\\n\\ny\\nEND\\n' >>"$GITHUB_ENV"\necho "now:$A$C"`,
      "        env: { C: own }\n",
    ),
    step(
      'mkdir -p bin\nprintf \'#!/bin/sh\\necho added\\n\' >bin/tool\nchmod +x bin/tool\necho "$PWD/bin" >>"$GITHUB_PATH"\ntool || echo none',
    ),
    step('tool\nprintf \'%s\' "$A|$B|$C"\necho "A=two" >>"$GITHUB_ENV"'),
    step('echo "last:$A"', "        env: { A: three }\n"),
    step('echo "end:$A"'),
  ].join("");
  const { jobs, failure } = await run({
    ".github/workflows/a.yml": `on: push\njobs:\n${job("a", text, "    env: { A: job }\n")}`,
  });
  assert.equal(failure, undefined, JSON.stringify(failure));
  const log = jobs[0]?.log ?? "";
  assert.match(log, /^now:jobown\n/m);
  assert.match(log, /^none\n/m);
  assert.match(log, /^added\none\|x\n\ny\|/m);
  assert.match(log, /^last:three\n[\s\S]*^end:two\n/m);
});

test("outputs go to jobs that need them, through called workflows too", async () => {
  const called = `on:
  workflow_call:
    inputs: { name: { default: left, type: string }, other: { default: kept, type: string } }
    outputs:
      made: { value: "\${{ jobs.inner.outputs.made }}" }
jobs:
${job("inner", step('echo "made=$N-$O-$K" >>"$GITHUB_OUTPUT"', '        id: own\n        env: { N: "${{ inputs.name }}", O: "${{ inputs.other }}", K: "${{ secrets.KEY }}" }\n'), '    outputs: { made: "${{ steps.own.outputs.made }}" }\n')}`;
  const show = step(
    'echo "got:$GOT:$UNNEEDED"',
    '        env: { GOT: "${{ needs.call.outputs.made }}", UNNEEDED: "${{ needs.first.outputs.x }}" }\n',
  );
  const text = `on: push
jobs:
${job("first", step('echo "x=1" >>"$GITHUB_OUTPUT"', "        id: o\n"), '    outputs: { x: "${{ steps.o.outputs.x }}" }\n')}  call:
    needs: first
    uses: ./.github/workflows/b.yml
    with: { name: "n\${{ needs.first.outputs.x }}" }
    secrets: { KEY: "\${{ secrets.KEY }}" }
${job("show", show, "    needs: [call]\n")}${job("never", step("false"), "    needs: [first]\n    if: github.event_name == 'schedule'\n")}${job("behind", step("false"), "    needs: [never]\n")}`;
  const { jobs, failure } = await run({ ".github/workflows/a.yml": text, ".github/workflows/b.yml": called });
  assert.equal(failure, undefined, JSON.stringify(failure));
  assert.deepEqual(
    jobs.map(({ name }) => name),
    ["first", "call/inner", "show"],
  );
  assert.match(jobs[2]?.log ?? "", /^got:n1-kept-of the caller:\n/m);
});
