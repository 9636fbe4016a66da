/** Workflow files of an attacker: bounded, and unknown with their place. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { defaultPolicy } from "../../src/collect/policy/default.ts";
import { discover } from "../../src/collect/tree/discover.ts";
import { readPipelines } from "../../src/collect/tree/pipelines.ts";
import { treeOf } from "../../src/collect/tree/tree.fixture.ts";
import { auditPipelines } from "../../src/scan/pipelines.ts";

const PATH = ".github/workflows/ci.yml";
const HEAD = "on: pull_request_target\njobs:\n  a:\n    runs-on: u\n    steps:\n";

async function audited(files: Readonly<Record<string, string>>) {
  using tree = treeOf(files);
  const { pipelines } = await discover(tree.root);
  const context = { policy: defaultPolicy, now: new Date(0) };
  const { evaluations } = await auditPipelines(readPipelines(tree.root, pipelines), context, "tree");
  return evaluations;
}

/** Verdicts of a file's checks, and the reasons of their gaps. */
async function unknowns(text: string) {
  const evaluations = (await audited({ [PATH]: text })).filter(({ asset }) => asset.name === PATH);
  const reasons = new Set(evaluations.flatMap(({ gaps }) => gaps.map(({ code, reason }) => `${code}: ${reason}`)));
  return { verdicts: new Set(evaluations.map(({ verdict }) => verdict)), reasons: [...reasons] };
}

function bomb(): string {
  const names = "abcdefghi".split("");
  const lines = names.map((name, at) => {
    const inner = at === 0 ? "x" : `*${names[at - 1]}`;
    return `${name}: &${name} [${Array(9).fill(inner).join(", ")}]\n`;
  });
  return `${lines.join("")}on: push\njobs: {}\n`;
}

describe("hostile workflows", () => {
  it("YAML bombs, nesting, aliases within themselves and files of 10 MB are unknown, none passes", async () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      [bomb(), /over \d+ values, with aliases followed/],
      ["on: &a [*a]\njobs: {}\n", /alias \*a stands within itself/],
      ["on: push\njobs: &j\n  a: *j\n", /alias \*j stands within itself/],
      ["[".repeat(500_000), /nested more than/],
      [`on: push\nx: ${"{a: ".repeat(5_000)}`, /nested more than/],
      ["- ".repeat(400_000), /nested more than/],
      [`${HEAD}      - run: ${"x".repeat(10 * 1024 * 1024)}\n`, /bytes exceed the limit/],
      [`x: &x y\n${"# filled\n".repeat(100_000)}${HEAD}`, /unusual form/],
      ["\u0000\u0001\u0002", /ci\.yml/],
    ];
    for (const [text, expected] of cases) {
      const { verdicts, reasons } = await unknowns(text);
      assert.deepEqual([...verdicts], ["unknown"], text.slice(0, 40));
      assert.match(reasons.join("\n"), expected);
      assert.match(reasons.join("\n"), /ci\.yml/);
    }
  });

  it("expressions nested without end, and unclosed ones, are unknown with their place", async () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      [`\${{ ${"(".repeat(10_000)} }}`, /ci\.yml:6:14: an expression is not understood: it is nested more than/],
      [`\${{ ${"!".repeat(10_000)}a }}`, /nested more than/],
      [`\${{ ${"a[".repeat(5_000)} }}`, /nested more than/],
      [`\${{ a${" || a".repeat(3_000)} }}`, /more than \d+ operators/],
      [`\${{ ${"a".repeat(30_000)} }}`, /longer than/],
      ["echo ${" + "{ github.ref", /ci\.yml:6:19: an expression is not closed/],
    ];
    for (const [run, expected] of cases) {
      const { reasons, verdicts } = await unknowns(`${HEAD}      - run: ${run}\n`);
      assert.match(reasons.join("\n"), expected, run.slice(0, 40));
      assert.ok(!verdicts.has("pass"), run.slice(0, 40));
    }
  });

  it("hundreds of thousands of expressions, comments and steps end", async () => {
    for (const [piece, before] of [
      ["          ${" + "{ github.event.issue.title }}\n", `${HEAD}      - run: |\n`],
      ["      - run: npm publish && make\n", HEAD],
      ["# zizmor: ignore[artipacked]\n", "on: push\njobs: {}\n"],
      ["          git fetch origin pull/1\n", `${HEAD}      - run: |\n`],
      ["${" + "{a}}'", `${HEAD}      - run: `],
    ] as const) {
      const text = before + piece.repeat(Math.floor(100_000 / piece.length));
      assert.ok((await audited({ [PATH]: text })).length > 0);
    }
  });

  it("an action.yml of another program is none, and no place leads out of the tree", async () => {
    const evaluations = await audited({
      "roles/action.yml": "- name: a task of Ansible\n  action: ping\n",
      "broken/action.yaml": "runs: [\n",
      [PATH]:
        "on: push\njobs:\n  a:\n    uses: ./../../etc/passwd\n  b:\n    runs-on: u\n    steps: [{ uses: ./../x }]\n",
    });
    assert.ok(evaluations.every(({ asset }) => asset.name !== "roles/action.yml"));
    assert.ok(evaluations.some(({ asset, verdict }) => asset.name === "broken/action.yaml" && verdict === "unknown"));
    const told = evaluations.flatMap(({ gaps }) => gaps.filter(({ code }) => code === "pipelines.unfollowed"));
    assert.ok(told.length > 0);
  });
});
