/** Bad input is the normal case: it is bounded, and told. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { bounds } from "../bounds.ts";
import { deployment, networkOf, service, serviceOf, told } from "./exposure.fixture.ts";
import { exposuresOf } from "./exposures.ts";
import { serviceTargets } from "./service-targets.ts";

const web = deployment("web", "{ app: web }", "[{ name: http, containerPort: 8080 }]");

describe("hostile manifests", () => {
  test("more addresses of one Service than are followed", () => {
    const count = bounds.endpointAddresses + 1;
    const addresses = Array.from(
      { length: count },
      (_, index) => `{ip: 203.${(index >> 16) % 256}.${(index >> 8) % 256}.${index % 256}}`,
    );
    const text = `${service("db", "{ ports: [{ port: 1 }] }")}{apiVersion: v1, kind: Endpoints, metadata: {name: db, namespace: shop}, subsets: [{addresses: [${addresses}], ports: [{port: 1}]}]}`;
    const network = networkOf(text);
    const { outside, doubts } = serviceTargets(network, serviceOf(network, "db"));
    assert.equal(outside.length, bounds.endpointAddresses);
    assert.deepEqual(
      doubts.map(({ code }) => code),
      ["network.bound"],
    );
  });

  test("a Service of so many ports that its pods' are more than are held", () => {
    const pods = Array.from({ length: 1_100 }, (_, index) => deployment(`w${index}`, "{ app: web }", "[]"));
    const ports = Array.from({ length: 1_000 }, (_, index) => `{port: ${index + 1}}`);
    const network = networkOf(
      `${pods.join("")}${service("web", `{ type: NodePort, selector: { app: web }, ports: [${ports}] }`)}`,
    );
    assert.deepEqual(told(network), ["node-port Service/web nodes by node: ? network.bound"]);
  });

  test("a route with more parents than the API server takes", () => {
    const parents = Array.from({ length: 5_000 }, (_, index) => `{name: g${index}}`);
    const backends = Array.from({ length: 500 }, (_, index) => `{name: s${index}, port: 80}`);
    const text = `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: r, namespace: shop }
spec: { parentRefs: [${parents}], rules: [{ backendRefs: [${backends}] }] }
`;
    const found = exposuresOf(networkOf(text));
    assert.equal(found.length, bounds.routeParents * 500 + 1);
    assert.equal(found.at(-1)?.doubts[0]?.code, "network.bound");
  });

  test("names of JavaScript's own, as labels and Services", () => {
    const odd = deployment("odd", "{ constructor: x, toString: y }", "[]");
    const text = `${odd}${service("constructor", "{ type: NodePort, selector: { constructor: x, toString: y }, ports: [{ port: 80 }] }")}${service("none", "{ type: NodePort, selector: { hasOwnProperty: x }, ports: [{ port: 80 }] }")}`;
    assert.deepEqual(told(networkOf(text)), [
      "node-port Service/constructor nodes by node: odd TCP 80 allowed",
      "node-port Service/none nodes by node: exposure.no-pods",
    ]);
  });

  test("fields of any type and value: nothing is thrown, and every port is one of a pod", () => {
    const value = fc.oneof(
      fc.constantFrom(null, true, "", "http", "*", "80", "web", "None", "../x", "203.0.113.0/24", "kubernetes"),
      fc.integer({ min: -5, max: 70_000 }),
    );
    const key = fc.constantFrom(
      ...[
        "type",
        "selector",
        "ports",
        "port",
        "targetPort",
        "nodePort",
        "protocol",
        "name",
        "externalIPs",
        "clusterIP",
      ],
      ...["rules", "http", "paths", "backend", "service", "number", "parentRefs", "backendRefs", "listeners", "hosts"],
      ...[
        "gateways",
        "route",
        "destination",
        "host",
        "servers",
        "to",
        "alternateBackends",
        "routes",
        "services",
        "kind",
      ],
    );
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 6 },
        value,
        fc.array(tie("tree"), { maxLength: 4 }),
        fc.dictionary(key, tie("tree"), { maxKeys: 4 }),
      ),
    }));
    const kind = fc.constantFrom(
      ["v1", "Service"],
      ["networking.k8s.io/v1", "Ingress"],
      ["gateway.networking.k8s.io/v1", "HTTPRoute"],
      ["gateway.networking.k8s.io/v1", "Gateway"],
      ["gateway.networking.k8s.io/v1beta1", "ReferenceGrant"],
      ["route.openshift.io/v1", "Route"],
      ["networking.istio.io/v1", "Gateway"],
      ["networking.istio.io/v1", "VirtualService"],
      ["traefik.io/v1alpha1", "IngressRoute"],
      ["discovery.k8s.io/v1", "EndpointSlice"],
    );
    const object = fc.tuple(kind, fc.constantFrom("web", "http"), tree).map(([[apiVersion, name], called, spec]) =>
      JSON.stringify({
        apiVersion,
        kind: name,
        metadata: { name: called, namespace: "shop" },
        spec,
        subsets: spec,
        endpoints: spec,
      }),
    );
    fc.assert(
      fc.property(fc.array(object, { maxLength: 6 }), (objects) => {
        const network = networkOf(`${web}${objects.join("\n---\n")}`);
        for (const { targets } of exposuresOf(network)) {
          for (const { endpoint, allowed, unknown, ports } of targets) {
            assert.equal(network.endpoints[endpoint]?.kind, "pods");
            const { subtract, union, none } = network.portSets;
            assert.equal(subtract(union(allowed, unknown), ports), none);
          }
        }
      }),
      runs(300),
    );
  });
});
