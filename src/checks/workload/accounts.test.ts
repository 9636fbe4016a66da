import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultServiceAccount } from "./default-service-account.ts";
import { findingsOf, fixesOf, podText } from "./kubernetes/workload.fixture.ts";
import { lowUserId } from "./low-user-id.ts";
import { serviceAccountTokenMounted } from "./service-account-token-mounted.ts";

const containers = [{ name: "a" }];

function binding(subject: object, namespace = "default"): string {
  return JSON.stringify({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name: "some", namespace },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "reader" },
    subjects: [subject],
  });
}

const account = (automountServiceAccountToken?: boolean) =>
  JSON.stringify({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "own" }, automountServiceAccountToken });

function rated(check: typeof serviceAccountTokenMounted, ...texts: string[]): string[] {
  const files = Object.fromEntries(texts.map((text, index) => [`${index}.json`, text]));
  return findingsOf(check, files).map(({ severity }) => severity);
}

test("the default account's token is medium, that of an account of its own low", () => {
  assert.deepEqual(rated(serviceAccountTokenMounted, podText({ containers })), ["medium"]);
  assert.deepEqual(rated(serviceAccountTokenMounted, podText({ containers, serviceAccountName: "own" })), ["low"]);
});

test("the pod's word goes before the account's", () => {
  const own = { containers, serviceAccountName: "own" };
  const pod = (automountServiceAccountToken?: boolean) => podText({ ...own, automountServiceAccountToken });
  assert.deepEqual(rated(serviceAccountTokenMounted, pod(), account(false)), []);
  assert.deepEqual(rated(serviceAccountTokenMounted, pod(true), account(false)), ["low"]);
  assert.deepEqual(rated(serviceAccountTokenMounted, pod(false), account(true)), []);
});

test("an account that a binding names has a use, by whatever name it is called", () => {
  const pod = podText({ containers, serviceAccountName: "own" });
  for (const subject of [
    { kind: "ServiceAccount", name: "own" },
    { kind: "User", name: "system:serviceaccount:default:own" },
    { kind: "Group", name: "system:serviceaccounts:default" },
  ]) {
    assert.deepEqual(rated(serviceAccountTokenMounted, pod, binding(subject)), [], JSON.stringify(subject));
  }
  for (const subject of [
    { kind: "ServiceAccount", name: "own", namespace: "other" },
    { kind: "Group", name: "system:serviceaccounts" },
    { kind: "User", name: "own" },
  ]) {
    assert.deepEqual(rated(serviceAccountTokenMounted, pod, binding(subject)), ["low"], JSON.stringify(subject));
  }
});

test("the token is taken away where nothing is seen to use it", () => {
  assert.deepEqual(fixesOf(serviceAccountTokenMounted, podText({ containers })), [
    [["set", "spec.automountServiceAccountToken", false]],
  ]);
  assert.deepEqual(fixesOf(serviceAccountTokenMounted, podText({ containers, automountServiceAccountToken: true })), [
    "set automountServiceAccountToken: false, if nothing uses the token",
  ]);
  const vault = { "vault.hashicorp.com/agent-inject": "true" };
  assert.deepEqual(fixesOf(serviceAccountTokenMounted, podText({ containers }, vault)), [
    "set automountServiceAccountToken: false, if nothing uses the token: the Vault agent does",
  ]);
});

test("the default account in use counts by what it has", () => {
  const bound = binding({ kind: "ServiceAccount", name: "default", namespace: "default" });
  const quiet = podText({ containers, automountServiceAccountToken: false });
  assert.deepEqual(rated(defaultServiceAccount, podText({ containers }), bound), ["medium"]);
  assert.deepEqual(rated(defaultServiceAccount, podText({ containers })), ["low"]);
  assert.deepEqual(rated(defaultServiceAccount, quiet, bound), ["low"]);
  assert.deepEqual(rated(defaultServiceAccount, quiet), []);
  assert.deepEqual(rated(defaultServiceAccount, podText({ containers, serviceAccountName: "own" }), bound), []);
});

test("ids that the node may have are told, those of its own are not", () => {
  const text = podText({
    securityContext: { runAsUser: 1000, runAsGroup: 0, fsGroup: 20000, supplementalGroups: [30000, 100] },
    containers: [{ name: "a", securityContext: { runAsUser: 0, runAsGroup: 33 } }],
  });
  assert.deepEqual(
    findingsOf(lowUserId, text)
      .map(({ severity, title }) => `${severity} ${title}`)
      .sort(),
    [
      "low The pod has runAsGroup 0, which can write to much of an image",
      "negligible Container a has runAsGroup 33, which an account of the node may have",
      "negligible The pod has runAsUser 1000, which an account of the node may have",
      "negligible The pod has supplementalGroups 100, which an account of the node may have",
    ],
  );
  const own = { runAsUser: 10001, runAsGroup: 10001 };
  assert.deepEqual(findingsOf(lowUserId, podText({ securityContext: own, containers })), []);
  assert.deepEqual(
    findingsOf(lowUserId, podText({ hostUsers: false, securityContext: { runAsUser: 1 }, containers })),
    [],
  );
});
