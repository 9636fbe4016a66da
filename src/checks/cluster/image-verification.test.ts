import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { answering, namespace, webhook } from "../../engines/admission/verifiers/verifiers.fixture.ts";
import { manifestReader } from "../../engines/kubernetes/manifests.ts";
import type { ManifestGap } from "../../engines/kubernetes/model.ts";
import { evaluateManifests } from "../../evaluate/kubernetes/workloads.ts";
import { imageVerification } from "./image-verification.ts";

function evaluate(objects: readonly object[], gaps: readonly ManifestGap[] = []): Evaluation[] {
  const reader = manifestReader();
  for (const object of objects) reader.object(object, { kind: "cluster", cluster: "test" });
  for (const gap of gaps) reader.gap(gap);
  const context = { policy: defaultPolicy, now: new Date("2026-11-27T00:00:00Z"), scope: "test" };
  return evaluateManifests(reader.manifests(), context).filter(({ check }) => check === imageVerification.id);
}

function said(objects: readonly object[], gaps?: readonly ManifestGap[]): string[] {
  return evaluate(objects, gaps).flatMap(({ verdict, reason, findings }) => [
    verdict === "unknown" ? `unknown: ${reason}` : verdict,
    ...findings.map(({ severity, subject, title, detail }) => `${severity}: ${subject}: ${title} (${detail})`),
  ]);
}

function kyverno(verify: object = {}, exclude: readonly string[] = []): object {
  const rule = {
    name: "signed",
    match: { any: [{ resources: { kinds: ["Pod"] } }] },
    ...(exclude.length === 0 ? {} : { exclude: { any: [{ resources: { namespaces: exclude } }] } }),
    verifyImages: [{ imageReferences: ["*"], failureAction: "Enforce", attestors: [{}], ...verify }],
  };
  return { apiVersion: "kyverno.io/v1", kind: "ClusterPolicy", metadata: { name: "signed" }, spec: { rules: [rule] } };
}

const asked = [webhook("kyverno"), ...answering("kyverno")];
const namespaces = [namespace("kube-system"), namespace("kyverno-system"), namespace("shop"), namespace("payments")];

test("namespaces that escape are named, each for itself, with what leaves it out", () => {
  assert.deepEqual(said([...namespaces, kyverno(), ...asked]), ["pass"]);
  assert.deepEqual(said([...namespaces, kyverno({}, ["payments"]), ...asked]), [
    "fail",
    "high: namespace payments: Images in namespace payments are not verified (ClusterPolicy signed: its rule leaves it out (exclude))",
  ]);
});

test("what only audits is one finding, whatever number of namespaces there are", () => {
  assert.deepEqual(said([...namespaces, kyverno({ failureAction: "Audit" }), ...asked]), [
    "fail",
    "high: ClusterPolicy signed: Image signatures are verified but not enforced (ClusterPolicy signed: it only audits (failureAction))",
  ]);
});

test("what fails open is one finding", () => {
  const policy = kyverno() as { spec: object };
  assert.deepEqual(said([...namespaces, { ...policy, spec: { ...policy.spec, failurePolicy: "Ignore" } }, ...asked]), [
    "fail",
    "high: ClusterPolicy signed failurePolicy: Image verification fails open (failurePolicy: Ignore) (ClusterPolicy signed: it is passed over when it does not answer (failurePolicy: Ignore))",
  ]);
});

test("what objects leave open is unknown, with the command that closes it", () => {
  const open = evaluate([...namespaces, kyverno({ imageReferences: ["ghcr.io/shop/*"] }), ...asked]);
  assert.deepEqual(
    open.map(({ verdict, gaps }) => [verdict, gaps[0]?.code, gaps[0]?.remedy]),
    [["unknown", "admission.verification-unclear", "try it: bulkhead check --cluster --probe"]],
  );
  // A list that was refused may hold the exception.
  const refused = {
    code: "kubernetes.cluster-list",
    reason: "policyexceptions: 403",
    path: "test",
    lists: ["objects"],
  };
  assert.match(said([...namespaces, kyverno(), ...asked], [refused])[0] ?? "", /^unknown: .*policyexceptions/);
});

test("where no product is known nothing is said", () => {
  assert.deepEqual(said([...namespaces, webhook("own-admission")]), []);
});
