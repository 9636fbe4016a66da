/** Of a cluster an object is held where its list does not say all that this engine asks for: it answers as of a file. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { manifestReader, readManifests } from "../kubernetes/manifests.ts";
import type { Manifests } from "../kubernetes/model.ts";
import { ask, deployment, find, istioConfig, namespace, object, PEER, service } from "./mesh/network.fixture.ts";
import { findNeeds } from "./needs/find.ts";
import { endName } from "./needs/model.ts";
import { readNetwork } from "./network.ts";
import { formatPorts } from "./port-set.ts";
import { noSettings } from "./settings.ts";

type Plain = Readonly<Record<string, unknown>>;

const http = { name: "http", port: 80, targetPort: 8080, appProtocol: "http" };

function webhooks(kind: string, name: string, own: Plain, others: Plain = {}): Plain {
  const webhook = { name: `${name}.example.com`, clientConfig: { service: own }, ...others };
  return { apiVersion: "admissionregistration.k8s.io/v1", kind, metadata: { name }, webhooks: [webhook] };
}

const objects: readonly Plain[] = [
  namespace("shop", { "istio-injection": "enabled" }),
  namespace("istio-system"),
  deployment("shop/web", {
    ports: [{ containerPort: 8080 }],
    spec: { dnsPolicy: "None", dnsConfig: { nameservers: ["10.1.1.1"] } },
  }),
  deployment("shop/hook", { ports: [{ containerPort: 8443 }] }),
  service("shop/web", [http]),
  service("shop/hook", [{ port: 443, targetPort: 8443 }]),
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "public", namespace: "shop" },
    spec: {
      type: "LoadBalancer",
      externalTrafficPolicy: "Local",
      loadBalancerSourceRanges: ["192.0.2.0/24"],
      selector: { app: "web" },
      ports: [http],
    },
  },
  {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "db", namespace: "shop" },
    spec: {
      replicas: 3,
      serviceName: "db",
      selector: { matchLabels: { app: "db" } },
      template: {
        metadata: { labels: { app: "db" } },
        spec: { containers: [{ name: "db", image: "example.com/db:1", ports: [{ containerPort: 5432 }] }] },
      },
    },
  },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "db", namespace: "shop" },
    spec: { clusterIP: "None", selector: { app: "db" }, ports: [{ port: 5432 }] },
  },
  istioConfig({}),
  object(`${PEER} shop/all`, { mtls: { mode: "STRICT" } }),
  webhooks(
    "MutatingWebhookConfiguration",
    "sidecar-injector",
    { name: "istiod", namespace: "istio-system", path: "/inject" },
    { namespaceSelector: { matchLabels: { "istio-injection": "enabled" } } },
  ),
  webhooks("ValidatingWebhookConfiguration", "hook", { name: "hook", namespace: "shop" }),
];

function ofFile(): Manifests {
  return readManifests([{ path: "a.yaml", text: objects.map((one) => JSON.stringify(one)).join("\n---\n") }]);
}

function ofCluster(): Manifests {
  const reader = manifestReader();
  for (const object of objects) reader.object(object, { kind: "cluster", cluster: "test" });
  return reader.manifests();
}

function told(manifests: Manifests) {
  const network = readNetwork(manifests, noSettings);
  const { needs, unknown } = findNeeds(network, { ingressFrom: [] });
  return {
    connections: network.endpoints.map((_, from) =>
      network.endpoints.map((__, to) => {
        const { allowed, unknown: maybe } = network.connection(from, to);
        return [formatPorts(allowed), formatPorts(maybe)];
      }),
    ),
    rules: network.rules.map(({ object, stage, doubt }) => [object.kind, stage, doubt?.reason]),
    gaps: network.gaps.map(({ reason }) => reason),
    needs: needs.map(({ from, to, protocol, port }) => `${endName(from)} -> ${endName(to)}:${port}/${protocol}`),
    unknown: unknown.map(({ reason }) => reason),
    selectors: manifests.workloads.map(({ selector }) => selector),
  };
}

test("a cluster's objects say what the same objects in files say", () => {
  const ofFiles = told(ofFile());
  assert.deepEqual(told(ofCluster()), ofFiles);
  // And each of them says something.
  assert.deepEqual(ofFiles.selectors, [{ app: "web" }, { app: "hook" }, { app: "db" }]);
  for (const need of [
    "shop/Deployment/web -> 10.1.1.1:53/UDP",
    "shop/StatefulSet/db -> shop/StatefulSet/db:5432/TCP",
    "the API server -> shop/Deployment/hook:8443/TCP",
    "192.0.2.0/24 -> shop/Deployment/web:8080/TCP",
  ]) {
    assert.ok(ofFiles.needs.includes(need), `${need} in\n${ofFiles.needs.join("\n")}`);
  }
  assert.ok(!ofFiles.needs.includes("nodes -> shop/Deployment/web:8080/TCP"));
  assert.ok(!ofFiles.gaps.some((reason) => reason.includes("injector")));
});

test("NetworkPolicies that a cluster would not list leave pods unknown, and no pod of the node's network", () => {
  const reason = "networkpolicies.networking.k8s.io: refused (403)";
  const reader = manifestReader();
  for (const name of ["a", "b"]) {
    reader.object(deployment(`shop/${name}`), { kind: "cluster", cluster: "test" });
  }
  reader.object(deployment("shop/host", { spec: { hostNetwork: true } }), { kind: "cluster", cluster: "test" });
  const read = reader.manifests();
  const gap = { code: "kubernetes.cluster-list", reason, path: "test", lists: ["networkPolicies"] };
  assert.equal(ask(readNetwork(read, noSettings), "shop/a", "shop/b"), "allowed");
  const network = readNetwork({ ...read, gaps: [gap] }, noSettings);
  assert.equal(ask(network, "shop/a", "shop/b"), "unknown");
  assert.equal(ask(network, "shop/host", "internet", 443), "allowed");
  const { stages } = network.explain(find(network, "shop/a"), find(network, "shop/b"));
  const doubts = stages.flatMap(({ steps }) => steps.map(({ rule }) => rule.doubt?.reason));
  assert.deepEqual(new Set(doubts), new Set([reason]));
  // Services that were not listed leave no connection of a pod unknown.
  const other = readNetwork({ ...read, gaps: [{ ...gap, lists: ["services"] }] }, noSettings);
  assert.equal(ask(other, "shop/a", "shop/b"), "allowed");
});
