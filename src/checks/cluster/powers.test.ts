import assert from "node:assert/strict";
import { test } from "node:test";
import { findingsOf } from "../workload/kubernetes/workload.fixture.ts";
import { admissionControlChange } from "./admission-control-change.ts";
import { apiExtensionChange } from "./api-extension-change.ts";
import { ephemeralContainersChange } from "./ephemeral-containers-change.ts";
import type { ClusterCheck } from "./kubernetes/cluster-check.ts";
import { nodeChange } from "./node-change.ts";
import { nodeProxy } from "./node-proxy.ts";
import { persistentVolumeCreation } from "./persistent-volume-creation.ts";
import { podExec } from "./pod-exec.ts";
import { binding, manifestOf, role, ruleWords } from "./rbac/rbac.fixture.ts";
import { rbacEscalation } from "./rbac-escalation.ts";
import { secretsReadable } from "./secrets-readable.ts";
import { tokenCreation } from "./token-creation.ts";

/** The check, a rule that gives its power, and severities in the whole cluster, in a namespace, and in kube-system. */
const cases: readonly [ClusterCheck, string, string, string | undefined, string | undefined][] = [
  [secretsReadable, "list|secrets", "high", "medium", "high"],
  [podExec, "create|pods/exec", "high", "medium", "high"],
  [ephemeralContainersChange, "patch|pods/ephemeralcontainers", "high", "medium", "high"],
  [tokenCreation, "create|serviceaccounts/token", "high", "medium", "high"],
  [nodeProxy, "get|nodes/proxy", "high", undefined, undefined],
  [rbacEscalation, "escalate|rbac.authorization.k8s.io|roles", "high", "medium", "high"],
  [
    admissionControlChange,
    "patch|admissionregistration.k8s.io|validatingwebhookconfigurations",
    "high",
    undefined,
    undefined,
  ],
  [apiExtensionChange, "update|apiextensions.k8s.io|customresourcedefinitions", "medium", undefined, undefined],
  [persistentVolumeCreation, "create|persistentvolumes", "medium", undefined, undefined],
  [nodeChange, "patch|nodes/status", "medium", undefined, undefined],
];

function severities(check: ClusterCheck, ...objects: object[]): string[] {
  return findingsOf(check, manifestOf(...objects)).map(({ severity }) => severity);
}

for (const [check, words, wide, narrow, system] of cases) {
  const power = role("r", [ruleWords("get|pods"), ruleWords(words)]);
  test(`${check.id}: found where it is given, with its way`, () => {
    const text = manifestOf(power, binding("b", "r", ["shop/web"]));
    const [finding, ...more] = findingsOf(check, text);
    assert.equal(more.length, 0);
    assert.equal(finding?.severity, wide);
    assert.equal(finding?.subject, "ClusterRoleBinding b");
    assert.equal(finding?.evidence.path, "ClusterRoleBinding b → ClusterRole r → rules[1]");
    assert.deepEqual(
      finding?.locations.map((location) => (location.kind === "file" ? location.line : 0)),
      [3, 1],
    );
  });
  test(`${check.id}: in a namespace`, () => {
    const expected = (severity: string | undefined): string[] => (severity === undefined ? [] : [severity]);
    assert.deepEqual(severities(check, power, binding("shop/b", "r", ["shop/web"])), expected(narrow));
    assert.deepEqual(severities(check, power, binding("kube-system/b", "r", ["shop/web"])), expected(system));
  });
  test(`${check.id}: not where nobody has it, where something else is given, or everything is`, () => {
    assert.deepEqual(severities(check, power, binding("b", "r", [])), []);
    assert.deepEqual(severities(check, role("r", [ruleWords("get|pods")]), binding("b", "r", ["User ada"])), []);
    assert.deepEqual(severities(check, role("r", [ruleWords("*|*|*")]), binding("b", "r", ["User ada"])), []);
  });
}

test("a rule that names its objects is how it should be, except for who may give rights on", () => {
  const named = (words: string): object[] => [role("r", [ruleWords(words, ["one"])]), binding("b", "r", ["User ada"])];
  assert.deepEqual(severities(secretsReadable, ...named("get|secrets")), []);
  assert.deepEqual(severities(tokenCreation, ...named("create|serviceaccounts/token")), []);
  assert.deepEqual(severities(rbacEscalation, ...named("bind|rbac.authorization.k8s.io|clusterroles")), ["high"]);
  assert.deepEqual(severities(rbacEscalation, ...named("impersonate|groups")), ["high"]);
});

test("admin and edit are known without their manifests, and low where they are bound in a namespace", () => {
  assert.deepEqual(severities(secretsReadable, binding("shop/b", "edit", ["Group shop"])), ["low"]);
  assert.deepEqual(severities(secretsReadable, binding("b", "edit", ["Group shop"])), ["high"]);
  assert.deepEqual(severities(secretsReadable, binding("b", "view", ["Group shop"])), []);
});
