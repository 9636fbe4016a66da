import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluationsOf, findingsOf, spotted } from "../workload/kubernetes/workload.fixture.ts";
import { aggregatedRolePowers } from "./aggregated-role-powers.ts";
import { bindingToEveryone } from "./binding-to-everyone.ts";
import { certificateSigning } from "./certificate-signing.ts";
import { clusterAdminBinding } from "./cluster-admin-binding.ts";
import { defaultServiceAccountPower } from "./default-service-account-power.ts";
import type { ClusterCheck } from "./kubernetes/cluster-check.ts";
import { longLivedToken } from "./long-lived-token.ts";
import { missingSubject } from "./missing-subject.ts";
import { podCreation } from "./pod-creation.ts";
import { account, binding, manifestOf, role, ruleWords } from "./rbac/rbac.fixture.ts";
import { secretsReadable } from "./secrets-readable.ts";
import { wildcardPowers } from "./wildcard-powers.ts";

function found(check: ClusterCheck, ...objects: object[]): string[] {
  return findingsOf(check, manifestOf(...objects)).map(({ severity, title }) => `${severity}: ${title}`);
}

const bootstrapped = { "kubernetes.io/bootstrapping": "rbac-defaults" };

test("a role that nobody knows leaves the answer unknown", () => {
  const [evaluation] = evaluationsOf(secretsReadable, manifestOf(binding("b", "elsewhere", ["User ada"])));
  assert.equal(evaluation?.verdict, "unknown");
  assert.match(evaluation.reason, /ClusterRole elsewhere, which was not read/);
  const [known] = evaluationsOf(secretsReadable, manifestOf(binding("b", "view", ["User ada"])));
  assert.equal(known?.verdict, "pass");
});

test("cluster-admin is found by what a role gives, under any name", () => {
  assert.deepEqual(found(clusterAdminBinding, binding("b", "cluster-admin", ["ci/deploy"])), [
    "high: ServiceAccount ci/deploy may do everything in the whole cluster",
  ]);
  const all = role("helper", [ruleWords("*|*|*")]);
  assert.deepEqual(found(clusterAdminBinding, all, binding("shop/b", "helper", ["Group dev"])), [
    "medium: Group dev may do everything in namespace shop",
  ]);
  assert.deepEqual(found(clusterAdminBinding, binding("b", "admin", ["Group dev"])), []);
});

test("the bindings that every cluster has are known by their name and content together", () => {
  const masters = ["Group system:masters"];
  assert.deepEqual(found(clusterAdminBinding, binding("cluster-admin", "cluster-admin", masters, bootstrapped)), []);
  assert.equal(found(clusterAdminBinding, binding("cluster-admin", "cluster-admin", masters)).length, 1);
  const also = [...masters, "Group dev"];
  assert.equal(found(clusterAdminBinding, binding("cluster-admin", "cluster-admin", also, bootstrapped)).length, 1);
  assert.equal(found(clusterAdminBinding, binding("system:foo", "cluster-admin", masters, bootstrapped)).length, 1);
  assert.deepEqual(
    found(clusterAdminBinding, binding("kubeadm:cluster-admins", "cluster-admin", ["Group kubeadm:cluster-admins"])),
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
  assert.deepEqual(found(secretsReadable, expand, own("get|secrets")), []);
  assert.equal(found(secretsReadable, expand, own("get|secrets", "list|secrets")).length, 1);
});

test("wildcards weigh by what they reach", () => {
  const given = (words: string, name = "b"): string[] =>
    found(wildcardPowers, role("r", [ruleWords(words)]), binding(name, "r", ["User ada"])).map(
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
  assert.deepEqual(found(podCreation, ...objects, binding("monitoring/ci", "deployer", ["ci/bot"])), [
    "high: ServiceAccount ci/bot may run pods in namespace monitoring, and so as ServiceAccount monitoring/operator read Secrets in the whole cluster",
  ]);
  const [finding] = findingsOf(podCreation, manifestOf(...objects, binding("monitoring/ci", "deployer", ["ci/bot"])));
  assert.equal(finding?.evidence.onwards, "ClusterRoleBinding operator → ClusterRole reader → rules[0]");
  assert.deepEqual(found(podCreation, ...objects, binding("shop/ci", "deployer", ["ci/bot"])), []);
  assert.deepEqual(found(podCreation, ...objects, binding("monitoring/own", "deployer", ["monitoring/operator"])), []);
  assert.deepEqual(found(podCreation, ...objects, binding("ci", "deployer", ["ci/bot"])), [
    "high: ServiceAccount ci/bot may run pods in the whole cluster",
  ]);
});

test("groups of service accounts give their power to every account in them", () => {
  const reader = role("reader", [ruleWords("list|secrets")]);
  const deployer = role("deployer", [ruleWords("create|pods")]);
  const objects = [reader, deployer, account("shop/web"), binding("shop/ci", "deployer", ["User ada"])];
  assert.equal(found(podCreation, ...objects, binding("g", "reader", ["Group system:serviceaccounts:shop"])).length, 1);
  assert.equal(found(podCreation, ...objects, binding("g", "reader", ["Group system:serviceaccounts"])).length, 1);
  assert.equal(
    found(podCreation, ...objects, binding("g", "reader", ["User system:serviceaccount:shop:web"])).length,
    1,
  );
  assert.deepEqual(found(podCreation, ...objects, binding("g", "reader", ["Group system:serviceaccounts:other"])), []);
});

test("a certificate needs both halves, of a signer that the API server trusts", () => {
  const approval = role("approval", [ruleWords("update|certificates.k8s.io|certificatesigningrequests/approval")]);
  const approve = (name: string): object => role("approve", [ruleWords("approve|certificates.k8s.io|signers", [name])]);
  const first = binding("a", "approval", ["shop/ca"]);
  const second = binding("b", "approve", ["Group system:serviceaccounts:shop"]);
  assert.deepEqual(found(certificateSigning, approval, approve("kubernetes.io/kube-apiserver-client"), first, second), [
    "high: ServiceAccount shop/ca may approve certificates that the API server trusts",
  ]);
  assert.deepEqual(found(certificateSigning, approval, approve("shop.example/ca"), first, second), []);
  assert.deepEqual(found(certificateSigning, approval, approve("kubernetes.io/kube-apiserver-client"), first), []);
});

test("a binding for everybody is found, discovery is not", () => {
  const reader = role("reader", [ruleWords("get|configmaps")]);
  assert.deepEqual(found(bindingToEveryone, reader, binding("b", "reader", ["Group system:authenticated"])), [
    "medium: Group system:authenticated, which is everybody with any credentials, has ClusterRole reader in the whole cluster",
  ]);
  const anonymous = found(bindingToEveryone, binding("b", "cluster-admin", ["User system:anonymous"]));
  assert.deepEqual(
    anonymous.map((text) => text.split(":")[0]),
    ["critical"],
  );
  assert.deepEqual(found(bindingToEveryone, binding("b", "system:discovery", ["Group system:unauthenticated"])), []);
  assert.deepEqual(found(bindingToEveryone, reader, binding("b", "reader", ["Group ops"])), []);
});

test("the default account is for nobody in particular", () => {
  const reader = role("reader", [ruleWords("get|configmaps")]);
  assert.deepEqual(
    found(defaultServiceAccountPower, reader, binding("shop/b", "reader", ["shop/default", "shop/web"])),
    ["low: Every pod of shop that names no account has ClusterRole reader in namespace shop"],
  );
  assert.deepEqual(found(defaultServiceAccountPower, reader, binding("b", "reader", ["shop/web"])), []);
});

test("an account that is not there is found where others of its namespace are", () => {
  const objects = [account("shop/web"), binding("b", "view", ["shop/gone", "shop/web", "shop/default", "far/off"])];
  assert.deepEqual(found(missingSubject, ...objects), [
    "low: ServiceAccount shop/gone has ClusterRole view and is not there",
  ]);
});

test("a label lets a rule into view, edit and admin", () => {
  const labels = (target: string): object => ({
    labels: { [`rbac.authorization.k8s.io/aggregate-to-${target}`]: "true" },
  });
  const one = (words: string, target: string): string[] =>
    found(aggregatedRolePowers, role("more", [ruleWords(words)], labels(target)));
  assert.deepEqual(one("get|secrets", "view"), ["high: Everybody with view may read Secrets, by this role's label"]);
  assert.deepEqual(one("create|shop.example|orders", "view"), [
    "medium: Everybody with view may change objects, by this role's label",
  ]);
  assert.deepEqual(one("create|shop.example|orders", "edit"), []);
  assert.equal(one("escalate|rbac.authorization.k8s.io|roles", "admin").length, 1);
  assert.deepEqual(one("get list watch|shop.example|orders", "view"), []);
});

test("what is aggregated counts as the role's own, with the way", () => {
  const labels = { labels: { "rbac.authorization.k8s.io/aggregate-to-view": "true" } };
  const text = manifestOf(role("more", [ruleWords("get|secrets")], labels), binding("b", "view", ["User ada"]));
  const [finding] = findingsOf(secretsReadable, text);
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
  assert.deepEqual(spotted(longLivedToken, text), [
    "6:1 Secret robot of robot | It holds a token of ServiceAccount robot without an end",
  ]);
  assert.deepEqual(spotted(longLivedToken, text.replace("kubernetes.io/service-account-token", "Opaque")), []);
});
