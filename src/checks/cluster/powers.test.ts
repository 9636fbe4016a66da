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
import { podCreation } from "./pod-creation.ts";
import { podExec } from "./pod-exec.ts";
import { binding, manifestOf, role, ruleWords } from "./rbac/rbac.fixture.ts";
import { rbacEscalation } from "./rbac-escalation.ts";
import { secretsReadable } from "./secrets-readable.ts";
import { serverInsides } from "./server-insides.ts";
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
    assert.match(finding?.subject ?? "", /^ClusterRoleBinding b to ClusterRole r for ServiceAccount shop\/web: /);
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
  assert.deepEqual(
    severities(podExec, role("r", [ruleWords("create|pods/exec", ["one"])]), binding("shop/b", "r", ["User ada"])),
    [],
  );
  assert.deepEqual(severities(rbacEscalation, ...named("bind|rbac.authorization.k8s.io|clusterroles")), ["high"]);
  assert.deepEqual(severities(rbacEscalation, ...named("impersonate|groups")), ["high"]);
});

test("admin and edit are known without their manifests, and low where they are bound in a namespace", () => {
  assert.deepEqual(severities(secretsReadable, binding("shop/b", "edit", ["Group shop"])), ["low"]);
  assert.deepEqual(severities(secretsReadable, binding("b", "edit", ["Group shop"])), ["high"]);
  assert.deepEqual(severities(secretsReadable, binding("b", "view", ["Group shop"])), []);
});

test("a name in a rule takes little from what is a node, a token or a workload of kube-system", () => {
  const named = (check: ClusterCheck, words: string, bound: string): string[] =>
    severities(check, role("r", [ruleWords(words, ["one"])]), binding(bound, "r", ["User ada"]));
  assert.deepEqual(named(nodeProxy, "get|nodes/proxy", "b"), ["high"]);
  assert.deepEqual(named(nodeChange, "patch|nodes/status", "b"), ["medium"]);
  assert.deepEqual(named(tokenCreation, "create|serviceaccounts/token", "b"), ["high"]);
  assert.deepEqual(named(tokenCreation, "create|serviceaccounts/token", "kube-system/b"), ["high"]);
  assert.deepEqual(named(tokenCreation, "create|serviceaccounts/token", "shop/b"), ["low"]);
  assert.deepEqual(named(podExec, "create|pods/exec", "kube-system/b"), ["high"]);
  assert.deepEqual(named(podCreation, "patch|apps|daemonsets", "b"), ["high"]);
  // Objects that are created have no name to compare, but for those that a patch creates.
  assert.deepEqual(named(podCreation, "create|pods", "b"), []);
  assert.deepEqual(named(podCreation, "create patch|pods", "b"), ["high"]);
  const apart = (other: string): object =>
    role("r", [ruleWords("create|pods", ["one"]), ruleWords("patch|pods", [other])]);
  assert.deepEqual(severities(podCreation, apart("one"), binding("b", "r", ["User ada"])), ["high"]);
  assert.deepEqual(severities(podCreation, apart("two"), binding("b", "r", ["User ada"])), []);
});

test("a workload of kube-system that a rule names runs as any account there", () => {
  const objects = [
    role("reader", [ruleWords("list|secrets")]),
    binding("strong", "reader", ["kube-system/strong"]),
    role("deployer", [ruleWords("patch|apps|daemonsets", ["kube-proxy"])]),
    binding("kube-system/ci", "deployer", ["ci/bot"]),
  ];
  assert.deepEqual(severities(podCreation, ...objects), ["high"]);
});

test("extra fields of whom somebody impersonates, each by its name or a star", () => {
  const given = (resources: string): string[] =>
    severities(
      rbacEscalation,
      role("r", [ruleWords(`impersonate|authentication.k8s.io|${resources}`)]),
      binding("b", "r", ["User ada"]),
    );
  assert.deepEqual(given("userextras/scopes"), ["high"]);
  assert.deepEqual(given("userextras/*"), ["high"]);
  assert.deepEqual(given("*/scopes"), ["high"]);
  assert.deepEqual(given("tokenreviews/status"), []);
});

test("paths of the API server that show its logs and its memory", () => {
  const given = (url: string, bound = "b"): string[] =>
    severities(serverInsides, role("r", [{ verbs: ["get"], urls: [url] }]), binding(bound, "r", ["User ada"]));
  for (const url of [
    "*",
    "**",
    "/*",
    "/logs",
    "/logs/*",
    "/logs/kube-apiserver.log",
    "/debug/*",
    "/debug/pprof/*",
    "/de*",
  ]) {
    assert.deepEqual(given(url), ["medium"], url);
  }
  for (const url of ["/healthz", "/healthz/*", "/metrics", "/logsome", "/debugger"])
    assert.deepEqual(given(url), [], url);
  assert.deepEqual(given("*", "shop/b"), []);
  assert.deepEqual(severities(serverInsides, binding("b", "cluster-admin", ["User ada"])), []);
});
