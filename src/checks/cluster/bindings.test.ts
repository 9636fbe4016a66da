import assert from "node:assert/strict";
import { test } from "node:test";
import { detected, evaluationsOf, findingsOf } from "../workload/kubernetes/workload.fixture.ts";
import type { ClusterCheck } from "./kubernetes/cluster-check.ts";
import { longLivedToken } from "./long-lived-token.ts";
import { account, binding, manifestOf, role, ruleWords } from "./rbac/rbac.fixture.ts";
import { rbacAggregatedRole } from "./rbac-aggregated-role.ts";
import { rbacCertificateSigning } from "./rbac-certificate-signing.ts";
import { rbacClusterAdmin } from "./rbac-cluster-admin.ts";
import { rbacDefaultServiceAccount } from "./rbac-default-service-account.ts";
import { rbacEveryone } from "./rbac-everyone.ts";
import { rbacMissingSubject } from "./rbac-missing-subject.ts";
import { rbacPodCreate } from "./rbac-pod-create.ts";
import { rbacSecretsRead } from "./rbac-secrets-read.ts";
import { rbacWildcard } from "./rbac-wildcard.ts";

function found(check: ClusterCheck, ...objects: object[]): string[] {
  return findingsOf(check, manifestOf(...objects)).map(({ severity, title }) => `${severity}: ${title}`);
}

const bootstrapped = { "kubernetes.io/bootstrapping": "rbac-defaults" };

test("a role that nobody knows leaves the answer unknown", () => {
  const [evaluation] = evaluationsOf(rbacSecretsRead, manifestOf(binding("b", "elsewhere", ["User ada"])));
  assert.equal(evaluation?.verdict, "unknown");
  assert.match(evaluation.reason, /ClusterRole elsewhere, which was not found/);
  const [known] = evaluationsOf(rbacSecretsRead, manifestOf(binding("b", "view", ["User ada"])));
  assert.equal(known?.verdict, "pass");
});

test("cluster-admin is found by what a role gives, under any name", () => {
  assert.deepEqual(found(rbacClusterAdmin, binding("b", "cluster-admin", ["ci/deploy"])), [
    "high: ServiceAccount ci/deploy has full permissions cluster-wide",
  ]);
  const all = role("helper", [ruleWords("*|*|*")]);
  assert.deepEqual(found(rbacClusterAdmin, all, binding("shop/b", "helper", ["Group dev"])), [
    "medium: Group dev has full permissions in namespace shop",
  ]);
  assert.deepEqual(found(rbacClusterAdmin, binding("b", "admin", ["Group dev"])), []);
});

test("the bindings that every cluster has are known by their name and content together", () => {
  const masters = ["Group system:masters"];
  assert.deepEqual(found(rbacClusterAdmin, binding("cluster-admin", "cluster-admin", masters, bootstrapped)), []);
  assert.equal(found(rbacClusterAdmin, binding("cluster-admin", "cluster-admin", masters)).length, 1);
  const also = [...masters, "Group dev"];
  assert.equal(found(rbacClusterAdmin, binding("cluster-admin", "cluster-admin", also, bootstrapped)).length, 1);
  assert.equal(found(rbacClusterAdmin, binding("system:foo", "cluster-admin", masters, bootstrapped)).length, 1);
  assert.deepEqual(
    found(rbacClusterAdmin, binding("kubeadm:cluster-admins", "cluster-admin", ["Group kubeadm:cluster-admins"])),
    [],
  );
});

test("a rule that was put into one of Kubernetes' own roles is somebody's", () => {
  const expand = binding(
    "system:controller:expand-controller",
    "system:controller:expand-controller",
    ["kube-system/expand-controller"],
    bootstrapped,
  );
  const own = (...words: string[]): object =>
    role(
      "system:controller:expand-controller",
      words.map((each) => ruleWords(each)),
      { labels: bootstrapped },
    );
  assert.deepEqual(found(rbacSecretsRead, expand, own("get|secrets")), []);
  assert.equal(found(rbacSecretsRead, expand, own("get|secrets", "list|secrets")).length, 1);
});

test("wildcards weigh by what they reach", () => {
  const given = (words: string, name = "b"): string[] =>
    found(rbacWildcard, role("r", [ruleWords(words)]), binding(name, "r", ["User ada"])).map(
      (text) => text.split(":")[0] ?? "",
    );
  assert.deepEqual(given("*|*"), ["high"]);
  assert.deepEqual(given("create|apps|*"), ["high"]);
  assert.deepEqual(given("*|apps|*", "shop/b"), ["medium"]);
  assert.deepEqual(given("*|configmaps"), ["medium"]);
  assert.deepEqual(given("*|shop.example|*"), ["low"]);
  assert.deepEqual(given("get list watch|*|*"), []);
  assert.deepEqual(given("get|configmaps"), []);
  assert.deepEqual(given("*|*|*"), []);
});

test("who may run pods where a powerful account is gets what that account has", () => {
  const objects = [
    role("reader", [ruleWords("list|secrets")]),
    binding("operator", "reader", ["monitoring/operator"]),
    role("deployer", [ruleWords("create|apps|deployments")]),
    account("monitoring/operator"),
  ];
  assert.deepEqual(found(rbacPodCreate, ...objects, binding("monitoring/ci", "deployer", ["ci/bot"])), [
    "high: ServiceAccount ci/bot can create pods in namespace monitoring, and as ServiceAccount monitoring/operator read Secrets cluster-wide",
  ]);
  const [finding] = findingsOf(rbacPodCreate, manifestOf(...objects, binding("monitoring/ci", "deployer", ["ci/bot"])));
  assert.equal(finding?.evidence.onwards, "ClusterRoleBinding operator → ClusterRole reader → rules[0]");
  assert.deepEqual(found(rbacPodCreate, ...objects, binding("shop/ci", "deployer", ["ci/bot"])), []);
  assert.deepEqual(
    found(rbacPodCreate, ...objects, binding("monitoring/own", "deployer", ["monitoring/operator"])),
    [],
  );
  assert.deepEqual(found(rbacPodCreate, ...objects, binding("ci", "deployer", ["ci/bot"])), [
    "high: ServiceAccount ci/bot can create pods cluster-wide",
  ]);
});

test("groups of service accounts give their permission to every account in them", () => {
  const reader = role("reader", [ruleWords("list|secrets")]);
  const deployer = role("deployer", [ruleWords("create|pods")]);
  const objects = [reader, deployer, account("shop/web"), binding("shop/ci", "deployer", ["User ada"])];
  assert.equal(
    found(rbacPodCreate, ...objects, binding("g", "reader", ["Group system:serviceaccounts:shop"])).length,
    1,
  );
  assert.equal(found(rbacPodCreate, ...objects, binding("g", "reader", ["Group system:serviceaccounts"])).length, 1);
  assert.equal(
    found(rbacPodCreate, ...objects, binding("g", "reader", ["User system:serviceaccount:shop:web"])).length,
    1,
  );
  assert.deepEqual(
    found(rbacPodCreate, ...objects, binding("g", "reader", ["Group system:serviceaccounts:other"])),
    [],
  );
});

test("a certificate needs both halves, of a signer that the API server trusts", () => {
  const approval = role("approval", [ruleWords("update|certificates.k8s.io|certificatesigningrequests/approval")]);
  const approve = (name: string): object => role("approve", [ruleWords("approve|certificates.k8s.io|signers", [name])]);
  const first = binding("a", "approval", ["shop/ca"]);
  const second = binding("b", "approve", ["Group system:serviceaccounts:shop"]);
  assert.deepEqual(
    found(rbacCertificateSigning, approval, approve("kubernetes.io/kube-apiserver-client"), first, second),
    ["high: ServiceAccount shop/ca can approve certificates that the API server trusts"],
  );
  assert.deepEqual(found(rbacCertificateSigning, approval, approve("shop.example/ca"), first, second), []);
  assert.deepEqual(found(rbacCertificateSigning, approval, approve("kubernetes.io/kube-apiserver-client"), first), []);
});

test("a binding for everybody is found, discovery is not", () => {
  const reader = role("reader", [ruleWords("get|configmaps")]);
  assert.deepEqual(found(rbacEveryone, reader, binding("b", "reader", ["Group system:authenticated"])), [
    "medium: Group system:authenticated (every authenticated user) has ClusterRole reader cluster-wide",
  ]);
  const anonymous = found(rbacEveryone, binding("b", "cluster-admin", ["User system:anonymous"]));
  assert.deepEqual(
    anonymous.map((text) => text.split(":")[0]),
    ["critical"],
  );
  assert.deepEqual(found(rbacEveryone, binding("b", "system:discovery", ["Group system:unauthenticated"])), []);
  assert.deepEqual(found(rbacEveryone, reader, binding("b", "reader", ["Group ops"])), []);
});

test("the default account is for nobody in particular", () => {
  const reader = role("reader", [ruleWords("get|configmaps")]);
  assert.deepEqual(
    found(rbacDefaultServiceAccount, reader, binding("shop/b", "reader", ["shop/default", "shop/web"])),
    ["low: Default service account of shop has ClusterRole reader in namespace shop"],
  );
  assert.deepEqual(found(rbacDefaultServiceAccount, reader, binding("b", "reader", ["shop/web"])), []);
});

test("an account that is not there is found where others of its namespace are", () => {
  const objects = [account("shop/web"), binding("b", "view", ["shop/gone", "shop/web", "shop/default", "far/off"])];
  assert.deepEqual(found(rbacMissingSubject, ...objects), [
    "low: ServiceAccount shop/gone has ClusterRole view and does not exist",
  ]);
});

test("a label lets a rule into view, edit and admin", () => {
  const labels = (target: string): object => ({
    labels: { [`rbac.authorization.k8s.io/aggregate-to-${target}`]: "true" },
  });
  const one = (words: string, target: string): string[] =>
    found(rbacAggregatedRole, role("more", [ruleWords(words)], labels(target)));
  assert.deepEqual(one("get|secrets", "view"), [
    "high: Subjects with view can read Secrets, through this role's label",
  ]);
  assert.deepEqual(one("create|shop.example|orders", "view"), [
    "medium: Subjects with view can change objects, through this role's label",
  ]);
  assert.deepEqual(one("create|shop.example|orders", "edit"), []);
  assert.equal(one("escalate|rbac.authorization.k8s.io|roles", "admin").length, 1);
  assert.deepEqual(one("get list watch|shop.example|orders", "view"), []);
});

test("what is aggregated counts as the role's own, with the way", () => {
  const labels = { labels: { "rbac.authorization.k8s.io/aggregate-to-view": "true" } };
  const text = manifestOf(role("more", [ruleWords("get|secrets")], labels), binding("b", "view", ["User ada"]));
  const [finding] = findingsOf(rbacSecretsRead, text);
  assert.equal(finding?.evidence.path, "ClusterRoleBinding b → ClusterRole view → ClusterRole more rules[0]");
});

test("a token Secret is found, others are not", () => {
  const text = [
    "apiVersion: v1",
    "kind: Secret",
    "metadata:",
    "  name: robot",
    "  annotations: {kubernetes.io/service-account.name: robot}",
    "type: kubernetes.io/service-account-token",
    "",
  ].join("\n");
  assert.deepEqual(detected(longLivedToken, text), [
    "6:1 Secret robot of robot | Secret holds a token of ServiceAccount robot that never expires",
  ]);
  assert.deepEqual(detected(longLivedToken, text.replace("kubernetes.io/service-account-token", "Opaque")), []);
});
