import assert from "node:assert/strict";
import { test } from "node:test";
import { detected, evaluationsOf, fixesOf, verdictsOf } from "../workload/kubernetes/workload.fixture.ts";
import { namespaceNotRestricted } from "./namespace-not-restricted.ts";
import { namespacePodSecurityBelow } from "./namespace-pod-security-below.ts";
import { namespacePodSecurityInvalid } from "./namespace-pod-security-invalid.ts";
import { namespacePodSecurityMissing } from "./namespace-pod-security-missing.ts";

function namespace(labels: Readonly<Record<string, string>> = {}, name = "shop"): string {
  const stated = Object.entries(labels).map(([key, value]) => [`pod-security.kubernetes.io/${key}`, value]);
  const metadata = { name, labels: { team: "a", ...Object.fromEntries(stated) } };
  return JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata });
}

function pod(spec: object, name = "shop"): string {
  return JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "web", namespace: name }, spec });
}

const restricted = pod({
  securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
  containers: [{ name: "web", securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } } }],
});
const baseline = pod({ containers: [{ name: "web" }] });
const privileged = pod({ hostPID: true, containers: [] });

const documents = (...texts: readonly string[]) => texts.join("\n---\n");
const ENFORCE = "metadata.labels[pod-security.kubernetes.io/enforce]";
const told = ["warn", "audit"].map((mode) => [
  "set",
  `metadata.labels[pod-security.kubernetes.io/${mode}]`,
  "restricted",
]);

test("a namespace without labels is told the level that its workloads meet", () => {
  const cases = [
    [restricted, [["set", ENFORCE, "restricted"], ...told]],
    [baseline, [["set", ENFORCE, "baseline"], ...told]],
    [privileged, told],
    [documents(restricted, privileged), told],
  ] as const;
  for (const [workloads, patches] of cases) {
    assert.deepEqual(fixesOf(namespacePodSecurityMissing, documents(namespace(), workloads)), [patches]);
  }
  const labelled = documents(namespace({ warn: "baseline" }), restricted);
  assert.deepEqual(detected(namespacePodSecurityMissing, labelled), []);
  assert.deepEqual(verdictsOf(namespacePodSecurityMissing, labelled), ["shop pass"]);
});

test("less than the workloads meet is found; as much or more is not", () => {
  const found = (labels: Readonly<Record<string, string>>, workload: string) =>
    detected(namespacePodSecurityBelow, documents(namespace(labels), workload)).map((line) => line.split(" | ")[1]);
  assert.deepEqual(found({ enforce: "baseline" }, restricted), [
    "Namespace enforces baseline, and all workloads meet restricted",
  ]);
  assert.deepEqual(found({ warn: "restricted" }, baseline), [
    "Namespace enforces no level, and all workloads meet baseline",
  ]);
  for (const [labels, workload] of [
    [{ enforce: "restricted" }, restricted],
    [{ enforce: "baseline" }, baseline],
    [{ enforce: "restricted" }, baseline],
    [{ warn: "restricted" }, privileged],
    // Without labels at all the other check speaks, and a level that is none is a third one's.
    [{}, restricted],
    [{ enforce: "Restricted" }, restricted],
  ] as const) {
    assert.deepEqual(found(labels, workload), [], JSON.stringify(labels));
  }
  assert.deepEqual(detected(namespacePodSecurityBelow, namespace({ enforce: "baseline" })), []);
});

test("a workload that was not read leaves the level unknown", () => {
  const broken = pod({ containers: [{ name: "web", securityContext: { privileged: "yes" } }] });
  const text = documents(namespace({ enforce: "baseline" }), restricted, broken);
  assert.deepEqual(verdictsOf(namespacePodSecurityBelow, text), ["shop unknown"]);
  const unread = { "a.yaml": documents(namespace({ enforce: "baseline" }), restricted), "b.yaml": "kind: [" };
  assert.deepEqual(verdictsOf(namespacePodSecurityBelow, unread), ["shop unknown"]);
  // What the namespace itself enforces is known all the same.
  assert.deepEqual(verdictsOf(namespaceNotRestricted, unread), ["shop fail"]);
});

test("labels that mean nothing are named", () => {
  const invalid = {
    enforced: "restricted",
    warn: "Baseline",
    audit: "",
    "enforce-version": "1.30",
    "warn-version": "v1.030",
  };
  assert.deepEqual(
    detected(namespacePodSecurityInvalid, namespace(invalid)).map((line) => line.split(" | ")[1]),
    [
      "Unknown Pod Security label pod-security.kubernetes.io/enforced",
      "Invalid Pod Security level Baseline",
      "Invalid Pod Security level (empty)",
      "Invalid Pod Security version 1.30",
      "Invalid Pod Security version v1.030",
    ],
  );
  const valid = { enforce: "privileged", warn: "baseline", "warn-version": "latest", "enforce-version": "v1.30" };
  assert.deepEqual(detected(namespacePodSecurityInvalid, namespace(valid)), []);
});

test("control 5: an application's namespace enforces restricted, or fails", () => {
  const verdict = (...texts: readonly string[]) => verdictsOf(namespaceNotRestricted, documents(...texts));
  assert.deepEqual(verdict(namespace({ enforce: "restricted" }), privileged), ["shop pass"]);
  for (const labels of [{}, { enforce: "baseline" }, { enforce: "Restricted" }, { warn: "restricted" }]) {
    assert.deepEqual(verdict(namespace(labels), restricted), ["shop fail"], JSON.stringify(labels));
  }
  assert.deepEqual(fixesOf(namespaceNotRestricted, documents(namespace(), restricted)), [
    [["set", ENFORCE, "restricted"], ...told],
  ]);
  assert.deepEqual(fixesOf(namespaceNotRestricted, documents(namespace(), baseline)), [
    "fix the workloads first, then set pod-security.kubernetes.io/enforce: restricted",
  ]);
  assert.deepEqual(fixesOf(namespaceNotRestricted, namespace()), [
    "set pod-security.kubernetes.io/enforce: restricted",
  ]);
});

test("the cluster's own namespaces are no application's", () => {
  for (const name of ["kube-system", "kube-public", "kube-node-lease"]) {
    assert.deepEqual(verdictsOf(namespaceNotRestricted, documents(namespace({}, name), pod({}, name))), []);
  }
});

test("a namespace that is only named is unknown, and so is the one that is not even named", () => {
  assert.deepEqual(verdictsOf(namespaceNotRestricted, restricted), ["shop unknown"]);
  const unnamed = JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "a" }, spec: { containers: [] } });
  const [evaluation] = evaluationsOf(namespaceNotRestricted, unnamed);
  assert.equal(evaluation?.asset.id, "./Namespace/default");
  assert.match(evaluation?.reason ?? "", /^namespace default is declared by no manifest/);
  assert.deepEqual(evaluationsOf(namespaceNotRestricted, unnamed, { namespaces: "declared" }), []);
});

test("of two declarations the one nearest to the workload has it", () => {
  const files = {
    "hardened/namespace.yaml": namespace({ enforce: "baseline" }),
    "hardened/apps/web.yaml": restricted,
    "insecure/namespace.yaml": namespace({ enforce: "baseline" }),
    "insecure/web.yaml": baseline,
  };
  const levels = evaluationsOf(namespacePodSecurityBelow, files).map(({ asset, evidence }) => [
    asset.id,
    evidence.meets,
  ]);
  assert.deepEqual(levels, [
    ["hardened/Namespace/shop", "restricted"],
    ["insecure/Namespace/shop", "baseline"],
  ]);
});

test("control 5: the level of a version that lacks rules of today's is not today's", () => {
  const versioned = (version: string) => namespace({ enforce: "restricted", "enforce-version": version });
  for (const version of ["v1.0", "v1.7", "v1.18", "v1.21", "v1.22", "v1.24", "v1.33"]) {
    assert.deepEqual(verdictsOf(namespaceNotRestricted, versioned(version)), ["shop fail"], version);
  }
  // What is no version is the newest to admission; another check tells it.
  for (const version of ["v1.34", "v1.35", "v1.99", "latest", "1.20", "v1.020"]) {
    assert.deepEqual(verdictsOf(namespaceNotRestricted, versioned(version)), ["shop pass"], version);
  }
  const [finding] = evaluationsOf(namespaceNotRestricted, versioned("v1.22")).flatMap(({ findings }) => findings);
  assert.equal(finding?.title, "Namespace enforces restricted of v1.22, which lacks current rules");
  assert.match(finding?.detail ?? "", /^not asked for: Probes or hooks with an explicit host; .*runAsUser: 0/);
  const label = "metadata.labels[pod-security.kubernetes.io/enforce-version]";
  assert.deepEqual(fixesOf(namespaceNotRestricted, documents(versioned("v1.20"), restricted)), [
    [["set", label, "latest"]],
  ]);
  assert.deepEqual(fixesOf(namespaceNotRestricted, documents(versioned("v1.20"), baseline)), [
    "set pod-security.kubernetes.io/enforce-version: latest, or leave it out",
  ]);
  assert.deepEqual(verdictsOf(namespaceNotRestricted, namespace({ enforce: "baseline", "enforce-version": "v1.40" })), [
    "shop fail",
  ]);
});
