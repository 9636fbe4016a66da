import assert from "node:assert/strict";
import { test } from "node:test";
import { id, pod, podUid, sandboxId } from "../../../engines/events/containers/documents.fixture.ts";
import { factsOf } from "../../../engines/events/containers/values.ts";
import { fakeApi } from "../../../engines/kubernetes/cluster/api.fixture.ts";
import { clusterPods, kubeletPods } from "./pod-source.ts";

const { signal } = new AbortController();
const container = factsOf(id, "containerd", undefined);
const kinds = [
  { apiVersion: "v1", resource: "pods", kind: "Pod", namespaced: true },
  { apiVersion: "apps/v1", resource: "replicasets", kind: "ReplicaSet", namespaced: true },
  { apiVersion: "batch/v1", resource: "jobs", kind: "Job", namespaced: true },
];
const owned = (apiVersion: string, kind: string, name: string, by: object) => ({
  apiVersion,
  kind,
  metadata: { name, namespace: "shop", ownerReferences: [{ controller: true, ...by }] },
});

test("a kubelet's list is read once for all who ask, and again for what it does not hold", async () => {
  let now = 0;
  let reads = 0;
  let items: readonly unknown[] = [];
  let status = 200;
  const client = {
    async get(path: string) {
      assert.equal(path, "/pods");
      reads += 1;
      return { status, bytes: 0, body: { kind: "PodList", items } };
    },
    close() {},
  };
  const source = kubeletPods(client, "kubelet", () => now);
  assert.deepEqual(await Promise.all([source.find(container, signal), source.find(container, signal)]), [
    undefined,
    undefined,
  ]);
  assert.equal(reads, 1);
  items = [pod()];
  assert.equal(await source.find(container, signal), undefined);
  now = 1_000;
  assert.deepEqual((await source.find(container, signal))?.pod.owner, { kind: "Deployment", name: "api" });
  assert.equal(reads, 2);
  // What holds the pod's namespaces is in no list; the path of its cgroup names the pod.
  const sandbox = factsOf(sandboxId, "containerd", undefined);
  assert.equal((await source.find({ ...sandbox, podUid }, signal))?.pod.uid, podUid);
  now = 2_000;
  status = 403;
  await assert.rejects(source.find(sandbox, signal), { code: "events.pods", place: "kubelet" });
});

test("the API server's pods of one node are watched, and owners followed to the first", async (t) => {
  const api = await fakeApi(t, kinds);
  api.put({ apiVersion: "v1", kind: "Pod", ...pod() });
  api.put(
    owned("apps/v1", "ReplicaSet", "api-7f9c4", { apiVersion: "apps/v1", kind: "Deployment", name: "storefront" }),
  );
  const source = clusterPods(api.api, "node-1", "cluster");
  t.after(() => source.close());
  const record = await source.find(container, signal);
  // What it is called is the API's word, and not what its ReplicaSet's name looks like.
  assert.deepEqual(record?.pod.owner, { kind: "Deployment", name: "storefront" });
  const listed = api.asked.filter(({ path }) => path === "/api/v1/pods");
  assert.ok(listed.length > 0);
  for (const { query } of listed) assert.equal(query.get("fieldSelector"), "spec.nodeName=node-1");
  const before = api.asked.length;
  await source.find(container, signal);
  assert.equal(api.asked.slice(before).filter(({ path }) => path.includes("replicasets")).length, 0);
});

test("an owner that is not to be read is who the pod names", async (t) => {
  const api = await fakeApi(t, kinds);
  const reference = { apiVersion: "batch/v1", kind: "Job", name: "backup-1", controller: true };
  const metadata = { name: "backup-1-x", namespace: "shop", uid: podUid, ownerReferences: [reference] };
  api.put({ apiVersion: "v1", kind: "Pod", ...pod({ metadata }) });
  const source = clusterPods(api.api, "node-1", "cluster");
  t.after(() => source.close());
  assert.deepEqual((await source.find(container, signal))?.pod.owner, { kind: "Job", name: "backup-1" });
  api.put(owned("batch/v1", "Job", "backup-1", { apiVersion: "batch/v1", kind: "CronJob", name: "backup" }));
  assert.deepEqual((await source.find(container, signal))?.pod.owner, { kind: "CronJob", name: "backup" });
});

test("a cluster that refuses is a problem", async (t) => {
  const api = await fakeApi(t, kinds);
  api.intercept = () => ({ status: 403 });
  const source = clusterPods(api.api, "node-1", "cluster");
  t.after(() => source.close());
  await assert.rejects(source.find(container, signal), /403|refuse|forbid|list pods/i);
});
