/** Objects that anybody may write into a tree or a cluster: nothing in them throws, and nothing of what is broken is a yes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { bounds } from "../bounds.ts";
import { answering, namespace, podRules, verificationIn, webhook } from "./verifiers.fixture.ts";

const KINDS = [
  ["kyverno.io/v1", "ClusterPolicy"],
  ["kyverno.io/v1", "Policy"],
  ["kyverno.io/v2", "PolicyException"],
  ["policies.kyverno.io/v1", "ImageValidatingPolicy"],
  ["policies.kyverno.io/v1", "PolicyException"],
  ["policy.sigstore.dev/v1beta1", "ClusterImagePolicy"],
  ["templates.gatekeeper.sh/v1", "ConstraintTemplate"],
  ["constraints.gatekeeper.sh/v1beta1", "RatifyVerification"],
  ["config.gatekeeper.sh/v1alpha1", "Config"],
  ["policies.kubewarden.io/v1", "ClusterAdmissionPolicy"],
  ["policies.kubewarden.io/v1", "AdmissionPolicyGroup"],
  ["admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"],
  ["admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy"],
  ["discovery.k8s.io/v1", "EndpointSlice"],
] as const;

/** Fields that are asked for, so that what is random is met. */
const NAMES = [
  "rules",
  "match",
  "any",
  "resources",
  "kinds",
  "namespaces",
  "verifyImages",
  "spec",
  "images",
  "glob",
  "mode",
  "settings",
  "signatures",
  "exceptions",
  "policyRefs",
  "matchConstraints",
  "namespaceSelector",
  "matchExpressions",
  "key",
  "operator",
  "values",
  "webhooks",
  "module",
  "targets",
  "crd",
  "names",
  "kind",
  "__proto__",
  "constructor",
  "processes",
  "excludedNamespaces",
];

const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom(
      null,
      true,
      0,
      "Pod",
      "*",
      "Enforce",
      "verify-image-signatures",
      'external_data({"provider": "ratify", "k": 1})',
      "",
    ),
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie("tree"), { maxKeys: 5 }),
  ),
}));

const object = fc.tuple(fc.constantFrom(...KINDS), tree, tree).map(([[apiVersion, kind], spec, webhooks]) => ({
  apiVersion,
  kind,
  metadata: { name: "a", namespace: "shop" },
  spec,
  webhooks,
}));

test("whatever the objects hold, each namespace has an answer, with a reason where it is not yes", () => {
  fc.assert(
    fc.property(fc.array(object, { maxLength: 6 }), fc.constantFrom("cluster", "files"), (objects, read) => {
      const found = verificationIn([namespace("shop"), ...objects, webhook("kyverno"), ...answering("kyverno")], {
        read,
      });
      for (const { answer, reasons } of found.namespaces) {
        assert.ok(
          answer === "yes" || reasons.every(({ statement }) => statement.answer === "yes" || statement.reason !== ""),
        );
      }
    }),
    runs(300),
  );
});

test("nothing that a policy lacks is taken for enforced", () => {
  const empty = KINDS.map(([apiVersion, kind]) => ({ apiVersion, kind, metadata: { name: "a" }, spec: {} }));
  for (const one of empty) {
    const { namespaces, verifiers } = verificationIn([
      namespace("shop"),
      one,
      webhook("kyverno"),
      webhook("sigstore", { name: "policy.sigstore.dev" }),
    ]);
    assert.ok(verifiers.length === 0 || namespaces.every(({ answer }) => answer !== "yes"), one.kind);
  }
});

test("of more verifiers than are looked at, nothing is concluded from what these leave out", () => {
  const policy = (name: string): object => ({
    apiVersion: "policies.kubewarden.io/v1",
    kind: "ClusterAdmissionPolicy",
    metadata: { name },
    spec: {
      module: "verify-image-signatures",
      mode: "monitor",
      rules: podRules,
      settings: { signatures: [{ image: "*" }] },
    },
  });
  const many = Array.from({ length: bounds.verifiers + 1 }, (_, nth) => policy(`p${nth}`));
  const found = verificationIn([namespace("shop"), ...many]);
  assert.deepEqual(
    [found.over, found.verifiers.length, found.namespaces[0]?.answer],
    [true, bounds.verifiers, "unknown"],
  );
  assert.equal(verificationIn([namespace("shop"), ...many.slice(1)]).namespaces[0]?.answer, "no");
});
