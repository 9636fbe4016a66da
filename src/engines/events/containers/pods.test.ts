import assert from "node:assert/strict";
import { test } from "node:test";
import { containerdAnnotations, id, imageId, manifest, pod, podUid, sandboxId, spec } from "./documents.fixture.ts";
import type { ContainerFacts } from "./model.ts";
import { isOfPod, type PodRecord, podContainerFacts, readPod, readPods, withPod } from "./pods.ts";
import { containerdFacts } from "./spec.ts";

function record(more: Readonly<Record<string, unknown>> = {}): PodRecord {
  const read = readPod(pod(more));
  assert.ok(read !== undefined);
  return read;
}

test("a pod tells who made it, and of the containers that started", () => {
  const { pod: facts, controller, containers } = record();
  assert.deepEqual(JSON.parse(JSON.stringify(facts)), {
    namespace: "shop",
    name: "api-7f9c4-x2x9z",
    uid: podUid,
    ip: "10.0.0.7",
    labels: { app: "api", "pod-template-hash": "7f9c4" },
    owner: { kind: "Deployment", name: "api" },
  });
  assert.deepEqual(controller, { apiVersion: "apps/v1", kind: "ReplicaSet", name: "api-7f9c4" });
  assert.deepEqual([...containers.keys()], [id]);
});

test("a ReplicaSet is its own where no Deployment's hash says otherwise, and so is a Job", () => {
  const ownerOf = (labels: object, reference: object) => {
    const ownerReferences = [{ controller: true, ...reference }];
    return record({ metadata: { name: "p", namespace: "shop", uid: podUid, labels, ownerReferences } }).pod.owner;
  };
  const replicaSet = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "api-7f9c4" };
  assert.deepEqual(ownerOf({}, replicaSet), { kind: "ReplicaSet", name: "api-7f9c4" });
  assert.deepEqual(ownerOf({ "pod-template-hash": "other" }, replicaSet), { kind: "ReplicaSet", name: "api-7f9c4" });
  assert.deepEqual(ownerOf({ "pod-template-hash": "api-7f9c4" }, replicaSet), {
    kind: "ReplicaSet",
    name: "api-7f9c4",
  });
  const foreign = { ...replicaSet, apiVersion: "example.com/v1" };
  assert.deepEqual(ownerOf({ "pod-template-hash": "7f9c4" }, foreign), { kind: "ReplicaSet", name: "api-7f9c4" });
  const job = { apiVersion: "batch/v1", kind: "Job", name: "backup-29000000" };
  assert.deepEqual(ownerOf({}, job), { kind: "Job", name: "backup-29000000" });
  assert.equal(ownerOf({}, { ...job, controller: false }), undefined);
});

test("the runtime's image and mounts count, the pod's name and probes", () => {
  const annotations = { ...containerdAnnotations, "io.kubernetes.cri.container-name": "renamed" };
  const known = containerdFacts(id, spec({ annotations })) as ContainerFacts;
  const { details, runtime } = withPod(known, record());
  assert.equal(runtime, "containerd");
  assert.equal(details?.name, "api");
  assert.equal(details?.image, "registry.example.com/shop/api:2.0");
  assert.equal(details?.imageDigest, manifest);
  assert.equal(details?.livenessProbe, "/bin/check --live");
  assert.equal(details?.readinessProbe, undefined);
  assert.equal(details?.mounts.length, 1);
  // The runtime sees what is; the pod says what was asked for.
  assert.equal(details?.privileged, false);
  assert.equal(details?.pod?.sandboxId, sandboxId);
  assert.deepEqual(details?.pod?.owner, { kind: "Deployment", name: "api" });
  assert.equal(isOfPod(known), true);
});

test("without a runtime the pod says what it can", () => {
  const facts = podContainerFacts(record(), id);
  assert.equal(facts?.runtime, "containerd");
  assert.equal(facts?.details?.privileged, true);
  assert.equal(facts?.details?.hostNetwork, true);
  assert.equal(facts?.details?.image, "registry.example.com/shop/api:2.0");
  assert.deepEqual(facts?.details?.mounts, []);
  assert.equal(podContainerFacts(record(), sandboxId), undefined);
});

test("of an image that the runtime has no name for the pod's own counts", () => {
  const status = {
    containerStatuses: [{ name: "api", containerID: `cri-o://${id}`, image: imageId, imageID: imageId }],
  };
  const details = podContainerFacts(record({ status }), id)?.details;
  assert.equal(details?.image, "shop/api:2.0");
  assert.equal(details?.imageId, imageId);
});

test("what is no pod is left out", () => {
  assert.equal(readPods({ items: [pod(), null, {}, { metadata: { name: "x" } }, pod({ metadata: 7 })] }).length, 1);
  assert.deepEqual(readPods(undefined), []);
});
