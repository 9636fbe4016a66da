import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  ask,
  askUdp,
  deployment,
  gapCodes,
  istioConfig,
  namespace,
  networkOf,
  notes,
  object,
  service,
  ztunnel,
} from "../mesh/network.fixture.ts";

type Spec = Readonly<Record<string, unknown>>;

const SIDECAR = "networking.istio.io/v1 Sidecar";
const ENTRY = "networking.istio.io/v1 ServiceEntry";
const registryOnly = { outboundTrafficPolicy: { mode: "REGISTRY_ONLY" } };

const workloads = [
  namespace("istio-system"),
  namespace("shop"),
  namespace("other"),
  deployment("shop/web", { proxy: "istio-proxy" }),
  deployment("shop/api", { proxy: "istio-proxy", ports: [{ name: "http", containerPort: 8080 }] }),
  deployment("other/db"),
  deployment("other/plain"),
  service("shop/api", [{ port: 80, targetPort: "http" }]),
  service("other/db", [{ port: 5432 }]),
];
const closed = [istioConfig(registryOnly), ...workloads];

function entry(spec: Spec, metadata: Spec = {}) {
  return networkOf([...closed, object(`${ENTRY} shop/out`, spec, metadata)]);
}

describe("outbound of sidecars", () => {
  test("ALLOW_ANY, which is the default, closes nothing", () => {
    assert.equal(ask(networkOf([istioConfig(), ...workloads]), "shop/web", "internet", 443), "allowed");
  });

  test("REGISTRY_ONLY lets out what is in the registry, at the pods' ports", () => {
    const network = networkOf(closed);
    assert.equal(ask(network, "shop/web", "shop/api", 8080), "allowed");
    assert.equal(ask(network, "shop/web", "other/db", 5432), "allowed");
    assert.equal(ask(network, "shop/web", "shop/api", 80), "denied");
    assert.equal(ask(network, "shop/web", "other/plain", 5432), "denied");
    assert.equal(ask(network, "shop/web", "internet", 443), "denied");
    assert.equal(ask(network, "other/plain", "internet", 443), "allowed", "it has no sidecar");
    assert.equal(askUdp(network, "shop/web", "internet", 53), "allowed");
    assert.ok(notes(network).includes("mesh.registry-only"));
  });

  test("an unread configuration is taken for the default, and told", () => {
    const network = networkOf(workloads);
    assert.equal(ask(network, "shop/web", "internet", 443), "allowed");
    assert.ok(gapCodes(network).includes("mesh.outbound-mode"));
  });

  test("a Sidecar's own mode goes before the mesh's, its workload's before its namespace's", () => {
    const open = object(`${SIDECAR} shop/default`, { outboundTrafficPolicy: { mode: "ALLOW_ANY" } });
    const api = object(`${SIDECAR} shop/api`, { workloadSelector: { labels: { app: "api" } }, ...registryOnly });
    const network = networkOf([...closed, open, api]);
    assert.equal(ask(network, "shop/web", "internet", 443), "allowed");
    assert.equal(ask(network, "shop/api", "internet", 443), "denied");
    const root = networkOf([istioConfig(), ...workloads, object(`${SIDECAR} istio-system/default`, registryOnly)]);
    assert.equal(ask(root, "shop/web", "internet", 443), "denied");
  });

  test("a policy without a mode is REGISTRY_ONLY, its zero value", () => {
    const network = networkOf([
      istioConfig(),
      ...workloads,
      object(`${SIDECAR} shop/default`, { outboundTrafficPolicy: {} }),
    ]);
    assert.equal(ask(network, "shop/web", "internet", 443), "denied");
  });

  test("egress hosts narrow what is known", () => {
    const hosts = (...list: string[]) =>
      networkOf([...closed, object(`${SIDECAR} shop/default`, { egress: [{ hosts: list }] })]);
    const both = (network: ReturnType<typeof networkOf>) => [
      ask(network, "shop/web", "shop/api", 8080),
      ask(network, "shop/web", "other/db", 5432),
    ];
    assert.deepEqual(both(hosts("./*")), ["allowed", "denied"]);
    assert.deepEqual(both(hosts("*/*")), ["allowed", "allowed"]);
    assert.deepEqual(both(hosts("other/db.other.svc.cluster.local")), ["denied", "allowed"]);
    assert.deepEqual(both(hosts("*/*.other.svc.cluster.local")), ["denied", "allowed"]);
    assert.deepEqual(both(hosts("~/*")), ["denied", "denied"]);
    assert.deepEqual(both(hosts("*/*", "~other/*")), ["allowed", "denied"]);
  });

  test("a listener's port is the Service's", () => {
    const network = networkOf([
      ...closed,
      object(`${SIDECAR} shop/default`, {
        egress: [{ port: { number: 80, protocol: "HTTP", name: "http" }, hosts: ["*/*"] }],
      }),
    ]);
    assert.deepEqual(
      [ask(network, "shop/web", "shop/api", 8080), ask(network, "shop/web", "other/db", 5432)],
      ["allowed", "denied"],
    );
  });

  test("what a VirtualService leads to may be imported with it", () => {
    const route = object("networking.istio.io/v1 VirtualService shop/route", {
      hosts: ["x"],
      http: [{ route: [{ destination: { host: "db.other.svc.cluster.local" } }] }],
    });
    const network = networkOf([...closed, route, object(`${SIDECAR} shop/default`, { egress: [{ hosts: ["./*"] }] })]);
    assert.equal(ask(network, "shop/web", "other/db", 5432), "unknown");
    assert.equal(ask(network, "shop/web", "other/plain", 5432), "denied");
  });

  test("a Service that is exported to its own namespace alone is not known elsewhere", () => {
    const own = {
      ...service("other/db", [{ port: 5432 }]),
      metadata: { name: "db", namespace: "other", annotations: { "networking.istio.io/exportTo": "." } },
    };
    const network = networkOf([...closed.slice(0, -1), own]);
    assert.equal(ask(network, "shop/web", "other/db", 5432), "denied");
  });

  test("two Sidecars for one workload: nobody knows which", () => {
    const network = networkOf([
      istioConfig(),
      ...workloads,
      object(`${SIDECAR} shop/a`, registryOnly),
      object(`${SIDECAR} shop/b`, { outboundTrafficPolicy: { mode: "ALLOW_ANY" } }),
    ]);
    assert.equal(ask(network, "shop/web", "internet", 443), "unknown");
  });

  test("ServiceEntry by DNS: the name, at its port", () => {
    const network = entry({
      hosts: ["api.example.com"],
      ports: [{ number: 443, name: "tls", protocol: "TLS" }],
      resolution: "DNS",
    });
    assert.equal(ask(network, "shop/web", "api.example.com", 443), "allowed");
    assert.equal(ask(network, "shop/web", "api.example.com", 80), "denied");
    assert.equal(ask(network, "shop/web", "internet", 443), "denied");
  });

  test("ServiceEntry STATIC: its endpoints' addresses and ports", () => {
    const network = entry({
      hosts: ["db.example.com"],
      ports: [{ number: 3306, name: "mysql", protocol: "MYSQL" }],
      resolution: "STATIC",
      endpoints: [{ address: "203.0.113.7", ports: { mysql: 3307 } }],
    });
    assert.equal(ask(network, "shop/web", "203.0.113.7", 3307), "allowed");
    assert.equal(ask(network, "shop/web", "203.0.113.7", 3306), "denied");
    assert.equal(ask(network, "shop/web", "internet", 3307), "denied");
  });

  test("ServiceEntry NONE: with a name any address may have it, without one every address is let through", () => {
    const named = entry({
      hosts: ["*.example.com"],
      ports: [{ number: 443, name: "tls", protocol: "TLS" }],
      resolution: "NONE",
    });
    assert.equal(ask(named, "shop/web", "internet", 443), "allowed");
    assert.ok(named.rules.some(({ narrowing }) => narrowing?.includes("*.example.com")));
    const raw = entry({
      hosts: ["any.tcp"],
      ports: [{ number: 9000, name: "tcp", protocol: "TCP" }],
      resolution: "NONE",
    });
    assert.equal(ask(raw, "shop/web", "internet", 9000), "allowed");
    assert.equal(ask(raw, "shop/web", "other/plain", 9000), "allowed");
    const addresses = entry({
      hosts: ["some.tcp"],
      addresses: ["203.0.113.0/24"],
      ports: [{ number: 9000, name: "tcp", protocol: "TCP" }],
      resolution: "NONE",
    });
    assert.equal(ask(addresses, "shop/web", "203.0.113.0/24", 9000), "allowed");
    assert.equal(ask(addresses, "shop/web", "internet", 9000), "denied");
  });

  test("ServiceEntry with a workload selector leads to pods", () => {
    const network = networkOf([
      ...closed,
      object(`${ENTRY} other/pods`, {
        hosts: ["pods.example"],
        ports: [{ number: 9000, name: "http", protocol: "HTTP" }],
        resolution: "STATIC",
        workloadSelector: { labels: { app: "plain" } },
      }),
    ]);
    assert.equal(ask(network, "shop/web", "other/plain", 9000), "allowed");
  });

  test("a ServiceEntry is known where it is exported to", () => {
    const spec = {
      hosts: ["api.example.com"],
      ports: [{ number: 443, name: "tls", protocol: "TLS" }],
      resolution: "DNS",
    };
    const elsewhere = networkOf([...closed, object(`${ENTRY} other/out`, { ...spec, exportTo: ["."] })]);
    assert.ok(!elsewhere.endpoints.some(({ name }) => name === "api.example.com"), "no proxy knows the name");
    assert.equal(
      ask(
        networkOf([...closed, object(`${ENTRY} other/out`, { ...spec, exportTo: ["shop"] })]),
        "shop/web",
        "api.example.com",
        443,
      ),
      "allowed",
    );
  });

  test("a Service without a selector leads where nobody read", () => {
    const headless = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "kubernetes", namespace: "default" },
      spec: { ports: [{ port: 443 }] },
    };
    const network = networkOf([...closed, namespace("default"), headless]);
    assert.equal(ask(network, "shop/web", "internet", 443), "unknown");
  });

  test("excluded ports and addresses go out", () => {
    const PREFIX = "traffic.sidecar.istio.io/";
    const annotations = {
      [`${PREFIX}excludeOutboundPorts`]: "8443",
      [`${PREFIX}excludeOutboundIPRanges`]: "203.0.113.0/24",
    };
    const network = networkOf([...closed, deployment("shop/job", { proxy: "istio-proxy", annotations })]);
    assert.equal(ask(network, "shop/job", "internet", 8443), "allowed");
    assert.equal(ask(network, "shop/job", "internet", 443), "denied");
    assert.equal(ask(network, "shop/job", "203.0.113.0/24", 443), "allowed");
    const included = deployment("shop/job", {
      proxy: "istio-proxy",
      annotations: { [`${PREFIX}includeOutboundIPRanges`]: "203.0.113.0/24" },
    });
    assert.equal(ask(networkOf([...closed, included]), "shop/job", "internet", 443), "allowed");
  });

  test("ztunnel has no such mode", () => {
    const network = networkOf([
      ...closed,
      ztunnel(),
      namespace("sea", { "istio.io/dataplane-mode": "ambient" }),
      deployment("sea/boat"),
    ]);
    assert.equal(ask(network, "sea/boat", "internet", 443), "allowed");
  });

  test("what cannot be read leaves the workloads unknown", () => {
    for (const spec of [
      { egress: [{ hosts: ["nohost"] }] },
      { outboundTrafficPolicy: { mode: "NONE" } },
      { workloadSelector: { matchLabels: { app: "web" } } },
    ]) {
      const network = networkOf([istioConfig(), ...workloads, object(`${SIDECAR} shop/broken`, spec)]);
      assert.equal(ask(network, "shop/web", "internet", 443), "unknown", JSON.stringify(spec));
      assert.equal(ask(network, "other/plain", "internet", 443), "allowed");
    }
    assert.ok(gapCodes(entry({ hosts: [], ports: [] })).includes("network.invalid-policy"));
  });
});
