import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../collect/policy/default.ts";
import { fileAsset, unopenedImage } from "../core/asset.ts";
import type { Category } from "../core/category.ts";
import type { CheckDescription } from "../core/check.ts";
import { type Action, actions, denyAll } from "../core/enforcement.ts";
import type { Evaluation, Verdict } from "../core/evaluation.ts";
import type { Finding } from "../core/finding.ts";
import { type Policy, policyDigest } from "../core/policy.ts";
import { conclude } from "./conclude.ts";

const tool = { name: "bulkhead", version: "1.2.3" };
const now = new Date("2026-01-01T00:00:00Z");
const authorities = { directory: { kind: "directory", path: "", reason: "made" } } as const;

function described(id: string, category: Category): CheckDescription {
  const documentation = { what: "w", why: "y", fix: "f", references: [] };
  const rest = { layer: "image", controls: [], severity: "varies", subject: "image", needs: {} } as const;
  return { ...rest, id, title: id, category, documentation };
}

const checks = [described("image/a", "configuration"), described("image/secret", "secret")];

function finding(check: string, severity: Finding["severity"], overThreshold: boolean): Finding {
  const evidence = { title: "t", subject: "s", locations: [{ kind: "file", path: "f" }], evidence: {} } as const;
  return { check, severity, overThreshold, fingerprint: "0".repeat(32), matches: { ids: [check] }, ...evidence };
}

function evaluation(check: string, verdict: Verdict, findings: readonly Finding[] = []): Evaluation {
  const rest = { reason: "r", excepted: [], evidence: {}, gaps: [], observedAt: now.toISOString() };
  return { check, asset: fileAsset("f"), verdict, findings, ...rest };
}

function concluded(evaluations: readonly Evaluation[], policy: Policy, failOn?: "medium" | "never") {
  const rest = { tool, policy, now, extent: "named", checks, authorities } as const;
  return conclude([...evaluations], { ...rest, ...(failOn === undefined ? {} : { failOn }) });
}

/** The secret is denied; of configuration it is as stated. */
function under(configuration: Action): Policy {
  const ci = { ...denyAll, categories: { configuration } };
  return { ...defaultPolicy, enforcement: { ...defaultPolicy.enforcement, ci } };
}

test("only what is denied changes the exit code", () => {
  const failing = evaluation("image/a", "fail", [finding("image/a", "high", true)]);
  const open = evaluation("image/a", "unknown");
  const exit = (evaluations: readonly Evaluation[]) =>
    actions.map((action) => concluded(evaluations, under(action)).exitCode);
  assert.deepEqual(exit([failing]), [0, 0, 1]);
  assert.deepEqual(exit([open]), [0, 0, 3]);
  assert.deepEqual(exit([failing, evaluation("image/secret", "unknown")]), [3, 3, 1]);
  assert.deepEqual(exit([failing, evaluation("image/secret", "fail")]), [1, 1, 1]);
  assert.deepEqual(exit([evaluation("image/unheard-of", "fail")]), [1, 1, 1]);
});

test("--fail-on counts what is denied alone", () => {
  const mild = evaluation("image/a", "pass", [finding("image/a", "medium", false)]);
  const exit = (failOn: "medium" | "never") =>
    actions.map((action) => concluded([mild], under(action), failOn).exitCode);
  assert.deepEqual(exit("medium"), [0, 0, 1]);
  assert.deepEqual(exit("never"), [0, 0, 0]);
});

test("an action changes no verdict and no finding", () => {
  const scanned = [
    evaluation("image/a", "fail", [finding("image/a", "high", true)]),
    evaluation("image/a", "pass", [finding("image/a", "low", false)]),
    evaluation("image/a", "pass"),
    evaluation("image/secret", "unknown"),
  ];
  const told = (action: Action) => [...concluded(scanned, under(action)).evaluations];
  const judged = (some: readonly Evaluation[]) => some.map(({ verdict, findings }) => [verdict, findings]);
  assert.deepEqual(judged(told("audit")), judged(told("deny")));
  assert.deepEqual(
    told("warn").map(({ action }) => action),
    ["warn", "warn", undefined, undefined],
  );
});

test("every evaluation gets its basis, and those that rest on the same share one", () => {
  const databases = () => [{ label: "npm.jsonl", asOf: "2025-12-31" }];
  const scanned = [
    evaluation("image/a", "pass"),
    evaluation("image/secret", "pass"),
    { ...evaluation("image/a", "pass"), basis: { databases: databases() } },
    { ...evaluation("image/a", "fail"), basis: { databases: databases() } },
  ];
  const [one, other, first, second] = Array.from(concluded(scanned, defaultPolicy).evaluations, ({ basis }) => basis);
  const run = { tool, policy: policyDigest(defaultPolicy) };
  assert.deepEqual(
    [one, first],
    [
      { ...run, databases: [] },
      { ...run, databases: databases() },
    ],
  );
  assert.equal(one, other);
  assert.equal(first, second);
});

test("nothing to scan is incomplete, whatever validate policy files is told of", () => {
  const source = { path: "bulkhead.yaml", line: 1, column: 1 };
  const exception = { ids: ["x"], reason: "r", owner: "o", expires: "2020-01-01", source };
  for (const policy of [defaultPolicy, { ...defaultPolicy, exceptions: [exception] }]) {
    assert.equal(concluded([], policy).exitCode, 3);
    assert.equal(concluded([], policy, "medium").exitCode, 3);
    assert.equal(concluded([], policy, "never").exitCode, 0);
  }
});

test("an image that is only named leaves a run complete; one that could not be opened does not", () => {
  const unknown = (code: string): Evaluation => ({
    ...evaluation("image/a", "unknown"),
    asset: unopenedImage("registry.example.com/shop/web:1"),
    gaps: [{ code, reason: "r" }],
  });
  assert.equal(concluded([unknown("image.not-opened"), unknown("image.not-built")], defaultPolicy).exitCode, 0);
  assert.equal(concluded([unknown("image.not-opened"), unknown("oci.layer")], defaultPolicy).exitCode, 3);
});

test("an image that is named alone counts as unknown where what it lacks is not that it was never opened", () => {
  const named = (gaps: Evaluation["gaps"]): number =>
    concluded([{ ...evaluation("image/secret", "unknown"), asset: unopenedImage("web:1"), gaps }], defaultPolicy)
      .exitCode;
  assert.equal(named([{ code: "image.not-opened", reason: "r" }]), 0);
  assert.equal(named([{ code: "registry.denied", reason: "r" }]), 3);
  // Its findings are of unknown severity.
  assert.equal(named([]), 3);
});
