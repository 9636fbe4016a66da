import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { defaultPolicy } from "../collect/policy/default.ts";
import { openSecretScanner } from "../collect/secrets/scanner.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { runs } from "../core/runs.fixture.ts";
import { manifestReader } from "../engines/kubernetes/manifests.ts";
import { evaluateManifests } from "../evaluate/kubernetes/workloads.ts";
import { scanObject } from "./object.ts";

const context = { policy: defaultPolicy, now: new Date("2026-01-02T03:04:05Z"), scope: "prod" };

const pod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web", namespace: "shop" },
  spec: { containers: [{ name: "web", image: "web:1", securityContext: { privileged: true } }] },
};
const deployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "api", namespace: "shop" },
  spec: { template: { spec: { hostNetwork: true, containers: [{ name: "api", image: "api" }] } } },
};
const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } };
const limits = {
  apiVersion: "v1",
  kind: "LimitRange",
  metadata: { name: "limits", namespace: "shop" },
  spec: {
    limits: [{ type: "Container", default: { cpu: "1", memory: "1Gi" }, defaultRequest: { cpu: "1", memory: "1Gi" } }],
  },
};

function clusterOf(...objects: readonly unknown[]) {
  const reader = manifestReader();
  for (const object of objects) reader.object(object, { kind: "cluster", cluster: context.scope });
  return reader.manifests();
}

const of = (evaluations: readonly Evaluation[], check: string) => evaluations.find((each) => each.check === check);

test("an object by itself is judged as it is within its cluster, where what is around it is handed in", () => {
  const around = clusterOf(pod, deployment, namespace, limits);
  const whole = evaluateManifests(around, context);
  for (const object of [pod, deployment, namespace]) {
    const found = scanObject(object, { ...context, around });
    const [{ asset } = { asset: undefined }] = found;
    assert.deepEqual(
      found,
      whole.filter((each) => each.asset.id === asset?.id),
    );
    assert.ok(found.length > 2);
  }
});

test("what needs the rest of the cluster is unknown where nobody looked, and the rest is judged", () => {
  const found = scanObject(pod, context);
  assert.equal(of(found, "workload/privileged")?.verdict, "fail");
  const limits = of(found, "workload/missing-resource-limits");
  assert.deepEqual([limits?.verdict, limits?.gaps[0]?.code], ["unknown", "kubernetes.around"]);
  const judged = scanObject(namespace, context);
  assert.equal(of(judged, "cluster/namespace-without-quota")?.verdict, "unknown");
  assert.equal(of(judged, "cluster/namespace-pod-security-below")?.verdict, "unknown");
});

test("what of an object is not read is no pass", () => {
  const wrong = { ...pod, spec: { ...pod.spec, hostNetwork: "yes" } };
  assert.equal(of(scanObject(wrong, context), "workload/host-namespaces")?.verdict, "unknown");
  assert.ok(scanObject(wrong, context).some(({ check }) => check === "workload/manifest-not-parsed"));
  for (const none of [null, [], "Pod", 1, {}, { apiVersion: "v1" }]) {
    const found = scanObject(none, context);
    assert.ok(found.length > 0 && found.every(({ verdict }) => verdict !== "pass"), JSON.stringify(none));
  }
});

test("another kind has no checks of its own", () => {
  assert.deepEqual(scanObject(limits, context), []);
});

test("a List is each of its items", () => {
  const list = { apiVersion: "v1", kind: "List", items: [pod, deployment] };
  assert.deepEqual(scanObject(list, context), [...scanObject(pod, context), ...scanObject(deployment, context)]);
});

test("a port of the host counts whether the API server wrote it or the author, and the object is left as it is", () => {
  const hosted = {
    ...pod,
    spec: {
      hostNetwork: true,
      containers: [{ name: "web", image: "web", ports: [{ containerPort: 80, hostPort: 80 }] }],
    },
  };
  const before = structuredClone(hosted);
  const written = of(scanObject(hosted, context), "workload/host-ports")?.findings.map(({ title }) => title);
  assert.deepEqual(written, ["Container web uses host port 80"]);
  const [container] = hosted.spec.containers;
  const bare = { ...hosted, spec: { ...hosted.spec, containers: [{ ...container, ports: [{ containerPort: 80 }] }] } };
  const added = of(scanObject(bare, context), "workload/host-ports")?.findings.map(({ title }) => title);
  assert.deepEqual(added, written);
  assert.deepEqual(hosted, before);
});

test("secrets among its values are found where there is a scanner, and its pass is of the object alone", () => {
  const { scanner } = openSecretScanner();
  const secret = ["ghp", "_", "x7Kq2Vn9Lm4Rt8Wz3Bc6", "Yd1Fg5Hj0Ns4Pv2Q"].join("");
  const leaking = {
    ...pod,
    spec: { containers: [{ name: "web", image: "web", env: [{ name: "TOKEN", value: secret }] }] },
  };
  const found = of(scanObject(leaking, { ...context, scanner }), "workload/secret-in-manifest");
  const part = { kind: "object", object: "Pod shop/web" };
  assert.deepEqual([found?.findings.length, found?.scope], [1, part]);
  assert.deepEqual(of(scanObject(pod, { ...context, scanner }), "workload/secret-in-manifest")?.scope, part);
  assert.equal(of(scanObject(pod, context), "workload/secret-in-manifest"), undefined);
});

test("whatever the object is, it is judged without throwing", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom("Pod", "Deployment", "Namespace", "List"), (value, kind) => {
      const spec = { template: { spec: value }, containers: value };
      const found = scanObject({ apiVersion: "v1", kind, metadata: value, spec, items: value }, context);
      assert.ok(Array.isArray(found));
    }),
    runs(300),
  );
});
