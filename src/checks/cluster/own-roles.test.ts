/** What a tree says under names that Kubernetes has for itself, or that another of its files has already. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluationsOf, findingsOf } from "../workload/kubernetes/workload.fixture.ts";
import type { ClusterCheck } from "./kubernetes/cluster-check.ts";
import { binding, manifestOf, role, ruleWords } from "./rbac/rbac.fixture.ts";
import { rbacAggregatedRole } from "./rbac-aggregated-role.ts";
import { rbacClusterAdmin } from "./rbac-cluster-admin.ts";
import { rbacEveryone } from "./rbac-everyone.ts";
import { rbacSecretsRead } from "./rbac-secrets-read.ts";

const found = (check: ClusterCheck, ...objects: object[]): string[] =>
  findingsOf(check, manifestOf(...objects)).map(({ severity, title }) => `${severity}: ${title}`);

const bootstrapped = { labels: { "kubernetes.io/bootstrapping": "rbac-defaults" } };
const harmless = ruleWords("get|configmaps");
const everything = ruleWords("*|*|*");

test("of roles of one name each is judged, wherever it stands", () => {
  const bound = binding("b", "r", ["User ada"]);
  for (const order of [
    [role("r", [everything]), role("r", [harmless])],
    [role("r", [harmless]), role("r", [everything])],
  ]) {
    assert.deepEqual(found(rbacClusterAdmin, ...order, bound), ["high: User ada has full permissions cluster-wide"]);
  }
  const namespaced = [role("shop/r", [ruleWords("get|secrets")]), role("shop/r", [harmless])];
  assert.equal(found(rbacSecretsRead, ...namespaced, binding("shop/b", "Role r", ["User ada"])).length, 1);
});

test("of aggregated roles of one name the labels, selectors and rules of each count", () => {
  const selecting = (label: string): object => ({
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [label]: "yes" } }] },
  });
  const objects = [
    role("all", [], selecting("a")),
    role("all", [], selecting("b")),
    role("part", [ruleWords("get|secrets")]),
    role("part", [harmless], { labels: { a: "yes" } }),
  ];
  assert.equal(found(rbacSecretsRead, ...objects, binding("b", "all", ["User ada"])).length, 1);
});

test("a decoy under a published name takes nothing from what Kubernetes has there", () => {
  const decoy = role("cluster-admin", [harmless], bootstrapped);
  assert.equal(found(rbacClusterAdmin, decoy, binding("b", "cluster-admin", ["User ada"])).length, 1);
  assert.equal(found(rbacSecretsRead, role("edit", [harmless]), binding("b", "edit", ["User ada"])).length, 1);
  const token = role("kube-system/system:controller:token-cleaner", [harmless]);
  const bound = binding("kube-system/b", "Role system:controller:token-cleaner", ["User ada"]);
  assert.equal(found(rbacSecretsRead, token, bound).length, 1);
});

test("a decoy of a role that is known in part leaves the answer unknown", () => {
  const decoy = role("system:controller:ttl-controller", [harmless]);
  const text = manifestOf(decoy, binding("b", "system:controller:ttl-controller", ["User ada"]));
  assert.equal(evaluationsOf(rbacSecretsRead, text)[0]?.verdict, "unknown");
});

test("a selector takes in the roles that Kubernetes has, which no file states", () => {
  const by = (selector: object): object => role("mine", [], { aggregationRule: { clusterRoleSelectors: [selector] } });
  const bound = binding("b", "mine", ["User ada"]);
  for (const selector of [{}, { matchLabels: { "kubernetes.io/bootstrapping": "rbac-defaults" } }]) {
    assert.equal(found(rbacClusterAdmin, by(selector), bound).length, 1, JSON.stringify(selector));
  }
  const edit = { matchLabels: { "rbac.authorization.k8s.io/aggregate-to-edit": "true" } };
  assert.equal(found(rbacSecretsRead, by(edit), bound).length, 1);
  assert.deepEqual(found(rbacSecretsRead, by({ matchLabels: { "shop.example/a": "true" } }), bound), []);
});

test("who has a default role by Kubernetes' own binding gets what a tree puts into it", () => {
  for (const [name, who] of [
    ["system:public-info-viewer", "Group system:authenticated, Group system:unauthenticated"],
    ["system:discovery", "Group system:authenticated"],
    ["system:basic-user", "Group system:authenticated"],
  ] as const) {
    assert.deepEqual(found(rbacClusterAdmin, role(name, [everything], bootstrapped)), [
      `high: ${who} has full permissions cluster-wide`,
    ]);
  }
  const [finding] = findingsOf(rbacEveryone, manifestOf(role("system:public-info-viewer", [everything])));
  assert.equal(finding?.severity, "critical");
  assert.match(finding.evidence.path ?? "", /^ClusterRoleBinding system:public-info-viewer of every cluster → /);
  assert.equal(finding.locations[0].kind === "file" && finding.locations[0].line, 1);
});

test("Kubernetes' own binding holds beside one that a tree states without its subjects", () => {
  const emptied = binding("system:discovery", "system:discovery", [], bootstrapped.labels);
  assert.equal(found(rbacClusterAdmin, role("system:discovery", [everything]), emptied).length, 1);
  const whole = binding("system:discovery", "system:discovery", ["Group system:authenticated"], bootstrapped.labels);
  assert.equal(found(rbacClusterAdmin, role("system:discovery", [everything]), whole).length, 1);
});

test("a Role of kube-system that Kubernetes binds itself", () => {
  const name = "kube-system/extension-apiserver-authentication-reader";
  assert.deepEqual(
    found(rbacSecretsRead, role(name, [ruleWords("get|configmaps", ["extension-apiserver-authentication"])])),
    [],
  );
  assert.deepEqual(found(rbacSecretsRead, role(name, [ruleWords("get|secrets")])), [
    "high: User system:kube-controller-manager, User system:kube-scheduler can read Secrets in namespace kube-system",
  ]);
});

test("default roles as Kubernetes publishes them are none", () => {
  const discovery = role("system:discovery", [{ verbs: ["get"], urls: ["/api", "/api/*", "/version"] }], bootstrapped);
  const viewer = role("view", [ruleWords("get list watch|pods services")], bootstrapped);
  for (const check of [rbacClusterAdmin, rbacEveryone, rbacSecretsRead, rbacAggregatedRole]) {
    assert.deepEqual(found(check, discovery, viewer), [], check.id);
  }
});

test("a tree that puts more into view, edit or admin gives it to all who have them", () => {
  const own = (name: string, words: string): string[] =>
    found(rbacAggregatedRole, role(name, [ruleWords(words)], bootstrapped));
  assert.deepEqual(own("view", "get|secrets"), ["high: Subjects with view can read Secrets, through this role"]);
  assert.deepEqual(own("view", "*|*|*"), ["high: Subjects with view can read Secrets, through this role"]);
  assert.equal(own("edit", "escalate|rbac.authorization.k8s.io|roles").length, 1);
  assert.deepEqual(own("edit", "impersonate|serviceaccounts"), []);
  assert.deepEqual(own("view", "get|pods"), []);
  const [labelled] = found(
    rbacAggregatedRole,
    role("system:aggregate-to-view", [ruleWords("get|secrets")], {
      labels: { ...bootstrapped.labels, "rbac.authorization.k8s.io/aggregate-to-view": "true" },
    }),
  );
  assert.equal(labelled, "high: Subjects with view can read Secrets, through this role's label");
});

test("edit is not low in kube-system, nor where it is not the published one", () => {
  const bound = (name: string): object => binding(name, "edit", ["Group dev"]);
  assert.deepEqual(found(rbacSecretsRead, bound("shop/b")), ["low: Group dev can read Secrets in namespace shop"]);
  assert.deepEqual(found(rbacSecretsRead, bound("kube-system/b")), [
    "high: Group dev can read Secrets in namespace kube-system",
  ]);
  const more = role("view", [ruleWords("get|secrets")]);
  assert.deepEqual(found(rbacSecretsRead, more, binding("shop/b", "view", ["Group dev"])), [
    "medium: Group dev can read Secrets in namespace shop",
  ]);
});
