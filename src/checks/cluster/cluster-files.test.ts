import assert from "node:assert/strict";
import { test } from "node:test";
import { detected, evaluationsOf, findingsOf, fixesOf } from "../workload/kubernetes/workload.fixture.ts";
import { secretInEnvironment } from "../workload/secret-in-environment.ts";
import { admissionPolicyWithoutEffect } from "./admission-policy-without-effect.ts";
import { encryptionAtRest } from "./encryption-at-rest.ts";
import { encryptionProvider } from "./encryption-provider.ts";
import { imageVerification } from "./image-verification.ts";
import { kubeletConfiguration } from "./kubelet-configuration.ts";
import type { ClusterCheck } from "./kubernetes/cluster-check.ts";
import { podSecurityExemptions } from "./pod-security-exemptions.ts";
import { runtimeDetection } from "./runtime-detection.ts";
import { webhookFailsOpen } from "./webhook-fails-open.ts";

function found(check: ClusterCheck, ...objects: object[]): string[] {
  const text = objects.map((object) => JSON.stringify(object)).join("\n---\n");
  return findingsOf(check, text).map(({ severity, title }) => `${severity}: ${title}`);
}

function encryption(resources: readonly string[], ...providers: object[]): object {
  return {
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "EncryptionConfiguration",
    resources: [{ resources, providers }],
  };
}

const identity = { identity: {} };
const kms = { kms: { apiVersion: "v2", name: "vault", endpoint: "unix:///run/kms.sock" } };
const withKeys = (type: string, ...names: string[]): object => ({
  [type]: { keys: names.map((name) => ({ name, secret: Buffer.alloc(32, name).toString("base64") })) },
});

test("what writes Secrets first decides whether they are encrypted", () => {
  assert.deepEqual(found(encryptionAtRest, encryption(["secrets"], identity, kms)), [
    "high: Secrets are written unencrypted: identity is the first provider",
  ]);
  assert.deepEqual(found(encryptionAtRest, encryption(["configmaps"], kms)), [
    "high: Secrets are not in the encrypted resources",
  ]);
  assert.deepEqual(found(encryptionAtRest, encryption(["secrets"])), ["high: Secrets have no encryption provider"]);
  assert.deepEqual(found(encryptionAtRest, encryption(["secrets", "configmaps"], kms, identity)), []);
  assert.deepEqual(found(encryptionAtRest, encryption(["*.*"], kms)), []);
  assert.deepEqual(evaluationsOf(encryptionAtRest, "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n"), []);
});

test("providers and keys in the file", () => {
  assert.deepEqual(found(encryptionProvider, encryption(["secrets"], withKeys("aescbc", "a"))), [
    "medium: Provider aescbc does not authenticate data (padding oracle attacks)",
    "medium: Plaintext keys of provider aescbc in the configuration",
  ]);
  assert.equal(found(encryptionProvider, encryption(["secrets"], withKeys("aesgcm", "a"))).length, 2);
  assert.equal(found(encryptionProvider, encryption(["secrets"], withKeys("aesgcm", "a", "b"))).length, 1);
  assert.equal(found(encryptionProvider, encryption(["secrets"], withKeys("secretbox", "a"))).length, 1);
  assert.deepEqual(found(encryptionProvider, encryption(["secrets"], { kms: { name: "old" } })), [
    "low: KMS v1 is deprecated, and off by default from Kubernetes 1.29 on",
  ]);
  assert.deepEqual(found(encryptionProvider, encryption(["secrets"], kms, identity)), []);
});

const kubelet = (fields: object): object => ({
  apiVersion: "kubelet.config.k8s.io/v1beta1",
  kind: "KubeletConfiguration",
  protectKernelDefaults: true,
  seccompDefault: true,
  ...fields,
});

test("a kubelet that answers everybody", () => {
  const open = kubelet({
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: "AlwaysAllow" },
    readOnlyPort: 10255,
  });
  assert.deepEqual(found(kubeletConfiguration, open).toSorted(), [
    "high: Kubelet accepts anonymous requests",
    "high: Kubelet authorizes every request (AlwaysAllow)",
    "high: Kubelet read-only port is open",
    "medium: Kubelet webhook token authentication is disabled",
  ]);
  assert.deepEqual(fixesOf(kubeletConfiguration, JSON.stringify(open))[0], [
    ["set", "authentication.anonymous.enabled", false],
  ]);
  assert.deepEqual(found(kubeletConfiguration, kubelet({})), []);
  const soft = kubelet({
    protectKernelDefaults: false,
    rotateCertificates: false,
    streamingConnectionIdleTimeout: "0s",
  });
  assert.equal(found(kubeletConfiguration, soft).length, 3);
});

test("exemptions from Pod Security, in a file of their own and within an AdmissionConfiguration", () => {
  const configuration = {
    apiVersion: "pod-security.admission.config.k8s.io/v1",
    kind: "PodSecurityConfiguration",
    defaults: { enforce: "baseline" },
    exemptions: {
      namespaces: ["kube-system", "shop"],
      usernames: ["system:serviceaccount:kube-system:replicaset-controller"],
      runtimeClasses: ["kata"],
    },
  };
  const expected = [
    "high: User system:serviceaccount:kube-system:replicaset-controller is exempt from Pod Security",
    "medium: Namespace shop is exempt from Pod Security",
    "medium: Pods of runtime class kata are exempt from Pod Security",
  ];
  assert.deepEqual(found(podSecurityExemptions, configuration).toSorted(), expected);
  const within = {
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "AdmissionConfiguration",
    plugins: [{ name: "PodSecurity", configuration }],
  };
  assert.deepEqual(found(podSecurityExemptions, within).toSorted(), expected);
  const strict = { ...configuration, exemptions: { namespaces: ["kube-system"] } };
  assert.deepEqual(found(podSecurityExemptions, strict), []);
  assert.deepEqual(found(podSecurityExemptions, { ...strict, defaults: {} }), [
    "low: Namespaces without labels have no Pod Security level",
  ]);
  const older = { enforce: "restricted", "enforce-version": "v1.20" };
  assert.deepEqual(found(podSecurityExemptions, { ...strict, defaults: older }), [
    "medium: Namespaces without a version use the rules of v1.20, which lack current rules",
  ]);
  assert.deepEqual(
    found(podSecurityExemptions, { ...strict, defaults: { ...older, "enforce-version": "latest" } }),
    [],
  );
});

function webhook(name: string, failurePolicy: string): object {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name },
    webhooks: [
      {
        name: `validate.${name}.example`,
        failurePolicy,
        clientConfig: { service: { namespace: "system", name: "hook" } },
        rules: [{ operations: ["CREATE"], apiGroups: [""], apiVersions: ["v1"], resources: ["pods"] }],
      },
    ],
  };
}

test("a guard that is passed over", () => {
  assert.deepEqual(found(webhookFailsOpen, webhook("kyverno-resource", "Ignore")), [
    "medium: Webhook validate.kyverno-resource.example fails open (failurePolicy: Ignore)",
  ]);
  assert.deepEqual(found(webhookFailsOpen, webhook("kyverno-resource", "Fail")), []);
  assert.deepEqual(found(webhookFailsOpen, webhook("rollouts", "Ignore")), []);
});

test("a policy that nothing applies, or that only warns", () => {
  const policy = {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: { name: "p" },
    spec: {},
  };
  const bound = (...validationActions: string[]): object => ({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name: "b" },
    spec: { policyName: "p", validationActions },
  });
  assert.deepEqual(found(admissionPolicyWithoutEffect, policy), ["medium: Admission policy has no binding"]);
  assert.deepEqual(found(admissionPolicyWithoutEffect, policy, bound("Warn")), [
    "low: Bindings of the admission policy do not deny",
  ]);
  assert.deepEqual(found(admissionPolicyWithoutEffect, policy, bound("Deny", "Audit")), []);
});

function kyverno(action: string, reference = "*", more: object = {}): object {
  const rule = {
    name: "signed",
    match: { any: [{ resources: { kinds: ["Pod"] } }] },
    verifyImages: [
      { imageReferences: [reference], failureAction: action, attestors: [{ entries: [{ keyless: {} }] }] },
    ],
    ...more,
  };
  return { apiVersion: "kyverno.io/v1", kind: "ClusterPolicy", metadata: { name: "signed" }, spec: { rules: [rule] } };
}

test("signatures that are looked at and not held to", () => {
  const verdict = (...objects: object[]): string | undefined =>
    evaluationsOf(imageVerification, objects.map((object) => JSON.stringify(object)).join("\n---\n"))[0]?.verdict;
  assert.equal(verdict(kyverno("Audit")), "fail");
  assert.equal(verdict(kyverno("Enforce")), "pass");
  assert.equal(verdict(kyverno("Enforce", "registry.example/*")), undefined);
  assert.equal(verdict(kyverno("Enforce", "*", { exclude: { any: [] } })), "pass");
  assert.equal(verdict(kyverno("Enforce", "*", { preconditions: { all: [{}] } })), undefined);
  const sigstore = (mode: string): object => ({
    apiVersion: "policy.sigstore.dev/v1beta1",
    kind: "ClusterImagePolicy",
    metadata: { name: "signed" },
    spec: { mode },
  });
  assert.equal(verdict(sigstore("warn")), "fail");
  assert.equal(verdict(sigstore("enforce")), undefined);
  assert.equal(verdict(webhook("kyverno", "Fail")), undefined);
});

function agent(kind: string, spec: object, image = "docker.io/falcosecurity/falco:0.41.0"): object {
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name: "falco", namespace: "falco" },
    spec: { template: { spec: { containers: [{ name: "falco", image }], ...spec } } },
  };
}

test("an agent that is there proves nothing: an image named falco is unknown", () => {
  const verdict = (object: object): string | undefined =>
    evaluationsOf(runtimeDetection, JSON.stringify(object))[0]?.verdict;
  assert.equal(verdict(agent("DaemonSet", { nodeSelector: { "kubernetes.io/os": "linux" } })), "unknown");
  assert.equal(verdict(agent("DaemonSet", { nodeSelector: { tier: "gold" } })), "fail");
  assert.equal(verdict(agent("Deployment", {})), "fail");
  assert.equal(verdict(agent("DaemonSet", {}, "registry.example/nginx:1")), undefined);
});

test("Secrets in the environment", () => {
  const text = [
    "apiVersion: v1",
    "kind: Pod",
    "metadata: {name: web}",
    "spec:",
    "  containers:",
    "    - name: web",
    "      env:",
    "        - {name: MODE, value: fast}",
    "        - name: TOKEN",
    "          valueFrom: {secretKeyRef: {name: api, key: token}}",
    "      envFrom:",
    "        - configMapRef: {name: settings}",
    "        - secretRef: {name: all}",
    "",
  ].join("\n");
  assert.deepEqual(detected(secretInEnvironment, text), [
    "9:11 container web: env TOKEN of Secret api | Environment variable TOKEN holds a key of Secret api",
    "13:11 container web: envFrom all | envFrom passes every key of Secret all as an environment variable",
  ]);
  assert.deepEqual(
    detected(secretInEnvironment, text.replace("secretKeyRef", "configMapKeyRef").replace("secretRef", "configMapRef")),
    [],
  );
});
