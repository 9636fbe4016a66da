import assert from "node:assert/strict";
import { test } from "node:test";
import { manifestReader } from "../../engines/kubernetes/manifests.ts";
import { secretUses } from "./secret-uses.ts";
import { asOfWhen } from "./sync-state.ts";

const MANY = 200_000;

test("a workload that names very many Secrets is read", () => {
  const reader = manifestReader();
  const container = { name: "a", image: "a:1", envFrom: [{ secretRef: { name: "s" } }] };
  reader.object(
    { apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "n" }, spec: { containers: [container] } },
    { kind: "cluster", cluster: "test" },
  );
  const manifests = reader.manifests();
  const [workload] = manifests.workloads;
  const [own] = workload?.pod.containers ?? [];
  assert.ok(workload !== undefined && own !== undefined);
  const envFrom = Array(MANY).fill(own.envFrom[0]);
  const pod = { ...workload.pod, containers: [{ ...own, envFrom }] };
  assert.equal(secretUses({ ...manifests, workloads: [{ ...workload, pod }] }).uses.length, MANY);
});

test("files with very many synced secrets are as of the latest time that any tells", () => {
  const reader = manifestReader();
  const status = { refreshTime: "2026-05-01T00:00:00Z", conditions: [] };
  const file = {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata: { name: "e", namespace: "n" },
    status,
  };
  reader.file("e.yaml", JSON.stringify(file));
  const [state] = reader.manifests().externalSecrets;
  assert.ok(state !== undefined);
  const asOf = asOfWhen(Array(MANY).fill(state), new Date("2026-06-01T00:00:00Z"));
  assert.equal(asOf(state.object).toISOString(), "2026-05-01T00:00:00.000Z");
});
