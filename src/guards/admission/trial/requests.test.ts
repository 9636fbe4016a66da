import assert from "node:assert/strict";
import { test } from "node:test";
import { readManifests } from "../../../engines/kubernetes/manifests.ts";
import { parseFieldPath, placeOfField } from "./place.ts";
import { requestsOf, resourceOf } from "./requests.ts";

const simulated = { namespace: "shop", user: { username: "jane", groups: ["developers"], extra: {} } };

const text = `apiVersion: apps/v1
kind: Deployment
metadata: { name: api }
spec:
  template:
    spec:
      containers:
        - name: api
          image: api:1
---
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: admission.k8s.io/v1
kind: AdmissionReview
request:
  uid: u-1
  operation: UPDATE
  kind: { group: "", version: v1, kind: Pod }
  resource: { group: "", version: v1, resource: pods }
  subResource: ephemeralcontainers
  namespace: other
  name: web
  userInfo: { username: ci }
  object:
    apiVersion: v1
    kind: Pod
    spec:
      hostPID: true
---
apiVersion: admission.k8s.io/v1beta1
kind: AdmissionReview
request: { uid: u-2 }
`;

const read = readManifests([{ path: "deploy.yaml", text }]);

test("manifests are creations by who is named, reviews what they are of, and what is no review of v1 is told", () => {
  const { requests, problems } = requestsOf(read, simulated);
  const [deployment, namespace, review] = requests.map(({ request }) => request);
  assert.deepEqual(
    [deployment?.operation, deployment?.namespace, deployment?.name, deployment?.resource.resource, deployment?.dryRun],
    ["CREATE", "shop", "api", "deployments", true],
  );
  assert.deepEqual(deployment?.object?.metadata, { name: "api", namespace: "shop" });
  assert.deepEqual(deployment?.user, simulated.user);
  assert.deepEqual([namespace?.namespace, namespace?.name], [undefined, "shop"]);
  assert.deepEqual(
    [review?.uid, review?.operation, review?.subResource, review?.namespace, review?.user.username],
    ["u-1", "UPDATE", "ephemeralcontainers", "other", "ci"],
  );
  assert.equal(new Set(requests.map(({ request }) => request.uid)).size, 3);
  assert.equal(problems.length, 1);
  assert.deepEqual([problems[0]?.code, problems[0]?.place], ["admission.version", "deploy.yaml"]);
});

test("a field of a request stands where its object does, within a review too", () => {
  const { requests } = requestsOf(read, simulated);
  const place = (index: number, field?: string) => {
    const source = requests[index]?.source;
    assert.ok(source !== undefined);
    return placeOfField(source, field);
  };
  assert.deepEqual(place(0), { path: "deploy.yaml", line: 1, column: 1 });
  assert.equal(place(0, "spec.template.spec.containers[0].image")?.line, 9);
  // What is not stated is at the deepest part that is.
  assert.equal(place(0, "spec.template.spec.containers[0].securityContext.privileged")?.line, 8);
  assert.equal(place(2, "spec.hostPID")?.line, 30);
});

test("services of Compose files are counted, and asked about by nobody", () => {
  const compose = readManifests([{ path: "compose.yaml", text: "services: { web: { image: web } }" }]);
  assert.deepEqual(requestsOf(compose, simulated), { requests: [], problems: [], compose: 1 });
});

test("the text of a path is read as the path", () => {
  for (const [written, path] of [
    ["spec.containers[0].image", ["spec", "containers", 0, "image"]],
    ["metadata.labels[example.com/tier]", ["metadata", "labels", "example.com/tier"]],
    ["", []],
    ["spec..x", ["spec"]],
  ] as const) {
    assert.deepEqual(parseFieldPath(written), path, written);
  }
});

test("kinds have the resources that the API has for them, and others what clients guess", () => {
  for (const [group, kind, resource] of [
    ["networking.k8s.io", "NetworkPolicy", "networkpolicies"],
    ["networking.k8s.io", "Ingress", "ingresses"],
    ["batch", "CronJob", "cronjobs"],
    ["gateway.networking.k8s.io", "Gateway", "gateways"],
    ["example.com", "Bus", "buses"],
    ["example.com", "Proxy", "proxies"],
  ] as const) {
    assert.equal(resourceOf(group, "v1", kind).resource, resource);
  }
});
