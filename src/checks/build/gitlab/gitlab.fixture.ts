/** For the tests of checks over GitLab's pipelines: what a check finds in a text. */
import assert from "node:assert/strict";
import { defaultPolicy } from "../../../collect/policy/default.ts";
import { present } from "../../../core/evidence.ts";
import type { Finding } from "../../../core/finding.ts";
import { formatLocation } from "../../../core/location.ts";
import { runCheck } from "../../../core/runner.ts";
import { readGitlabPipeline } from "../../../engines/pipelines/gitlab/read.ts";
import type { GitlabCheck } from "../../subjects/pipelines.ts";

const now = new Date("2026-01-01T00:00:00Z");

export interface Around {
  /** Files beside it, by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly registries?: readonly string[];
  readonly includes?: readonly string[];
}

export function findings(
  check: GitlabCheck,
  text: string,
  { files = {}, registries = [], includes = [] }: Around = {},
): Finding[] {
  const pipeline = readGitlabPipeline(".gitlab-ci.yml", text, {
    read: (path) => files[path],
    match: () => Object.keys(files).sort(),
  });
  const { findings: found } = runCheck(
    check,
    { pipeline: present(pipeline, now.toISOString()), scripts: present([], now.toISOString()) },
    {
      asset: { kind: "file", id: ".gitlab-ci.yml", lineage: ".gitlab-ci.yml", name: ".gitlab-ci.yml" },
      policy: {
        ...defaultPolicy,
        registries,
        pipelines: { ...defaultPolicy.pipelines, includes: { allow: includes } },
      },
      now,
    },
  );
  assert.equal(new Set(found.map(({ subject }) => subject)).size, found.length, "subjects differ");
  return [...found];
}

/** `line:column` of every place, in the order of the file. */
export function places(check: GitlabCheck, text: string, around: Around = {}): string[] {
  const found = findings(check, text, around).flatMap(({ locations }) =>
    locations.map((location) => formatLocation(location).replace(".gitlab-ci.yml:", "")),
  );
  return found.sort(compareNumbers);
}

const compareNumbers = new Intl.Collator("en", { numeric: true }).compare;

/** Lines of a job's script, as a pipeline whose first script line is its third. */
export function script(...lines: readonly string[]): string {
  return `job:\n  script:\n${lines.map((line) => `    - ${JSON.stringify(line)}\n`).join("")}`;
}
