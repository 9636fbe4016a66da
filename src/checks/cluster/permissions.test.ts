import assert from "node:assert/strict";
import { test } from "node:test";
import { findingsOf } from "../workload/kubernetes/workload.fixture.ts";
import type { ClusterCheck } from "./kubernetes/cluster-check.ts";
import { binding, manifestOf, role, ruleWords } from "./rbac/rbac.fixture.ts";
import { rbacAdmissionUpdate } from "./rbac-admission-update.ts";
import { rbacApiExtensionUpdate } from "./rbac-api-extension-update.ts";
import { rbacDebugEndpoints } from "./rbac-debug-endpoints.ts";
import { rbacEphemeralContainers } from "./rbac-ephemeral-containers.ts";
import { rbacEscalation } from "./rbac-escalation.ts";
import { rbacEventDelete } from "./rbac-event-delete.ts";
import { rbacEveryone } from "./rbac-everyone.ts";
import { rbacNamespaceUpdate } from "./rbac-namespace-update.ts";
import { rbacNetworkPolicyUpdate } from "./rbac-network-policy-update.ts";
import { rbacNodeProxy } from "./rbac-node-proxy.ts";
import { rbacNodeUpdate } from "./rbac-node-update.ts";
import { rbacPersistentVolumeCreate } from "./rbac-persistent-volume-create.ts";
import { rbacPodCreate } from "./rbac-pod-create.ts";
import { rbacPodEviction } from "./rbac-pod-eviction.ts";
import { rbacPodExec } from "./rbac-pod-exec.ts";
import { rbacPodUpdate } from "./rbac-pod-update.ts";
import { rbacSecretsRead } from "./rbac-secrets-read.ts";
import { rbacSecretsWrite } from "./rbac-secrets-write.ts";
import { rbacServiceAccountUpdate } from "./rbac-service-account-update.ts";
import { rbacStatusUpdate } from "./rbac-status-update.ts";
import { rbacSystemConfigurationUpdate } from "./rbac-system-configuration-update.ts";
import { rbacTokenCreate } from "./rbac-token-create.ts";
import { rbacUnboundRole } from "./rbac-unbound-role.ts";

/** The check, a rule that gives its permission, and severities in the whole cluster, in a namespace, and in kube-system. */
const cases: readonly [ClusterCheck, string, string, string | undefined, string | undefined][] = [
  [rbacSecretsRead, "list|secrets", "high", "medium", "high"],
  [rbacPodExec, "create|pods/exec", "high", "medium", "high"],
  [rbacEphemeralContainers, "patch|pods/ephemeralcontainers", "high", "medium", "high"],
  [rbacTokenCreate, "create|serviceaccounts/token", "high", "medium", "high"],
  [rbacNodeProxy, "get|nodes/proxy", "high", undefined, undefined],
  [rbacEscalation, "escalate|rbac.authorization.k8s.io|roles", "high", "medium", "high"],
  [
    rbacAdmissionUpdate,
    "patch|admissionregistration.k8s.io|validatingwebhookconfigurations",
    "high",
    undefined,
    undefined,
  ],
  [rbacApiExtensionUpdate, "update|apiextensions.k8s.io|customresourcedefinitions", "medium", undefined, undefined],
  [rbacPersistentVolumeCreate, "create|persistentvolumes", "medium", undefined, undefined],
  [rbacNodeUpdate, "patch|nodes/status", "medium", undefined, undefined],
  [rbacNodeUpdate, "create|nodes", "medium", undefined, undefined],
  [rbacNodeUpdate, "delete|nodes", "medium", undefined, undefined],
  [rbacPodExec, "get|services/proxy", "high", "medium", "high"],
  [
    rbacAdmissionUpdate,
    "deletecollection|admissionregistration.k8s.io|mutatingwebhookconfigurations",
    "high",
    undefined,
    undefined,
  ],
  [rbacApiExtensionUpdate, "delete|apiregistration.k8s.io|apiservices", "medium", undefined, undefined],
  [rbacNamespaceUpdate, "patch|namespaces", "high", "medium", "high"],
  [rbacSecretsWrite, "create|secrets", "high", "low", "high"],
  [rbacSecretsWrite, "patch|secrets", "high", "low", "high"],
  [rbacPodUpdate, "update|pods", "high", "medium", "high"],
  [rbacPodUpdate, "patch|pods", "high", "medium", "high"],
  [rbacServiceAccountUpdate, "patch|serviceaccounts", "medium", "low", "medium"],
  [rbacStatusUpdate, "patch|services/status", "medium", "low", "medium"],
  [rbacStatusUpdate, "update|pods/status", "medium", "low", "medium"],
  [rbacNetworkPolicyUpdate, "delete|networking.k8s.io|networkpolicies", "high", "medium", "high"],
  [rbacEventDelete, "delete|events", "medium", "low", "medium"],
  [rbacEventDelete, "deletecollection|events.k8s.io|events", "medium", "low", "medium"],
  [rbacPodEviction, "create|pods/eviction", "medium", "low", "medium"],
  [rbacSystemConfigurationUpdate, "patch|configmaps", "high", undefined, "high"],
];

function severities(check: ClusterCheck, ...objects: object[]): string[] {
  return findingsOf(check, manifestOf(...objects)).map(({ severity }) => severity);
}

for (const [check, words, wide, narrow, system] of cases) {
  const permission = role("r", [ruleWords("get|pods"), ruleWords(words)]);
  test(`${check.id}, ${words}: found where it is given, with its way`, () => {
    const text = manifestOf(permission, binding("b", "r", ["shop/web"]));
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
  test(`${check.id}, ${words}: in a namespace`, () => {
    const expected = (severity: string | undefined): string[] => (severity === undefined ? [] : [severity]);
    assert.deepEqual(severities(check, permission, binding("shop/b", "r", ["shop/web"])), expected(narrow));
    assert.deepEqual(severities(check, permission, binding("kube-system/b", "r", ["shop/web"])), expected(system));
  });
  test(`${check.id}, ${words}: not where nobody has it, where something else is given, or everything is`, () => {
    assert.deepEqual(severities(check, permission, binding("b", "r", [])), []);
    assert.deepEqual(severities(check, role("r", [ruleWords("get|pods")]), binding("b", "r", ["User ada"])), []);
    assert.deepEqual(severities(check, role("r", [ruleWords("*|*|*")]), binding("b", "r", ["User ada"])), []);
  });
}

test("a rule that names its objects is how it should be, except for who may give rights on", () => {
  const named = (words: string): object[] => [role("r", [ruleWords(words, ["one"])]), binding("b", "r", ["User ada"])];
  assert.deepEqual(severities(rbacSecretsRead, ...named("get|secrets")), []);
  assert.deepEqual(
    severities(rbacPodExec, role("r", [ruleWords("create|pods/exec", ["one"])]), binding("shop/b", "r", ["User ada"])),
    [],
  );
  assert.deepEqual(severities(rbacEscalation, ...named("bind|rbac.authorization.k8s.io|clusterroles")), ["high"]);
  assert.deepEqual(severities(rbacEscalation, ...named("impersonate|groups")), ["high"]);
});

test("admin and edit are known without their manifests, and low where they are bound in a namespace", () => {
  assert.deepEqual(severities(rbacSecretsRead, binding("shop/b", "edit", ["Group shop"])), ["low"]);
  assert.deepEqual(severities(rbacSecretsRead, binding("b", "edit", ["Group shop"])), ["high"]);
  assert.deepEqual(severities(rbacSecretsRead, binding("b", "view", ["Group shop"])), []);
});

test("a name in a rule takes little from what is a node, a token or a workload of kube-system", () => {
  const named = (check: ClusterCheck, words: string, bound: string): string[] =>
    severities(check, role("r", [ruleWords(words, ["one"])]), binding(bound, "r", ["User ada"]));
  assert.deepEqual(named(rbacNodeProxy, "get|nodes/proxy", "b"), ["high"]);
  assert.deepEqual(named(rbacNodeUpdate, "patch|nodes/status", "b"), ["medium"]);
  assert.deepEqual(named(rbacTokenCreate, "create|serviceaccounts/token", "b"), ["high"]);
  assert.deepEqual(named(rbacTokenCreate, "create|serviceaccounts/token", "kube-system/b"), ["high"]);
  assert.deepEqual(named(rbacTokenCreate, "create|serviceaccounts/token", "shop/b"), ["low"]);
  assert.deepEqual(named(rbacPodExec, "create|pods/exec", "kube-system/b"), ["high"]);
  assert.deepEqual(named(rbacPodCreate, "patch|apps|daemonsets", "b"), ["high"]);
  // Objects that are created have no name to compare, but for those that a patch creates.
  assert.deepEqual(named(rbacPodCreate, "create|pods", "b"), []);
  assert.deepEqual(named(rbacPodCreate, "create patch|pods", "b"), ["high"]);
  const apart = (other: string): object =>
    role("r", [ruleWords("create|pods", ["one"]), ruleWords("patch|pods", [other])]);
  assert.deepEqual(severities(rbacPodCreate, apart("one"), binding("b", "r", ["User ada"])), ["high"]);
  assert.deepEqual(severities(rbacPodCreate, apart("two"), binding("b", "r", ["User ada"])), []);
});

test("a workload of kube-system that a rule names runs as any account there", () => {
  const objects = [
    role("reader", [ruleWords("list|secrets")]),
    binding("strong", "reader", ["kube-system/strong"]),
    role("deployer", [ruleWords("patch|apps|daemonsets", ["kube-proxy"])]),
    binding("kube-system/ci", "deployer", ["ci/bot"]),
  ];
  assert.deepEqual(severities(rbacPodCreate, ...objects), ["high"]);
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
    severities(rbacDebugEndpoints, role("r", [{ verbs: ["get"], urls: [url] }]), binding(bound, "r", ["User ada"]));
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
  assert.deepEqual(severities(rbacDebugEndpoints, binding("b", "cluster-admin", ["User ada"])), []);
});

test("who may run pods in kube-system runs them among the controllers' accounts", () => {
  for (const words of ["create|pods", "patch|apps|deployments", "update|batch|cronjobs"]) {
    const given = [role("kube-system/r", [ruleWords(words)]), binding("kube-system/b", "Role r", ["shop/ci"])];
    const [finding, ...more] = findingsOf(rbacPodCreate, manifestOf(...given));
    assert.deepEqual([finding?.severity, more.length], ["high", 0]);
    assert.equal(finding?.title, "ServiceAccount shop/ci can create pods in namespace kube-system");
  }
  const elsewhere = [role("shop/r", [ruleWords("create|pods")]), binding("shop/b", "Role r", ["shop/ci"])];
  assert.deepEqual(severities(rbacPodCreate, ...elsewhere), []);
});

test("the ConfigMaps that configure the cluster, by their names", () => {
  const named = (name: string, bound: string): string[] =>
    severities(
      rbacSystemConfigurationUpdate,
      role("r", [ruleWords("update|configmaps", [name])]),
      binding(bound, "r", ["shop/web"]),
    );
  for (const name of ["aws-auth", "coredns"]) {
    assert.deepEqual(named(name, "b"), ["high"]);
    assert.deepEqual(named(name, "kube-system/b"), ["high"]);
    assert.deepEqual(named(name, "shop/b"), []);
  }
  assert.deepEqual(named("leader", "kube-system/b"), []);
});

test("what another check says of the same binding is said once", () => {
  const bound = (words: string, name: string): object[] => [
    role("r", [ruleWords(words)]),
    binding(name, "r", ["shop/web"]),
  ];
  assert.deepEqual(severities(rbacSecretsWrite, ...bound("get update|secrets", "b")), []);
  assert.deepEqual(severities(rbacSecretsWrite, ...bound("get update|secrets", "shop/b")), ["low"]);
  assert.deepEqual(severities(rbacPodUpdate, ...bound("create patch|pods", "b")), []);
  assert.deepEqual(severities(rbacPodUpdate, ...bound("create patch|pods", "shop/b")), ["medium"]);
});

test("admin and edit hold by their purpose what is low in a namespace", () => {
  for (const check of [rbacPodUpdate, rbacNetworkPolicyUpdate, rbacPodExec]) {
    assert.deepEqual(severities(check, binding("shop/b", "admin", ["Group dev"])), ["low"], check.id);
  }
  assert.deepEqual(severities(rbacNamespaceUpdate, binding("shop/b", "admin", ["Group dev"])), []);
});

test("Kubernetes' own controllers keep what it publishes for them", () => {
  const own = (name: string, ...words: string[]): object[] => [
    role(
      `system:controller:${name}`,
      words.map((each) => ruleWords(each)),
      { labels: { "kubernetes.io/bootstrapping": "rbac-defaults" } },
    ),
    binding(`system:controller:${name}`, `system:controller:${name}`, [`kube-system/${name}`], {
      "kubernetes.io/bootstrapping": "rbac-defaults",
    }),
  ];
  const published = [
    ...own("deployment-controller", "get list update watch|pods"),
    ...own("node-controller", "delete get patch update|nodes", "patch update|pods/status"),
    ...own("disruption-controller", "patch update|pods/status"),
    ...own("root-ca-cert-publisher", "create update|configmaps"),
    ...own("service-controller", "patch update|services/status"),
    ...own("namespace-controller", "delete deletecollection get list watch|*|*"),
    ...own("generic-garbage-collector", "delete get list patch update watch|*|*"),
  ];
  for (const check of new Set(cases.map(([each]) => each))) {
    assert.deepEqual(severities(check, ...published), [], check.id);
  }
  assert.deepEqual(severities(rbacPodCreate, ...published), []);
});

test("a role that gives everything and is bound to nobody", () => {
  const everything = role("r", [ruleWords("*|*|*")]);
  const [finding, ...more] = findingsOf(rbacUnboundRole, manifestOf(everything));
  assert.deepEqual(
    [finding?.severity, finding?.title, more.length],
    ["low", "ClusterRole r has full permissions and is not bound", 0],
  );
  assert.deepEqual(severities(rbacUnboundRole, role("shop/r", [ruleWords("*|*|*")])), ["low"]);
  assert.deepEqual(severities(rbacUnboundRole, everything, binding("b", "r", [])), ["low"]);
  assert.deepEqual(severities(rbacUnboundRole, everything, binding("b", "r", ["User ada"])), []);
  assert.deepEqual(severities(rbacUnboundRole, role("r", [ruleWords("*|apps|*")])), []);
  assert.deepEqual(severities(rbacUnboundRole, role("cluster-admin", [ruleWords("*|*|*")])), []);
  const aggregated = role("all", [], { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: "b" } }] } });
  const part = role("part", [ruleWords("*|*|*")], { labels: { a: "b" } });
  assert.deepEqual(severities(rbacUnboundRole, aggregated, part, binding("b", "part", ["User ada"])), ["low"]);
});

test("everybody bound to a role that nobody declares", () => {
  const told = (who: string, name = "gone"): string[] =>
    findingsOf(rbacEveryone, manifestOf(binding("b", name, [who]))).map(
      ({ severity, title }) => `${severity}: ${title}`,
    );
  assert.deepEqual(told("User system:anonymous"), [
    "high: User system:anonymous (any client that reaches the API server) has ClusterRole gone cluster-wide, which was not read",
  ]);
  assert.equal(told("Group system:unauthenticated")[0]?.split(":")[0], "high");
  assert.equal(told("Group system:authenticated")[0]?.split(":")[0], "medium");
  assert.deepEqual(told("Group ops"), []);
  assert.deepEqual(told("Group system:authenticated", "system:discovery"), []);
});
