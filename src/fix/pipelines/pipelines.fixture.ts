/** Pipeline files of tests, fixed in memory. */
import { defaultPolicy } from "../../collect/policy/default.ts";
import { readGithubFile } from "../../engines/pipelines/github/read.ts";
import { evaluateGithubFile } from "../../evaluate/build/workflows.ts";
import type { LintPipeline } from "./fix-verification.ts";
import { type FixedPipeline, fixPipeline, type PipelineFixContext } from "./fixes.ts";

const now = new Date("2026-01-01T00:00:00Z");

export const CI = ".github/workflows/ci.yml";

export function linterOf(path: string): LintPipeline {
  return (text) => {
    const file = readGithubFile(path, text);
    return { file, evaluations: evaluateGithubFile(file, { policy: defaultPolicy, now }) };
  };
}

/** Makes what is likely too, where nothing else is said. */
export function fixed(text: string, around: Partial<PipelineFixContext> = {}, path = CI): FixedPipeline {
  return fixPipeline(path, text, { lint: linterOf(path), unsafe: true, ...around });
}

/** `check grade` of what was made, sorted. */
export function made({ fixed: done }: FixedPipeline): string[] {
  return done
    .map(({ finding: { check, fix } }) => `${check} ${fix !== undefined && "grade" in fix ? fix.grade : ""}`)
    .sort();
}

/** A workflow that no check but the one of the test finds anything in, its steps from line 14 on. */
export function quiet(steps: string, on = "pull_request"): string {
  const lines = steps.replace(/^\n/, "").trimEnd().split("\n");
  return `name: ci
on: ${on}
permissions: {}
concurrency:
  group: a
  cancel-in-progress: true
jobs:
  build:
    name: build
    runs-on: ubuntu-latest
    timeout-minutes: 10
    steps:
${lines.map((line) => (line === "" ? line : `      ${line}`)).join("\n")}
`;
}
