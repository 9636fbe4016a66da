import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { clusterChecks } from "../../src/checks/cluster/index.ts";
import { defaultPolicy } from "../../src/collect/policy/default.ts";
import { readManifests } from "../../src/engines/kubernetes/manifests.ts";
import { evaluateManifests } from "../../src/evaluate/kubernetes/workloads.ts";
import { type Cluster, clusterMissing, startCluster } from "./api-server.ts";

const now = new Date("2026-01-01T00:00:00Z");

describe("the roles and bindings that an API server makes", { skip: clusterMissing }, () => {
  let cluster: Cluster;
  before(async () => {
    cluster = await startCluster();
  });
  after(() => cluster?.stop());

  /** `check subject` of what the checks over access find. */
  async function found(): Promise<string[]> {
    const kinds = "clusterroles,clusterrolebindings,roles,rolebindings,serviceaccounts";
    const { stdout } = await cluster.kubectl(["get", kinds, "--all-namespaces", "-o", "json"]);
    const manifests = readManifests([{ path: "cluster.json", text: stdout }]);
    assert.deepEqual(manifests.gaps, []);
    assert.ok(manifests.bindings.length > 40);
    const access = new Set(clusterChecks.filter(({ needs }) => "access" in needs).map(({ id }) => id));
    return evaluateManifests(manifests, { policy: defaultPolicy, now, scope: "cluster" })
      .filter(({ check }) => access.has(check))
      .flatMap(({ check, findings }) => findings.map(({ subject }) => `${check} ${subject}`));
  }

  it("are no noise, and what is put among them is", async () => {
    assert.deepEqual(await found(), []);
    await cluster.apply({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "system:foo", labels: { "kubernetes.io/bootstrapping": "rbac-defaults" } },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "mallory" }],
    });
    assert.deepEqual(await found(), [
      "cluster/rbac-cluster-admin ClusterRoleBinding system:foo to ClusterRole cluster-admin for User mallory",
    ]);
  });
});
