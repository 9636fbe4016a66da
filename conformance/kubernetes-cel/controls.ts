/**
 * Verdicts of whole policies, as kubescape's cel-admission-library tests them against an API server: a policy, an object made of a
 * template by changes, and whether it is let in.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { withDefaults } from "../../src/engines/admission/policies/defaults.ts";
import { evaluateAdmissionPolicies } from "../../src/engines/admission/policies/evaluate.ts";
import { readAdmissionPolicies } from "../../src/engines/admission/policies/read.ts";
import type { Case } from "../suite.ts";

interface ControlTest {
  readonly name: string;
  readonly template: string;
  readonly expected: "pass" | "fail" | "warn";
  readonly field_change_list?: readonly string[];
  readonly binding_template?: string;
  readonly param_template?: string;
}

type Plain = Record<string, unknown>;

export function* controlCases(folder: string): Generator<Case> {
  const controls = join(folder, "controls");
  if (!existsSync(controls)) return;
  for (const control of readdirSync(controls).sort()) {
    const path = join(controls, control, "tests.json");
    if (!existsSync(path)) continue;
    const policy = parse(readFileSync(join(controls, control, "policy.yaml"), "utf8")) as Plain;
    for (const test of JSON.parse(readFileSync(path, "utf8")) as ControlTest[])
      yield { name: `${control}: ${test.name}`, run: () => judge(folder, policy, test) };
  }
}

async function judge(folder: string, policy: Plain, test: ControlTest): Promise<void> {
  const { name } = policy.metadata as { name: string };
  const made = (template: string, changes: readonly string[]) => {
    const object = parse(readFileSync(join(folder, "test-resources", template), "utf8")) as Plain;
    for (const change of changes) applyChange(object, change);
    return object;
  };
  const binding = made(test.binding_template ?? "policy-binding.yaml", [
    ...[`spec.policyName=${name}`, `metadata.name=${name}-binding`, `spec.paramRef.name=${name}-params`],
  ]);
  const params = made(test.param_template ?? "default-control-configuration.yaml", [`metadata.name=${name}-params`]);
  const object = withDefaults(made(test.template, test.field_change_list ?? []));
  const policies = readAdmissionPolicies({ objects: [policy, binding, params], unread: [], complete: true });
  const { decisions } = await evaluateAdmissionPolicies(policies, requestFor(object), { namespace: NAMESPACE });
  const lines = decisions
    .map(({ outcome, message, actions }) => `${outcome} (${actions.join()}): ${message}`)
    .join("\n");
  assert.ok(
    decisions.every(({ outcome }) => outcome !== "unknown"),
    lines,
  );
  const refused = decisions.some(({ actions }) => actions.includes("Deny"));
  assert.equal(refused, test.expected === "fail", lines);
  if (test.expected === "warn") assert.ok(decisions.length > 0);
}

const NAMESPACE = {
  name: "test-namespace",
  labels: { "kubernetes.io/metadata.name": "test-namespace" },
  annotations: {},
};

function requestFor(object: Plain) {
  const { apiVersion, kind } = object as { apiVersion: string; kind: string };
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
  const lower = kind.toLowerCase();
  const resource =
    /(?:s|ss|ch)$/.test(lower) && lower !== "endpoints" ? `${lower}es` : lower.replace(/y$/, "ie").replace(/s?$/, "s");
  const { name, namespace } = object.metadata as { name: string; namespace?: string };
  return {
    ...{ uid: "1", operation: "CREATE" as const, dryRun: true, name, object },
    kind: { group: group ?? "", version: version ?? "", kind },
    resource: { group: group ?? "", version: version ?? "", resource },
    ...(lower.startsWith("cluster") ? {} : { namespace: namespace ?? "default" }),
    user: { username: "kubernetes-admin", groups: ["system:masters"], extra: {} },
  };
}

/** `spec.containers.[0].image=x`: a value of JSON, else a text. What is not there on the way is made. */
function applyChange(object: Plain, change: string): void {
  const sign = change.indexOf("=");
  const steps = change
    .slice(0, sign)
    .split(".")
    .map((step) => (/^\[\d+\]$/.test(step) ? Number(step.slice(1, -1)) : step));
  let held: Plain | unknown[] = object;
  for (const [index, step] of steps.slice(0, -1).entries()) {
    const next = steps[index + 1];
    (held as Plain)[step] ??= typeof next === "number" ? [] : {};
    held = (held as Plain)[step] as Plain;
  }
  (held as Plain)[steps.at(-1) ?? ""] = jsonOr(change.slice(sign + 1));
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
