import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deployment, istioConfig, namespace, networkOf, ztunnel } from "./network.fixture.ts";
import { meshPortsCut } from "./port-cut.ts";

type Spec = Readonly<Record<string, unknown>>;

function policy(name: string, spec: Spec): Spec {
  const [space, own] = name.split("/") as [string, string];
  return { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name: own, namespace: space }, spec };
}

const ambient = [
  istioConfig(),
  ztunnel(),
  namespace("sea", { "istio.io/dataplane-mode": "ambient" }),
  namespace("bay", { "istio.io/dataplane-mode": "ambient" }),
  deployment("sea/api"),
  deployment("bay/web"),
];
const linkerd = [
  namespace("sea"),
  namespace("bay"),
  deployment("sea/api", { proxy: "linkerd-proxy" }),
  deployment("bay/web", { proxy: "linkerd-proxy" }),
];

function cuts(objects: readonly Spec[]): readonly string[] {
  return meshPortsCut(networkOf(objects, { cni: "calico" })).map(
    ({ mesh, port, direction, namespace: name, deniedBy }) =>
      `${mesh} ${port} ${direction} ${name} by ${deniedBy?.object.name}`,
  );
}

const anybody = (ports: readonly number[]) => ({
  podSelector: {},
  ingress: [{ from: [{ namespaceSelector: {} }], ports: ports.map((port) => ({ port })) }],
});

describe("NetworkPolicies that cut a mesh's port", () => {
  test("none where nothing isolates", () => {
    assert.deepEqual(cuts(ambient), []);
  });

  test("a policy for the application's port alone", () => {
    assert.deepEqual(cuts([...ambient, policy("sea/app", anybody([8080]))]), [
      "istio-ambient 15008 ingress sea by app",
    ]);
    assert.deepEqual(cuts([...linkerd, policy("sea/app", anybody([8080]))]), ["linkerd 4143 ingress sea by app"]);
  });

  test("one that allows the mesh's port too, or all", () => {
    assert.deepEqual(cuts([...ambient, policy("sea/app", anybody([8080, 15_008]))]), []);
    assert.deepEqual(cuts([...linkerd, policy("sea/app", anybody([8080, 4143]))]), []);
    assert.deepEqual(cuts([...ambient, policy("sea/app", anybody([]))]), []);
  });

  test("one that denies everything cuts nothing that it meant to let through", () => {
    assert.deepEqual(cuts([...ambient, policy("sea/none", { podSelector: {} })]), []);
  });

  test("egress as well", () => {
    const egress = policy("bay/out", {
      podSelector: {},
      policyTypes: ["Egress"],
      egress: [{ to: [{ namespaceSelector: {} }], ports: [{ port: 8080 }] }],
    });
    assert.deepEqual(cuts([...ambient, egress]), ["istio-ambient 15008 egress bay by out"]);
  });

  test("sidecars of Istio's take connections at the application's port", () => {
    const sidecars = [
      istioConfig(),
      namespace("sea"),
      deployment("sea/api", { proxy: "istio-proxy" }),
      deployment("sea/web", { proxy: "istio-proxy" }),
    ];
    assert.deepEqual(cuts([...sidecars, policy("sea/app", anybody([8080]))]), []);
  });
});
