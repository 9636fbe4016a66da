import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { formatFieldPath } from "../kubernetes/field-path.ts";
import { admittedOf } from "./admitted.ts";
import { bounds } from "./bounds.ts";
import type { AdmissionRequest } from "./model.ts";

type Plain = Readonly<Record<string, unknown>>;

const spec = {
  initContainers: [{ name: "migrate", image: "registry.example.com/migrate:1" }],
  containers: [{ name: "api", image: "registry.example.com/api:1" }],
  ephemeralContainers: [{ name: "debug", image: "busybox" }],
  volumes: [{ name: "models", image: { reference: "registry.example.com/models:1" } }],
  imagePullSecrets: [{ name: "pull" }],
  serviceAccountName: "api",
};

function request(object: Plain, more: Partial<AdmissionRequest> = {}): AdmissionRequest {
  const [group = "", version = ""] = /\//.test(String(object.apiVersion))
    ? String(object.apiVersion).split("/")
    : ["", String(object.apiVersion)];
  const kind = String(object.kind);
  return {
    uid: "u",
    operation: "CREATE",
    kind: { group, version, kind },
    resource: { group, version, resource: `${kind.toLowerCase()}s` },
    namespace: "shop",
    user: { username: "alice", groups: [], extra: {} },
    dryRun: false,
    object,
    ...more,
  };
}

const metadata = { name: "api", namespace: "shop" };
const pod = { apiVersion: "v1", kind: "Pod", metadata, spec };
const context = { scope: "cluster" };
const imagesOf = (object: Plain, more?: Partial<AdmissionRequest>) =>
  admittedOf(request(object, more), context).images.map(
    ({ reference, use, name, path, changed }) =>
      `${changed ? "" : "same "}${use} ${name} ${reference} ${formatFieldPath(path)}`,
  );

const under = (path: readonly string[], inner: unknown): unknown =>
  path.reduceRight<unknown>((value, step) => ({ [step]: value }), inner);

const KINDS: readonly (readonly [apiVersion: string, kind: string, pod: readonly string[]])[] = [
  ["v1", "Pod", ["spec"]],
  ["v1", "PodTemplate", ["template", "spec"]],
  ["v1", "ReplicationController", ["spec", "template", "spec"]],
  ...["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"].map(
    (kind) => ["apps/v1", kind, ["spec", "template", "spec"]] as const,
  ),
  ["batch/v1", "Job", ["spec", "template", "spec"]],
  ["batch/v1", "CronJob", ["spec", "jobTemplate", "spec", "template", "spec"]],
  ["argoproj.io/v1alpha1", "Rollout", ["spec", "template", "spec"]],
  ["example.com/v1", "Fleet", ["spec", "groups", "workers", "podTemplate", "spec"]],
];

for (const [apiVersion, kind, path] of KINDS) {
  test(`every image of a ${kind} is named with its place`, () => {
    const object = { apiVersion, kind, metadata, ...(under(path, spec) as object) };
    const place = path.join(".");
    assert.deepEqual(imagesOf(object), [
      `init-container migrate registry.example.com/migrate:1 ${place}.initContainers[0].image`,
      `container api registry.example.com/api:1 ${place}.containers[0].image`,
      `ephemeral-container debug busybox ${place}.ephemeralContainers[0].image`,
      `image-volume models registry.example.com/models:1 ${place}.volumes[0].image.reference`,
    ]);
    const { pods, pullSecrets, serviceAccounts, outcome } = admittedOf(request(object), context);
    assert.deepEqual([outcome, pods, pullSecrets, serviceAccounts], ["judge", [path], ["pull"], ["api"]]);
  });
}

test("deletions, and what is being deleted, are not judged; a time that a client writes is none", () => {
  const outcome = (more: Partial<AdmissionRequest>, object: Plain = pod) =>
    admittedOf(request(object, more), context).outcome;
  const { object: _, ...deletion } = request(pod, { operation: "DELETE", oldObject: pod });
  assert.equal(admittedOf(deletion, context).outcome, "pass");
  const ending = { ...pod, metadata: { ...metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } };
  assert.equal(outcome({ operation: "UPDATE", oldObject: ending }, ending), "pass");
  assert.equal(outcome({ operation: "CREATE" }, ending), "judge");
  assert.equal(outcome({ operation: "UPDATE", oldObject: pod }, ending), "judge");
});

test("subresources by which nothing new runs pass, and those that change a pod are judged", () => {
  const of = (subResource: string, more: Partial<AdmissionRequest> = {}, object: Plain = pod) =>
    admittedOf(request(object, { operation: "UPDATE", oldObject: pod, subResource, ...more }), context).outcome;
  for (const name of ["status", "scale", "binding", "eviction"]) assert.equal(of(name), "pass", name);
  for (const name of ["ephemeralcontainers", "resize", "anything"]) assert.equal(of(name), "judge", name);
  assert.equal(of("exec", { operation: "CONNECT" }, { apiVersion: "v1", kind: "PodExecOptions" }), "pass");
  const served = { apiVersion: "example.com/v1", kind: "Fleet", metadata, spec: { template: { spec } } };
  const resource = { group: "example.com", version: "v1", resource: "fleets" };
  assert.equal(of("binding", { resource }, served), "judge", "of a kind that somebody else serves it may be anything");
});

test("an image is new where its container has none of the same text before, whatever its place in the list", () => {
  const sidecar = { name: "sidecar", image: "registry.example.com/proxy:1" };
  const after = { ...pod, spec: { ...spec, containers: [sidecar, ...spec.containers] } };
  assert.deepEqual(
    imagesOf(after, { operation: "UPDATE", oldObject: pod }).filter((line) => !line.startsWith("same")),
    ["container sidecar registry.example.com/proxy:1 spec.containers[0].image"],
  );
  const moved = { ...pod, spec: { ...spec, containers: [{ name: "api", image: "busybox" }] } };
  assert.deepEqual(
    imagesOf(moved, { operation: "UPDATE", oldObject: pod }).filter((line) => !line.startsWith("same")),
    ["container api busybox spec.containers[0].image"],
  );
});

test("what says that it is another object than the review is about is read as neither", () => {
  const reason = (object: Plain, more: Partial<AdmissionRequest> = {}) => {
    const found = admittedOf({ ...request(pod), object, ...more }, context);
    assert.equal(found.outcome, "unread");
    return found.reason;
  };
  assert.match(reason({ ...pod, kind: "ConfigMap" }), /its object says otherwise/);
  assert.match(reason({ ...pod, metadata: { ...metadata, namespace: "kube-system" } }), /namespace shop/);
  assert.match(reason({ ...pod, spec: undefined, containers: [] }, { object: undefined } as never), /no object/);
});

test("more pods or images than are looked at are not read in part", () => {
  const containers = Array.from({ length: bounds.images + 1 }, (_, index) => ({
    name: `c${index}`,
    image: `i${index}`,
  }));
  const many = admittedOf(request({ ...pod, spec: { containers } }), context);
  assert.deepEqual([many.outcome, many.reason], ["unread", `more than ${bounds.images} images`]);
});

test("a kind without a pod passes, and of a container without an image the image is absent, not the container", () => {
  const map = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { image: "registry.example.com/api:1" } };
  assert.equal(admittedOf(request(map), context).outcome, "pass");
  assert.deepEqual(imagesOf({ ...pod, spec: { containers: [{ name: "api" }] } }), [
    "container api  spec.containers[0].image",
  ]);
});

test("whatever the object is, something is said of it", () => {
  const objects = fc.record(
    { metadata: fc.jsonValue(), spec: fc.jsonValue(), template: fc.jsonValue() },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(objects, objects, fc.constantFrom("CREATE" as const, "UPDATE"), (object, oldObject, operation) => {
      for (const kind of ["Pod", "Deployment", "Fleet"]) {
        const typed = request({ apiVersion: kind === "Deployment" ? "apps/v1" : "v1", kind, ...(object as Plain) });
        const { outcome, reason } = admittedOf({ ...typed, operation, oldObject: oldObject as Plain }, context);
        assert.ok(reason !== "" && (kind === "Fleet" || outcome !== "pass" || isEnding(object)));
      }
    }),
    runs(300),
  );
});

function isEnding(object: unknown): boolean {
  return JSON.stringify(object).includes("deletionTimestamp");
}
