/** What becomes of one object of a cluster before it is read as a manifest is. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { daemonSetState } from "./daemon-sets.ts";
import { lastDataChange, notesValueChanges } from "./managed-fields.ts";
import { asWritten, reportedAddresses } from "./normalise.ts";
import { createOwned, ownerName } from "./owned.ts";
import { createRunningImages } from "./running.ts";
import { secretOfRow, UNKNOWN_KEYS } from "./secret-rows.ts";

const digest = `sha256:${"ab".repeat(32)}`;

const managed = (time: string, fields: object, operation = "Update") => ({ operation, time, fieldsV1: fields });

test("a Secret is made of a row, without a value", () => {
  const page = { columnDefinitions: [{ name: "Name" }, { name: "Type" }, { name: "Data" }, { name: "Age" }] };
  const metadata = {
    name: "db",
    managedFields: [managed("2026-01-01T00:00:00Z", { "f:data": { ".": {}, "f:user": {}, "f:key": {} } })],
  };
  const row = { cells: ["db", "Opaque", 2, "9d"], object: { kind: "PartialObjectMetadata", metadata } };
  assert.deepEqual(secretOfRow(row, page), { metadata, type: "Opaque", data: { key: "", user: "" } });
  const more = secretOfRow({ ...row, cells: ["db", "Opaque", 3, "9d"] }, page);
  assert.ok(more !== undefined && UNKNOWN_KEYS in more);
  for (const broken of [{}, { cells: [], object: { metadata } }, { cells: row.cells }, { cells: 1, object: 2 }]) {
    assert.equal(secretOfRow(broken, page), undefined);
  }
  assert.equal(secretOfRow(row, {}), undefined);
});

test("data is as old as the last change of one who set it", () => {
  const managedFields = [
    managed("2026-03-01T00:00:00Z", { "f:metadata": { "f:labels": {} } }),
    managed("2026-01-01T00:00:00Z", { "f:data": {} }),
    managed("2026-02-01T00:00:00Z", { "f:data": {} }, "Apply"),
    managed("tomorrow", { "f:metadata": {} }),
  ];
  assert.equal(lastDataChange({ managedFields }), "2026-02-01T00:00:00Z");
  const untimed = [...managedFields, managed("tomorrow", { "f:data": {} })];
  assert.equal(lastDataChange({ managedFields: untimed }), undefined);
  assert.equal(lastDataChange({}), undefined);
  assert.equal(lastDataChange({ managedFields: [null, 1, { fieldsV1: [] }] }), undefined);
});

test("an old time proves nothing where the server does not note changes of values", () => {
  const versions = ["v1.20.2", "v1.24.17", "v1.25.0", "v1.31.2-eks-7f9249a", "v1.100.0", "v2.0.0", "1.31", undefined];
  assert.deepEqual(versions.filter(notesValueChanges), ["v1.25.0", "v1.31.2-eks-7f9249a", "v1.100.0"]);
});

test("host ports that the host's network made are not the author's", () => {
  const ports = [
    { containerPort: 80, hostPort: 80 },
    { containerPort: 81, hostPort: 8081 },
  ];
  const spec = { hostNetwork: true, containers: [{ name: "a", ports }] };
  const without = { hostNetwork: true, containers: [{ name: "a", ports: [{ containerPort: 80 }, ports[1]] }] };
  assert.deepEqual(asWritten({ spec }), { spec: without });
  const template = { template: { spec } };
  assert.deepEqual(asWritten({ spec: template }, "v1.27.9"), { spec: { template: { spec: without } } });
  for (const version of ["v1.28.0", "v1.31.2+k3s1", undefined, "?"]) {
    assert.deepEqual(asWritten({ spec: template }, version), { spec: template });
  }
  assert.deepEqual(asWritten({ spec: { jobTemplate: { spec: template } } }, "v1.20.2"), {
    spec: { jobTemplate: { spec: { template: { spec: without } } } },
  });
  const stated = { managedFields: [managed("2026-01-01T00:00:00Z", { "f:hostPort": {} }, "Apply")] };
  assert.deepEqual(asWritten({ metadata: stated, spec }).spec, spec);
  assert.deepEqual(asWritten({ spec: { ...spec, hostNetwork: false } }).spec, { ...spec, hostNetwork: false });
});

test("the copy that kubectl keeps, managed fields and the status are taken out", () => {
  const annotations = { "kubectl.kubernetes.io/last-applied-configuration": "{}", note: "kept" };
  const object = { metadata: { name: "a", annotations, managedFields: [] }, status: { phase: "Running" } };
  assert.deepEqual(asWritten(object), { metadata: { name: "a", annotations: { note: "kept" } } });
});

const owned = (uid: string, owner?: string) => ({
  name: uid,
  uid,
  ...(owner === undefined ? {} : { ownerReferences: [{ uid: owner, controller: true }] }),
});

test("what a known owner made is judged as that, through all steps", () => {
  const { own } = createOwned();
  const template = { template: { spec: { containers: [{ name: "web" }] } } };
  assert.ok(own("Deployment", { metadata: owned("d"), spec: template }));
  assert.equal(own("ReplicaSet", { metadata: owned("r", "d"), spec: template }), undefined);
  assert.equal(own("Pod", { metadata: owned("p", "r"), spec: { containers: [{ name: "web" }] } }), undefined);
  const lone = { metadata: owned("q", "an-operators-own"), spec: { containers: [{ name: "web" }] } };
  assert.equal(own("Pod", lone), lone);
});

test("containers that no template has are judged in one of the pods that have them", () => {
  const { own } = createOwned();
  own("Deployment", { metadata: owned("d"), spec: { template: { spec: { containers: [{ name: "web" }] } } } });
  const pod = (uid: string, spec: object) => own("Pod", { metadata: owned(uid, "d"), spec });
  const containers = [{ name: "web" }, { name: "sidecar" }];
  const injected = pod("1", { hostNetwork: true, containers });
  assert.deepEqual(injected, {
    metadata: { name: "1", uid: "1" },
    spec: { hostNetwork: true, containers: [{ name: "sidecar" }], initContainers: [] },
  });
  assert.equal(pod("2", { containers }), undefined);
  assert.ok(pod("3", { containers, ephemeralContainers: [{ name: "debug" }] }));
  assert.ok(pod("4", { containers, ephemeralContainers: [{ name: "debug" }] }));
});

test("the addresses of running pods are those of what made them, through all steps", () => {
  const { own, addresses } = createOwned();
  const spec = { template: { spec: { containers: [{ name: "web" }] } } };
  own("Deployment", { metadata: { ...owned("d"), namespace: "shop", name: "web" }, spec });
  own("ReplicaSet", { metadata: owned("r", "d"), spec });
  const pod = (uid: string, status: object) =>
    own("Pod", { metadata: owned(uid, "r"), spec: { containers: [{ name: "web" }] }, status });
  pod("1", { podIP: "10.0.0.2", podIPs: [{ ip: "10.0.0.2" }, { ip: "fd00::2" }] });
  pod("2", { phase: "Running", podIP: "10.0.0.1" });
  pod("3", { phase: "Succeeded", podIP: "10.0.0.9" });
  pod("4", {});
  assert.deepEqual([...addresses()], [[ownerName("Deployment", "shop", "web"), ["10.0.0.1", "10.0.0.2", "fd00::2"]]]);
});

test("of a status only addresses of pods that run and of nodes are kept", () => {
  const status = { phase: "Running", podIP: "10.0.0.1", podIPs: [{ ip: "10.0.0.1" }], addresses: [1] };
  assert.deepEqual(reportedAddresses("Pod", { status }), {
    status: { podIP: "10.0.0.1", podIPs: [{ ip: "10.0.0.1" }] },
  });
  assert.deepEqual(reportedAddresses("Pod", { status: { ...status, phase: "Failed" } }), {});
  assert.deepEqual(reportedAddresses("Node", { status }), { status: { addresses: [1] } });
  assert.deepEqual(reportedAddresses("Service", { status }), {});
});

test("a DaemonSet says how many of its pods are ready, and whether of what it is now", () => {
  const metadata = { namespace: "kube-system", name: "cilium", generation: 2 };
  const status = { desiredNumberScheduled: 3, numberReady: 2, updatedNumberScheduled: 3, observedGeneration: 1 };
  assert.deepEqual(daemonSetState({ metadata, status }), {
    namespace: "kube-system",
    name: "cilium",
    desired: 3,
    ready: 2,
    updated: 3,
    observed: false,
  });
  assert.equal(daemonSetState({ metadata, status: {} }), undefined);
});

test("images that run are told by digest, with their pods and the oldest start", () => {
  const running = createRunningImages();
  const pod = (name: string, startTime: string, imageID: string, phase = "Running") => ({
    metadata: { namespace: "shop", name },
    spec: { containers: [{ name: "web", image: "web:1" }] },
    status: { phase, startTime, containerStatuses: [{ name: "web", image: "registry.example/web:1", imageID }] },
  });
  running.pod(pod("b", "2026-02-01T00:00:00Z", `registry.example/web@${digest}`));
  running.pod(pod("a", "2026-01-01T00:00:00Z", `docker-pullable://registry.example/web@${digest}`));
  running.pod(pod("c", "2025-01-01T00:00:00Z", `registry.example/web@${digest}`, "Succeeded"));
  running.pod(pod("d", "2026-01-01T00:00:00Z", `docker://${digest}`));
  running.pod(pod("e", "2026-01-01T00:00:00Z", ""));
  assert.deepEqual(
    running
      .images()
      .map(({ repository, digest: of, since, pods, examples }) => [repository, of, since, pods, examples]),
    [
      [undefined, undefined, "2026-01-01T00:00:00Z", 1, ["shop/e"]],
      ["registry.example/web", digest, "2026-01-01T00:00:00Z", 2, ["shop/a", "shop/b"]],
      [undefined, digest, "2026-01-01T00:00:00Z", 1, ["shop/d"]],
    ],
  );
});

test("nothing that an API server might answer makes them fail", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (metadata, spec, status) => {
      const object = { metadata, spec, status };
      asWritten(object);
      daemonSetState(object);
      createRunningImages().pod(object);
      const { own, addresses } = createOwned();
      for (const kind of ["CronJob", "Deployment", "Pod"]) {
        own(kind, object);
        reportedAddresses(kind, object);
      }
      addresses();
      secretOfRow({ cells: metadata, object: spec }, { columnDefinitions: status });
    }),
  );
});
