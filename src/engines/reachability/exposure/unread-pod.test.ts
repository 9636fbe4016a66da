import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { formatPorts, hasPort, intervalsOf } from "../model.ts";
import { deployment, networkOf } from "./exposure.fixture.ts";
import { createUnreadPod } from "./unread-pod.ts";

const web = deployment("web", "{ app: web }", "[{ name: http, containerPort: 8080 }]");

function policy(ingress: string, name = "p"): string {
  return `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: ${name}, namespace: shop }
spec: { podSelector: { matchLabels: { app: web } }, ingress: ${ingress} }
---
`;
}

function said(text: string): string {
  const { allowed, unknown } = createUnreadPod(networkOf(text)).connection(0);
  return `${formatPorts(allowed)}; ${formatPorts(unknown)}`;
}

describe("what reaches a pod from one that was not read", () => {
  test("everything where no policy selects it, nothing where nothing is allowed", () => {
    assert.equal(said(web), "all ports; none");
    assert.equal(said(`${policy("[]")}${web}`), "none; none");
  });

  test("what is allowed to every pod, by its port's number or name", () => {
    assert.equal(
      said(`${policy("[{ from: [{ namespaceSelector: {} }], ports: [{ port: http }] }]")}${web}`),
      "TCP 8080; none",
    );
    assert.equal(said(`${policy("[{ ports: [{ port: 9090 }] }]")}${web}`), "TCP 9090; none");
  });

  test("what depends on labels, a namespace or an address is unknown, even where all pods that were read have them", () => {
    for (const peer of [
      "podSelector: {}",
      "podSelector: { matchLabels: { app: web } }",
      "namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: shop } }",
      "namespaceSelector: { matchExpressions: [{ key: x, operator: DoesNotExist }] }",
      "ipBlock: { cidr: 10.0.0.0/8 }",
    ]) {
      assert.equal(said(`${policy(`[{ from: [{ ${peer} }] }]`)}${web}`), "none; all ports", peer);
    }
  });

  test("addresses outside the cluster, where the CNI never holds them against pods", () => {
    const network = networkOf(`${policy("[{ from: [{ ipBlock: { cidr: 0.0.0.0/0 } }] }]")}${web}`, { cni: "cilium" });
    assert.equal(formatPorts(createUnreadPod(network).connection(0).unknown), "none");
  });

  test("a tier that denies some pods before leaves the rest to what follows", () => {
    const admin = (action: string, namespaces: string) => `apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: { name: admin }
spec:
  priority: 5
  subject: { namespaces: {} }
  ingress: [{ action: ${action}, from: [{ namespaces: ${namespaces} }] }]
---
`;
    const some = "{ matchLabels: { tenant: a } }";
    assert.equal(said(`${admin("Deny", some)}${web}`), "none; all ports");
    assert.equal(said(`${admin("Allow", some)}${policy("[]")}${web}`), "none; all ports");
    assert.equal(said(`${admin("Allow", "{}")}${policy("[]")}${web}`), "all ports; none");
    assert.equal(said(`${admin("Pass", some)}${policy("[]")}${web}`), "none; none");
    // A controller on its node's network is picked by no selector.
    assert.equal(said(`${admin("Deny", "{}")}${web}`), "none; all ports");
  });

  test("what a mesh lets in by the identity of a pod that was not read is unknown, and what it closes besides too", () => {
    const mesh = `apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { istio-injection: enabled } }
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: web, namespace: shop }
spec: { action: ALLOW, rules: [{ from: [{ source: { principals: [cluster.local/ns/edge/sa/gateway] } }] }] }
---
`;
    const { allowed, unknown } = createUnreadPod(networkOf(`${mesh}${web}`)).connection(0);
    assert.deepEqual([hasPort(allowed, "TCP", 8080), hasPort(unknown, "TCP", 8080)], [false, true]);
  });

  test("whatever controller comes is allowed what is allowed, and no port that is denied", () => {
    const label = fc.constantFrom("app", "tier");
    const value = fc.constantFrom("web", "edge");
    const selector = fc.oneof(
      fc.constant("{}"),
      fc.tuple(label, value).map(([key, one]) => `{ matchLabels: { ${key}: ${one} } }`),
      fc
        .tuple(label, value)
        .map(([key, one]) => `{ matchExpressions: [{ key: ${key}, operator: NotIn, values: [${one}] }] }`),
      label.map((key) => `{ matchExpressions: [{ key: ${key}, operator: DoesNotExist }] }`),
    );
    const peer = fc.oneof(
      selector.map((one) => `podSelector: ${one}`),
      selector.map((one) => `namespaceSelector: ${one}`),
      fc.tuple(selector, selector).map(([a, b]) => `namespaceSelector: ${a}, podSelector: ${b}`),
      fc.constantFrom("10.0.0.0/8", "0.0.0.0/0").map((cidr) => `ipBlock: { cidr: ${cidr} }`),
    );
    const rule = fc
      .record({ from: fc.array(peer, { maxLength: 2 }), port: fc.constantFrom("", "80", "http", "443") })
      .map(({ from, port }) => {
        const ports = port === "" ? "" : `, ports: [{ port: ${port} }]`;
        return `{ from: [${from.map((one) => `{ ${one} }`).join(", ")}]${ports} }`;
      });
    const labels = fc.dictionary(label, value).map((one) => JSON.stringify(one));
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 3 }), labels, labels, fc.boolean(), (rules, pod, namespace, isolated) => {
        const policies = isolated ? policy(`[${rules.join(", ")}]`) : "";
        const { allowed, unknown } = createUnreadPod(networkOf(`${policies}${web}`)).connection(0);
        const controller = `apiVersion: v1
kind: Namespace
metadata: { name: edge, labels: ${namespace} }
---
apiVersion: v1
kind: Pod
metadata: { name: controller, namespace: edge, labels: ${pod} }
spec: { containers: [{ name: main, image: example/edge }] }
---
`;
        const network = networkOf(`${policies}${web}${controller}`, {
          podCidrs: [{ family: 4, first: 0x0a000000n, last: 0x0affffffn }],
        });
        const from = network.endpoints.findIndex(({ name }) => name === "edge/Pod/controller");
        const to = network.endpoints.findIndex(({ name }) => name === "shop/Deployment/web");
        const sets = network.portSets;
        const found = network.connection(from, to);
        assert.equal(found.unknown, sets.none);
        const own = (set: typeof allowed) => sets.of(intervalsOf(set));
        assert.equal(sets.subtract(own(allowed), found.allowed), sets.none);
        assert.equal(sets.subtract(found.allowed, sets.union(own(allowed), own(unknown))), sets.none);
      }),
      runs(150),
    );
  });
});
