import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readManifests } from "../manifests.ts";

function read(text: string) {
  const found = readManifests([{ path: "a.yaml", text }]);
  assert.deepEqual(found.gaps, []);
  return found;
}

describe("what leads traffic to pods", () => {
  test("a Service's way in from outside", () => {
    const [service] = read(`apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: LoadBalancer
  loadBalancerClass: service.k8s.aws/nlb
  loadBalancerSourceRanges: [203.0.113.0/24]
  externalTrafficPolicy: Local
  allocateLoadBalancerNodePorts: false
  ports: [{ port: 443, targetPort: https }]
`).services;
    assert.equal(service?.loadBalancerClass, "service.k8s.aws/nlb");
    assert.equal(service?.externalTrafficPolicy, "Local");
    assert.equal(service?.allocateLoadBalancerNodePorts, false);
    assert.deepEqual(service?.ports, [{ port: 443, targetPort: "https" }]);
  });

  test("backends of every version of Ingress, each with its place, and those that are no Service", () => {
    const [ingress] = read(`apiVersion: networking.k8s.io/v1beta1
kind: Ingress
metadata: { name: web }
spec:
  backend: { serviceName: fallback, servicePort: http }
  rules:
  - http:
      paths:
      - backend: { service: { name: web, port: { name: http } } }
      - backend: { resource: { apiGroup: k8s.example.com, kind: StorageBucket, name: static } }
`).ingresses;
    const path = ["spec", "rules", 0, "http", "paths"];
    assert.deepEqual(ingress?.backends, [
      { field: ["spec", "backend"], service: "fallback", port: "http" },
      { field: [...path, 0, "backend"], service: "web", port: "http" },
    ]);
    assert.deepEqual(ingress?.otherBackends, [[...path, 1, "backend"]]);
  });

  test("a Gateway's listeners and whom they let attach", () => {
    const [gateway] = read(`apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge }
spec:
  gatewayClassName: envoy
  listeners:
  - { name: http, port: 80, protocol: HTTP }
  - name: tls
    port: 443
    protocol: TLS
    hostname: "*.example.com"
    tls: { mode: Passthrough }
    allowedRoutes:
      namespaces: { from: Selector, selector: { matchLabels: { edge: "true" } } }
      kinds: [{ kind: TLSRoute }]
`).gateways;
    assert.equal(gateway?.gatewayClassName, "envoy");
    assert.deepEqual(gateway?.listeners, [
      { name: "http", port: 80, protocol: "HTTP", allowedRoutes: { hasSelector: false } },
      {
        name: "tls",
        hostname: "*.example.com",
        port: 443,
        protocol: "TLS",
        tlsMode: "Passthrough",
        allowedRoutes: { from: "Selector", hasSelector: true, kinds: ["TLSRoute"] },
      },
    ]);
  });

  test("a route's parents, and its backends with those that requests are mirrored to", () => {
    const [route] = read(`apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web }
spec:
  parentRefs: [{ name: edge, namespace: infra, sectionName: http, port: 80 }, { group: "", kind: Service, name: web }]
  rules:
  - filters: [{ type: RequestMirror, requestMirror: { backendRef: { name: shadow, port: 8080 } } }]
    backendRefs: [{ name: web, namespace: shop, port: 80 }, { group: multicluster.x-k8s.io, kind: ServiceImport, name: far }]
`).gateways;
    assert.deepEqual(route?.parents, [
      { name: "edge", namespace: "infra", sectionName: "http", port: 80 },
      { group: "", kind: "Service", name: "web" },
    ]);
    assert.deepEqual(
      route?.backends.map(({ service, port }) => `${service}:${port}`),
      ["web:80", "shadow:8080"],
    );
    assert.deepEqual(route?.backends[1]?.field, ["spec", "rules", 0, "filters", 0, "requestMirror", "backendRef"]);
    assert.deepEqual(route?.otherBackends, [["spec", "rules", 0, "backendRefs", 1]]);
  });
});
