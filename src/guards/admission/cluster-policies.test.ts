import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../core/problem.ts";
import { clusterPolicyEvaluator } from "./cluster-policies.ts";
import { asking, guardOf, quietCluster, requestFor } from "./guard.fixture.ts";
import type { AdmissionPolicyObjects, ClusterView } from "./model.ts";

const pod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "api", namespace: "shop" },
  spec: { containers: [{ name: "api", image: `registry.example.com/shop/api@sha256:${"a".repeat(64)}` }] },
};

const policy = (expression: string) => ({
  apiVersion: "admissionregistration.k8s.io/v1",
  kind: "ValidatingAdmissionPolicy",
  metadata: { name: "named" },
  spec: {
    matchConstraints: {
      resourceRules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }],
    },
    validations: [{ expression, message: "only web may run" }],
  },
});

const binding = (validationActions: readonly string[]) => ({
  apiVersion: "admissionregistration.k8s.io/v1",
  kind: "ValidatingAdmissionPolicyBinding",
  metadata: { name: "all" },
  spec: { policyName: "named", validationActions },
});

/** Lenient for all that is not about the cluster's own policies. */
const POLICY = `apiVersion: bulkhead/v1
enforcement: { admission: { default: audit, checks: { workload/admission-policy-denied: deny } } }
`;

async function decided(
  t: Parameters<typeof guardOf>[0],
  objects: AdmissionPolicyObjects | Problem,
  more: Partial<ClusterView> = {},
) {
  const cluster: ClusterView = { ...quietCluster, admissionPolicies: async () => objects, ...more };
  const guard = await guardOf(t, POLICY, { cluster, admissionPolicies: clusterPolicyEvaluator(cluster) });
  const { answer, outcomes } = await guard.decide(requestFor(pod), asking());
  return { answer, outcomes: outcomes.filter(({ check }) => check === "workload/admission-policy-denied") };
}

const given = (...objects: readonly object[]): AdmissionPolicyObjects => ({ objects, unread: [] });

test("what a policy of the cluster denies is refused, with its message", async (t) => {
  const { answer, outcomes } = await decided(t, given(policy("object.metadata.name == 'web'"), binding(["Deny"])));
  assert.equal(answer.allowed, false);
  assert.match(answer.message ?? "", /named denies it: only web may run/);
  assert.deepEqual(
    outcomes.map(({ verdict, action }) => [verdict, action]),
    [["fail", "deny"]],
  );
});

test("what holds, what is only warned of, and a cluster without policies refuse nothing", async (t) => {
  for (const objects of [
    given(policy("object.metadata.name == 'api'"), binding(["Deny"])),
    given(policy("false"), binding(["Warn"])),
    given(policy("false")),
    given(),
  ]) {
    const { answer, outcomes } = await decided(t, objects);
    assert.deepEqual([answer.allowed, outcomes], [true, []]);
  }
});

test("policies that could not be listed, or rest on what nobody answers, are left to the API server, which decides by them itself", async (t) => {
  const down = new Problem({ kind: "unavailable", code: "cluster.down", place: "policies", cause: "no answer" });
  const asks = policy("authorizer.group('').resource('pods').check('list').allowed()");
  for (const { answer, outcomes } of [
    await decided(t, down),
    await decided(t, given(asks, binding(["Deny"])), { may: async () => down }),
    await decided(t, given(policy("namespaceObject.metadata.name == 'shop'"), binding(["Deny"])), {
      namespace: async () => down,
    }),
  ]) {
    assert.deepEqual(
      outcomes.map(({ verdict, action }) => [verdict, action]),
      [["unknown", "audit"]],
    );
    assert.equal(answer.allowed, true);
  }
  const partial = { ...given(asks, binding(["Deny"])), isPartial: true } as const;
  const offline = await decided(t, partial, { may: async () => down });
  assert.equal(offline.answer.allowed, false, "of files nobody else decides");
  const answered = await decided(t, given(asks, binding(["Deny"])), { may: async () => true });
  assert.equal(answered.answer.allowed, true);
});
