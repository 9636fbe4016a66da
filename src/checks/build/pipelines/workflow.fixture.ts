/** For the tests of checks over files of continuous integration: what a check finds in a text. */
import assert from "node:assert/strict";
import { defaultPolicy } from "../../../collect/policy/default.ts";
import { present } from "../../../core/evidence.ts";
import type { Finding } from "../../../core/finding.ts";
import type { Policy } from "../../../core/policy.ts";
import { runChecks } from "../../../core/runner.ts";
import { readGithubFile } from "../../../engines/pipelines/github/read.ts";
import type { DependabotCheck, DependabotFacts, WorkflowCheck, WorkflowFacts } from "../../subjects/pipelines.ts";

/** What a test says that is not in the file. */
export interface Around {
  /** `.github/workflows/ci.yml` where none is stated. */
  readonly path?: string;
  readonly policy?: Partial<Policy>;
}

const now = new Date("2026-01-01T00:00:00Z");

/** With and without parameters, over whichever of the facts. */
interface AnyCheck<Subject extends string> {
  readonly id: string;
  readonly subject: Subject;
}

/** Findings of a check over a workflow or an action's metadata. Their subjects differ, as the runner needs them to. */
export function findingsOf(check: AnyCheck<"workflow">, text: string, around: Around = {}): readonly Finding[] {
  const { path = ".github/workflows/ci.yml", policy } = around;
  const file = readGithubFile(path, text);
  assert.notEqual(file.kind, "dependabot");
  if (file.kind === "dependabot") return [];
  const at = now.toISOString();
  const evidence = { file: present(file, at), commands: present(file.runScripts.commands, at) };
  const evaluations = runChecks<WorkflowFacts>(
    [check as WorkflowCheck<keyof WorkflowFacts>],
    evidence,
    context(path, policy),
  );
  return distinct(evaluations.flatMap(({ findings }) => findings));
}

/** The same of dependabot.yml. */
export function dependabotFindings(
  check: AnyCheck<"dependabot">,
  text: string,
  policy?: Partial<Policy>,
): readonly Finding[] {
  const path = ".github/dependabot.yml";
  const file = readGithubFile(path, text);
  assert.equal(file.kind, "dependabot");
  if (file.kind !== "dependabot") return [];
  const evidence = { dependabot: present(file, now.toISOString()) };
  const evaluations = runChecks<DependabotFacts>([check as DependabotCheck], evidence, context(path, policy));
  return distinct(evaluations.flatMap(({ findings }) => findings));
}

function context(path: string, policy: Partial<Policy> | undefined) {
  const asset = { kind: "file", id: path, lineage: path, name: path } as const;
  return { asset, policy: { ...defaultPolicy, ...policy }, now };
}

function distinct(findings: readonly Finding[]): readonly Finding[] {
  assert.equal(new Set(findings.map(({ subject }) => subject)).size, findings.length, "subjects differ");
  return findings;
}

/** `severity lines: title` of each finding, in the order of the file. */
export function told(findings: readonly Finding[]): string[] {
  return [...findings]
    .sort((a, b) => (linesOf(a)[0] ?? 0) - (linesOf(b)[0] ?? 0))
    .map((finding) => `${finding.severity} ${linesOf(finding).join(",")}: ${finding.title}`);
}

export function linesOf({ locations }: Finding): number[] {
  return locations.flatMap((one) => (one.kind === "file" && one.line !== undefined ? [one.line] : []));
}

/** A workflow of one job, its steps from line 5 on. */
export function withSteps(steps: string, trigger = "push"): string {
  return `on: ${trigger}\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n${indented(steps, 6)}`;
}

/** A workflow whose job has these keys, from line 4 on. */
export function withJob(keys: string, trigger = "push"): string {
  return `on: ${trigger}\njobs:\n  build:\n${indented(keys, 4)}`;
}

function indented(text: string, by: number): string {
  const lines = text.replace(/^\n/, "").trimEnd().split("\n");
  return `${lines.map((line) => `${" ".repeat(by)}${line}`).join("\n")}\n`;
}
