import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bounds } from "../bounds.ts";
import { readGithubFile } from "../github/read.ts";
import { writableScopes } from "./permissions.ts";
import { repositoryRuns } from "./repository.ts";

function runsOf(files: Readonly<Record<string, string>>) {
  const read = Object.entries(files).map(([path, text]) => readGithubFile(path, text));
  return repositoryRuns(read.filter((file) => file.kind !== "dependabot"));
}

const WORKFLOWS = ".github/workflows";

describe("what runs in a repository", () => {
  it("is cycle-safe: workflows and actions that lead to themselves are told", () => {
    const runs = runsOf({
      [`${WORKFLOWS}/a.yml`]: `on: [push, workflow_call]\njobs:\n  a:\n    uses: ./${WORKFLOWS}/b.yml\n  b:\n    uses: ./${WORKFLOWS}/a.yml\n`,
      [`${WORKFLOWS}/b.yml`]: `on: workflow_call\njobs:\n  c:\n    uses: ./${WORKFLOWS}/a.yml\n  d:\n    runs-on: u\n    steps:\n      - uses: ./x\n`,
      "x/action.yml": "runs:\n  using: composite\n  steps:\n    - uses: ./x\n    - run: a\n      shell: bash\n",
    });
    assert.deepEqual(runs.unfollowed.map(({ place, reason }) => `${place.path}:${place.line} ${reason}`).sort(), [
      `${WORKFLOWS}/a.yml:6 the workflow ${WORKFLOWS}/a.yml is called within itself`,
      `${WORKFLOWS}/b.yml:4 the workflow ${WORKFLOWS}/a.yml is called within itself`,
      "x/action.yml:4 the local action x is used within itself, or too deep",
    ]);
    assert.deepEqual(
      runs.jobs.map(({ job, steps }) => [job.id, steps.length]),
      [["d", 3]],
    );
  });

  it("ends where calls or actions double at every level", () => {
    const files: Record<string, string> = {};
    for (let level = 0; level < 9; level++) {
      const calls = Array.from({ length: 40 }, (_, at) => `  j${at}:\n    uses: ./${WORKFLOWS}/w${level + 1}.yml\n`);
      files[`${WORKFLOWS}/w${level}.yml`] = `on: [push, workflow_call]\njobs:\n${calls.join("")}`;
    }
    files[`${WORKFLOWS}/w9.yml`] = "on: workflow_call\njobs:\n  a:\n    runs-on: u\n    steps: [{ uses: ./a0 }]\n";
    for (let level = 0; level < 9; level++) {
      const steps = Array.from({ length: 40 }, () => `    - uses: ./a${level + 1}\n`);
      files[`a${level}/action.yml`] = `runs:\n  using: composite\n  steps:\n${steps.join("")}`;
    }
    files["a9/action.yml"] = "runs:\n  using: composite\n  steps:\n    - run: a\n      shell: bash\n";
    const runs = runsOf(files);
    assert.ok(runs.jobs.length <= bounds.runningJobs);
    assert.ok(runs.jobs.reduce((sum, { steps }) => sum + steps.length, 0) <= bounds.runningSteps);
    assert.ok(runs.unfollowed.length > 0);
  });

  it("knows which secrets a call passes on, and which permissions are left", () => {
    const secret = (name: string) => `"\${{ secrets.${name} }}"`;
    const runs = runsOf({
      [`${WORKFLOWS}/a.yml`]: `on: push
permissions: { contents: write, packages: write }
jobs:
  a:
    uses: ./${WORKFLOWS}/b.yml
    secrets: { token: ${secret("NPM")} }
`,
      [`${WORKFLOWS}/b.yml`]: `on: workflow_call
permissions: { contents: write }
jobs:
  b:
    runs-on: u
    env: { A: ${secret("TOKEN")}, B: ${secret("OTHER")}, C: ${secret("GITHUB_TOKEN")} }
    steps: [{ run: a }]
`,
    });
    const [job] = runs.jobs;
    assert.deepEqual(
      job?.secrets.map(({ name, place, passed }) => [name, place.line, passed.map(({ line }) => line)]),
      [["NPM", 6, [6]]],
    );
    assert.deepEqual(writableScopes(job?.permissions ?? []), ["contents"]);
    assert.equal(writableScopes([]), undefined);
  });
});
