import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultPolicy } from "../../collect/policy/default.ts";
import type { Check } from "../../core/check.ts";
import { answering, podRules, webhook } from "../../engines/admission/verifiers/verifiers.fixture.ts";
import { manifestReader } from "../../engines/kubernetes/manifests.ts";
import { evaluateManifests } from "../../evaluate/kubernetes/workloads.ts";
import { webhookFailsOpen } from "./webhook-fails-open.ts";
import { webhookMissesPods } from "./webhook-misses-pods.ts";
import { webhookWithoutEndpoints } from "./webhook-without-endpoints.ts";

/** `pass`, or each finding; of a cluster, without the lists that were refused. */
function said(check: Pick<Check, "id">, objects: readonly object[], short: readonly string[] = []): string[] {
  const reader = manifestReader();
  for (const object of objects) reader.object(object, { kind: "cluster", cluster: "test" });
  if (short.length > 0) reader.gap({ code: "kubernetes.cluster-list", reason: "403", path: "test", lists: short });
  const context = { policy: defaultPolicy, now: new Date("2026-11-27T00:00:00Z"), scope: "test" };
  return evaluateManifests(reader.manifests(), context)
    .filter((evaluation) => evaluation.check === check.id)
    .flatMap(({ verdict, findings }) =>
      findings.length === 0
        ? [verdict]
        : findings.map(({ severity, title, detail }) => [severity, title, detail ?? ""].join(" | ")).sort(),
    );
}

const whole = { rules: [{ ...podRules[0], resources: ["pods", "pods/ephemeralcontainers"] }] };

test("a webhook whose pods are gone: open everything is admitted, closed nothing is", () => {
  assert.deepEqual(said(webhookWithoutEndpoints, [webhook("kyverno"), ...answering("kyverno")]), ["pass"]);
  assert.deepEqual(said(webhookWithoutEndpoints, [webhook("kyverno"), ...answering("kyverno", 0)]), [
    "medium | Webhook kyverno.example.com does not answer: no pod is admitted | its Service kyverno-system/kyverno has no ready endpoint",
  ]);
  assert.deepEqual(said(webhookWithoutEndpoints, [webhook("kyverno", { failurePolicy: "Ignore" })]), [
    "high | Webhook kyverno.example.com does not answer and is passed over: every pod is admitted | its Service kyverno-system/kyverno does not exist",
  ]);
  const byUrl = { clientConfig: { url: "https://127.0.0.1:8443/validate" } };
  assert.deepEqual(said(webhookWithoutEndpoints, [webhook("bulkhead", byUrl)]), ["pass"]);
  const external = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "kyverno", namespace: "kyverno-system" },
    spec: { type: "ExternalName" },
  };
  assert.deepEqual(said(webhookWithoutEndpoints, [webhook("kyverno"), external]), ["pass"]);
});

test("Services that were not listed may be there", () => {
  for (const list of ["services", "network"]) {
    assert.deepEqual(said(webhookWithoutEndpoints, [webhook("kyverno")], [list]), ["unknown"]);
    assert.deepEqual(said(webhookFailsOpen, [webhook("kyverno")], [list]), ["pass"]);
  }
  assert.deepEqual(said(webhookWithoutEndpoints, [webhook("kyverno")], ["webhookConfigurations"]), [
    "medium | Webhook kyverno.example.com does not answer: no pod is admitted | its Service kyverno-system/kyverno does not exist",
  ]);
});

test("changes of pods and debug containers that nobody is asked about", () => {
  assert.deepEqual(said(webhookMissesPods, [webhook("kyverno", whole)]), ["pass"]);
  assert.deepEqual(
    said(webhookMissesPods, [webhook("kyverno", { rules: [{ ...podRules[0], operations: ["CREATE"] }] })]),
    [
      "medium | Webhook kyverno.example.com is not called for debug containers (pods/ephemeralcontainers) | ",
      "medium | Webhook kyverno.example.com is not called when a pod's image is changed | ",
    ],
  );
  for (const resources of [["pods", "pods/*"], ["*", "*/ephemeralcontainers"], ["*/*"]]) {
    assert.deepEqual(
      said(webhookMissesPods, [webhook("kyverno", { rules: [{ ...podRules[0], resources }] })]),
      ["pass"],
      resources.join(),
    );
  }
  // All resources are not their subresources.
  assert.equal(
    said(webhookMissesPods, [webhook("kyverno", { rules: [{ ...podRules[0], resources: ["*"] }] })]).length,
    1,
  );
  // What one webhook of a guard misses, another of it may see.
  const debug = { rules: [{ ...podRules[0], resources: ["pods/ephemeralcontainers"] }] };
  assert.deepEqual(said(webhookMissesPods, [webhook("kyverno"), webhook("kyverno", debug, "Mutating")]), ["pass"]);
  assert.deepEqual(said(webhookMissesPods, [webhook("defaults")]), []);
});

test("labels that exempt: of a pod its author's, of a namespace its owner's", () => {
  const without = (key: string) => ({ matchExpressions: [{ key, operator: "DoesNotExist" }] });
  assert.deepEqual(said(webhookMissesPods, [webhook("kyverno", { ...whole, objectSelector: without("skip") })]), [
    "medium | Pods choose by their labels whether webhook kyverno.example.com is called | skip",
  ]);
  assert.deepEqual(said(webhookMissesPods, [webhook("kyverno", { ...whole, namespaceSelector: without("skip") })]), [
    "medium | Namespaces leave themselves out of webhook kyverno.example.com by a label | skip",
  ]);
  const byName = {
    matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: ["kube-system"] }],
  };
  assert.deepEqual(said(webhookMissesPods, [webhook("kyverno", { ...whole, namespaceSelector: byName })]), ["pass"]);
  const ignored = webhook("gatekeeper", { ...whole, namespaceSelector: without("admission.gatekeeper.sh/ignore") });
  assert.equal(said(webhookMissesPods, [ignored])[0]?.startsWith("medium"), true);
  const guard = webhook("gatekeeper", { name: "check-ignore-label.gatekeeper.sh", rules: [] });
  assert.deepEqual(said(webhookMissesPods, [ignored, guard]), ["pass"]);
});

test("of version v1beta1 a webhook that states nothing is passed over", () => {
  const old = {
    ...webhook("kyverno", { failurePolicy: undefined }),
    apiVersion: "admissionregistration.k8s.io/v1beta1",
  };
  assert.deepEqual(said(webhookFailsOpen, [old]), [
    "medium | Webhook kyverno.example.com fails open (failurePolicy: Ignore) | ",
  ]);
  assert.deepEqual(said(webhookFailsOpen, [webhook("kyverno", { failurePolicy: undefined })]), ["pass"]);
});
