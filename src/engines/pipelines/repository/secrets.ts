/** Which secrets a job is handed ("Using secrets in GitHub Actions", "Reuse workflows"). */
import { contextsOf } from "../expressions/walk.ts";
import type { Place, Text } from "../field.ts";
import type { Workflow } from "../github/model.ts";
import type { RunningJob, RunningStep, SecretUse } from "./model.ts";
import { textsIn } from "./texts.ts";

export function secretsOf(
  workflow: Workflow,
  job: RunningJob["job"],
  steps: readonly RunningStep[],
  calls: RunningJob["calls"],
): SecretUse[] {
  const parts = [workflow.env, workflow.envComputed, { ...job, steps: [] }, ...steps.map(({ step }) => step)];
  const found = new Map<string, SecretUse>();
  for (const { name, place } of secretsIn(textsIn(parts))) {
    for (const use of behindCalls({ name, place, passed: [] }, calls)) {
      if (!found.has(use.name)) found.set(use.name, use);
    }
  }
  return [...found.values()];
}

/** Names in upper case, as GitHub keeps them. */
function secretsIn(texts: readonly Text[]): { name: string; place: Place }[] {
  return texts.flatMap(({ expressions }) =>
    expressions.flatMap(({ tree, place }) =>
      (tree === undefined ? [] : contextsOf(tree)).flatMap(({ root, path: [first] }) => {
        if (root?.toLowerCase() !== "secrets") return [];
        const name = first?.kind === "name" ? first.name.toUpperCase() : "*";
        return name === "GITHUB_TOKEN" ? [] : [{ name, place }];
      }),
    ),
  );
}

/** What the entry passes for it; nothing where a call does not pass it on. */
function behindCalls(use: SecretUse, calls: RunningJob["calls"]): SecretUse[] {
  let uses = [use];
  for (const { job } of [...calls].reverse()) {
    const { secrets } = job;
    if (secrets === undefined) return [];
    uses = uses.flatMap((one): SecretUse[] => {
      if (secrets.kind === "inherit") return [{ ...one, passed: [secrets.text.place, ...one.passed] }];
      const fields = secrets.fields.filter(({ key }) => one.name === "*" || key.value.toUpperCase() === one.name);
      return fields.flatMap(({ value }) =>
        secretsIn(value === undefined ? [] : [value]).map(({ name, place }) => ({
          ...one,
          name,
          passed: [place, ...one.passed],
        })),
      );
    });
  }
  return uses;
}
