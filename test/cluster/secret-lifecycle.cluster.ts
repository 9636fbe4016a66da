/** Secrets' lifecycle as a real API server tells it: custom resources with their statuses, and who uses what they make. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Evaluation } from "../../src/core/evaluation.ts";
import { connectionOf } from "../../src/engines/kubernetes/cluster/kubeconfig.ts";
import { readCluster } from "../../src/engines/kubernetes/cluster/read.ts";
import { bulkhead } from "../bulkhead.ts";
import { type Cluster, clusterMissing, startCluster } from "./api-server.ts";

const namespace = "shop";
const group = "external-secrets.io";
const quoted = ["a", "provider", "quotes", "this"].join("-");

function definition(kind: string, plural: string): object {
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      scope: "Namespaced",
      versions: [{ name: "v1beta1", served: true, storage: true, schema }],
    },
  };
}

const failed = {
  conditions: [
    {
      type: "Ready",
      status: "False",
      reason: "SecretSyncedError",
      message: quoted,
      lastTransitionTime: "2026-01-01T00:00:00Z",
    },
  ],
};

describe("the lifecycle of a cluster's Secrets", { skip: clusterMissing }, () => {
  let cluster: Cluster;
  let kubeconfig: string;

  before(async () => {
    cluster = await startCluster();
    kubeconfig = await cluster.kubeconfig();
    await cluster.apply(
      { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
      definition("ExternalSecret", "externalsecrets"),
      definition("SecretStore", "secretstores"),
    );
    const served = ["wait", "--for=condition=Established", "--timeout=60s", "crd", "--all"];
    const { status, stderr } = await cluster.kubectl(served);
    assert.equal(status, 0, stderr);
    await cluster.apply(
      {
        apiVersion: `${group}/v1beta1`,
        kind: "ExternalSecret",
        metadata: { name: "db", namespace },
        spec: { secretStoreRef: { name: "prod" }, target: { name: "db" } },
        status: failed,
      },
      {
        apiVersion: `${group}/v1beta1`,
        kind: "SecretStore",
        metadata: { name: "prod", namespace },
        spec: { provider: { vault: { auth: { tokenSecretRef: { name: "vault-token", key: "token" } } } } },
        status: { conditions: [{ type: "Ready", status: "True", reason: "Valid" }] },
      },
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "web", namespace },
        spec: {
          replicas: 2,
          strategy: { type: "Recreate" },
          selector: { matchLabels: { app: "web" } },
          template: {
            metadata: { labels: { app: "web" } },
            spec: {
              containers: [
                {
                  name: "web",
                  image: "127.0.0.1:1/web:1",
                  env: [
                    { name: "P", valueFrom: { secretKeyRef: { name: "db", key: "p" } } },
                    { name: "Q", valueFrom: { secretKeyRef: { name: "gone", key: "q" } } },
                  ],
                },
              ],
            },
          },
        },
      },
      {
        apiVersion: "policy/v1beta1",
        kind: "PodDisruptionBudget",
        metadata: { name: "web", namespace },
        spec: { minAvailable: 2, selector: { matchLabels: { app: "web" } } },
      },
    );
  });
  after(() => cluster?.stop());

  it("is read with what its controllers say, and without what they quote", async () => {
    const { manifests } = await readCluster(connectionOf({ kubeconfig }));
    assert.deepEqual(
      manifests.externalSecrets.map(({ targets, sync }) => [targets, sync?.ready, sync?.reason]),
      [[["db"], false, "SecretSyncedError"]],
    );
    assert.deepEqual(
      manifests.secretStores.map(({ credentials, sync }) => [credentials, sync?.ready]),
      [[[{ name: "vault-token" }], true]],
    );
    assert.equal(manifests.disruptionBudgets.length, 1);
    assert.deepEqual(manifests.gaps, []);
    assert.ok(!JSON.stringify(manifests, (_, each) => (each instanceof Map ? [...each] : each)).includes(quoted));
  });

  it("fails the audit, and tells what a rotation restarts", async () => {
    const run = { cwd: cluster.folder, home: cluster.folder };
    const words = [
      "cluster",
      "audit",
      "--kubeconfig",
      kubeconfig,
      "--quiet",
      "--rotation",
      "all",
      "--format",
      "json=r.json",
    ];
    const { code, stdout } = await bulkhead(words, run);
    assert.equal(code, 1);
    assert.match(stdout, /^shop\/db +shop\/Deployment\/web +env P in container web +needed +yes: strategy Recreate/m);
    assert.match(stdout, /PodDisruptionBudget web lets none be evicted/);
    const report = await bulkhead(["cluster", "audit", "--kubeconfig", kubeconfig, "--quiet", "--format", "json"], run);
    const { evaluations } = JSON.parse(report.stdout) as { evaluations: Evaluation[] };
    const titles = evaluations.flatMap(({ check, findings }) =>
      /^cluster\/(?:external-secret|secret-)/.test(check) ? findings.map(({ title }) => title) : [],
    );
    assert.deepEqual(titles.sort(), [
      "ExternalSecret db does not sync (SecretSyncedError)",
      "Secret shop/gone does not exist, and Deployment shop/web cannot start without it",
      "SecretStore prod logs in to vault with Secret vault-token, which nothing renews",
    ]);
  });
});
