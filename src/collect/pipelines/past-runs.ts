/** Runs of pipelines that were, as the caller hands them over: nobody is asked for them. */
import { readFileSync, statSync } from "node:fs";
import { parseJson } from "../../core/parse-json.ts";
import { asProblem, Problem } from "../../core/problem.ts";
import { isObject } from "../../core/untyped.ts";
import type { PastRun } from "../../engines/pipelines/model.ts";
import { bounds } from "./bounds.ts";

/**
 * What `gh run list --json workflowName,event,conclusion,createdAt` writes, GitHub's `GET /repos/{owner}/{repo}/actions/runs`,
 * or GitLab's `GET /projects/{id}/pipelines?source=schedule`. What of it is no run is left out, and counts for nothing.
 *
 * @throws Problem `pipelines.runs` where it cannot be read, or holds none of the three
 */
export function readPastRuns(file: string): PastRun[] {
  let text: string;
  try {
    const { size } = statSync(file);
    if (size > bounds.pastRunsBytes) throw broken(file, `exceeds the limit of ${bounds.pastRunsBytes} bytes`);
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw asProblem(error, file);
  }
  const runs = parsePastRuns(text);
  if (runs === undefined) throw broken(file, "not a list of runs");
  return runs;
}

/** Undefined of what is no list of runs. */
export function parsePastRuns(text: string): PastRun[] | undefined {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    return undefined;
  }
  const list = isObject(value) ? value.workflow_runs : value;
  if (!Array.isArray(list)) return undefined;
  const runs = list.slice(0, bounds.pastRuns).flatMap((one) => runOf(one) ?? []);
  return list.length > 0 && runs.length === 0 ? undefined : runs;
}

function runOf(value: unknown): PastRun | undefined {
  if (!isObject(value)) return undefined;
  const text = (...keys: readonly string[]): string | undefined =>
    keys.map((key) => value[key]).find((one): one is string => typeof one === "string");
  const at = text("createdAt", "created_at", "startedAt");
  const event = text("event", "source");
  if (at === undefined || event === undefined || Number.isNaN(Date.parse(at))) return undefined;
  // GitLab's pipelines are those of one file, and have a status where GitHub's runs have a conclusion.
  const gitlab = text("source") !== undefined;
  const conclusion = gitlab ? (text("status") ?? "") : (text("conclusion") ?? "");
  return {
    workflow: gitlab ? ".gitlab-ci.yml" : (text("workflowName", "path", "name") ?? ""),
    event,
    conclusion: conclusion === "failed" ? "failure" : conclusion,
    at,
  };
}

function broken(place: string, cause: string): Problem {
  const remedy = "create it with `gh run list --json workflowName,event,conclusion,createdAt`";
  return new Problem({ kind: "usage", code: "pipelines.runs", place, cause, remedy });
}
