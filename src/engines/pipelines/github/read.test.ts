import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Action, Dependabot, StepsJob, Workflow } from "./model.ts";
import { readGithubFile } from "./read.ts";

const PATH = ".github/workflows/ci.yml";

function workflow(text: string): Workflow {
  return readGithubFile(PATH, text) as Workflow;
}

function firstJob(text: string): StepsJob {
  return workflow(text).jobs[0] as StepsJob;
}

const HEAD = "on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n";

describe("reading a workflow of GitHub", () => {
  it("keeps on a text in all its forms", () => {
    const events = (on: string) => workflow(`${on}\njobs: {}\n`).on.map(({ event }) => event);
    assert.deepEqual(events("on: push"), ["push"]);
    assert.deepEqual(events("on: [push, pull_request]"), ["push", "pull_request"]);
    assert.deepEqual(events('"on":\n  push:\n    branches: [main]\n  workflow_run:\n    workflows: CI'), [
      "push",
      "workflow_run",
    ]);
    const [push] = workflow("on:\n  push:\n    branches: main\n    tags: ['v*']\njobs: {}\n").on;
    assert.deepEqual(
      [push?.branches, push?.tags].map((texts) => texts?.map(({ value }) => value)),
      [["main"], ["v*"]],
    );
  });

  it("places expressions within blocks, quotes and folded lines", () => {
    const text = `${HEAD}    steps:
      - run: |
          echo one

          echo \${{ github.event.issue.title }} # \${{ 'it''s }}' }}
      - run: 'echo ''\${{ github.head_ref }}'''
      - run: >-
          echo
            \${{
              github.ref }}
      - if: github.ref == 'refs/heads/main'
        run: "a \\" \${{ github.sha }}"
`;
    const job = firstJob(text);
    const found = job.steps.flatMap((step) =>
      step.kind === "run" ? [...step.run.expressions, ...(step.if?.expressions ?? [])] : [],
    );
    assert.deepEqual(
      found.map(({ source, place }) => [source, place.line, place.column]),
      [
        ["github.event.issue.title", 9, 16],
        ["'it''s }}'", 9, 50],
        ["github.head_ref", 10, 22],
        ["github.ref", 13, 13],
        ["github.sha", 16, 14],
        ["github.ref == 'refs/heads/main'", 15, 13],
      ],
    );
    for (const { source, place } of found.slice(0, 4)) {
      const written = text.slice(place.start, place.end);
      assert.ok(written.startsWith("${{") && written.endsWith("}}"), source);
    }
    assert.deepEqual(workflow(text).unread, []);
  });

  it("reads CRLF and a mark of byte order as if neither were there", () => {
    const plain = `${HEAD}    steps:\n      - run: |\n          echo \${{ github.ref }}\n`;
    const [step] = firstJob(`\ufeff${plain.replaceAll("\n", "\r\n")}`).steps;
    const [same] = firstJob(plain).steps;
    assert.ok(step?.kind === "run" && same?.kind === "run");
    assert.equal(step.run.value, same.run.value);
    const at = ({ line, column }: { line: number; column: number }) => [line, column];
    assert.deepEqual(
      step.run.expressions.map(({ place }) => at(place)),
      same.run.expressions.map(({ place }) => at(place)),
    );
  });

  it("follows aliases, and tells merge keys and keys that are there twice", () => {
    const aliased = firstJob(`${HEAD}    env: &all\n      A: "1"\n    steps:\n      - run: echo\n        env: *all\n`);
    assert.deepEqual(
      aliased.steps[0]?.env.map(({ key, value }) => [key.value, value?.value]),
      [["A", "1"]],
    );
    const merged = workflow(`x: &x\n  A: b\n${HEAD}    env:\n      <<: *x\n    steps: []\n`);
    assert.ok(merged.unread.some(({ reason }) => reason === "GitHub does not read merge keys"));
    const twice = workflow(`${HEAD}    Runs-On: self-hosted\n    steps: []\n`);
    assert.match(twice.unread.map(({ reason }) => reason).join(), /"Runs-On" is there twice/);
    assert.equal(twice.unread[0]?.place.line, 5);
  });

  it("tells what it does not understand, with the place", () => {
    const reasons = (text: string) => workflow(text).unread.map(({ place, reason }) => `${place.line}: ${reason}`);
    assert.deepEqual(reasons(`${HEAD}    steps:\n      - run: echo \${{ github.ref\n`), [
      "6: an expression is not closed",
    ]);
    assert.deepEqual(reasons(`${HEAD}    steps:\n      - name: nothing\n`), ["6: a step has neither run nor uses"]);
    assert.deepEqual(reasons(`${HEAD}    steps: []\n    boom: 1\n`), ['6: the job one has an unknown key "boom"']);
    assert.deepEqual(reasons(`${HEAD}    steps: []\n---\non: push\n`), ["7: GitHub refuses a second document"]);
    assert.deepEqual(reasons(`permissions: some\n${HEAD}    steps: []\n`), [
      "1: permissions is neither read-all, write-all nor a mapping",
    ]);
  });

  it("refuses what is no YAML with the line", () => {
    for (const text of ["", "# nothing\n", "- a\n", "on: [push\njobs: {}\n", "a: *b\n", "\ton: push\n"]) {
      assert.throws(() => workflow(text), { code: "pipelines.broken" });
    }
    assert.throws(
      () => workflow("on: push\njobs: [\n"),
      (error: { place?: string }) => /ci\.yml:\d/.test(error.place ?? ""),
    );
  });

  it("reads matrices, containers, services, calls and comments", () => {
    const read = workflow(`on: workflow_dispatch
permissions: {}
jobs:
  one:
    strategy:
      matrix:
        os: [ubuntu-24.04, "\${{ vars.OS }}"]
        include: \${{ fromJSON(needs.plan.outputs.more) }}
    runs-on: [self-hosted, "\${{ matrix.os }}"]
    environment: { name: prod, url: https://example.com }
    container: { image: "node:24", credentials: { username: u, password: "\${{ secrets.P }}" } }
    services: { db: { image: postgres } }
    steps:
      - uses: actions/checkout@0123456789012345678901234567890123456789 # v4.2.0
      - uses: ./.github/actions/setup
      - uses: docker://ghcr.io/a/b:1@sha256:aa
  two:
    uses: ./.github/workflows/call.yml
    secrets: inherit
    with: { a: b }
`);
    assert.deepEqual(read.unread, []);
    const [one, two] = read.jobs;
    assert.ok(one?.kind === "steps" && two?.kind === "call");
    assert.deepEqual(
      one.matrix?.axes.map(({ name, values, unknown }) => [name, values.length, unknown]),
      [["os", 1, true]],
    );
    assert.equal(one.matrix?.includeUnknown, true);
    assert.equal(one.container?.password?.expressions[0]?.source, "secrets.P");
    const [checkout, local, docker] = one.steps.map((step) => (step.kind === "uses" ? step.uses : undefined));
    assert.ok(checkout?.kind === "repository" && checkout.refKind === "commit");
    assert.equal(checkout.text.comment, "v4.2.0");
    assert.ok(local?.kind === "local" && local.path === ".github/actions/setup");
    assert.ok(docker?.kind === "docker" && docker.image === "ghcr.io/a/b" && docker.digest === "sha256:aa");
    assert.equal(two.secrets?.kind, "inherit");
    assert.deepEqual(read.permissions?.kind === "each" && read.permissions.grants, []);
  });
});

describe("reading GitHub's other files", () => {
  it("reads composite actions and Dependabot's options", () => {
    const action = readGithubFile(
      "a/action.yml",
      `name: A
inputs:
  who: { required: true }
runs:
  using: composite
  steps:
    - run: echo \${{ inputs.who }}
      shell: bash
`,
    ) as Action;
    assert.equal(action.using?.value, "composite");
    assert.equal(action.steps.length, 1);
    assert.deepEqual(
      action.inputs.map(({ name, required }) => [name, required]),
      [["who", true]],
    );
    const dependabot = readGithubFile(
      ".github/dependabot.yml",
      "version: 2\nupdates:\n  - package-ecosystem: npm\n    cooldown:\n      default-days: 7\n      include: ['*']\n",
    ) as Dependabot;
    assert.equal(dependabot.updates[0]?.ecosystem?.value, "npm");
    assert.deepEqual(
      dependabot.updates[0]?.cooldown?.fields.map(({ key }) => key.value),
      ["default-days", "include"],
    );
    assert.deepEqual([...action.unread, ...dependabot.unread], []);
  });
});
