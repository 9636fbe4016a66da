import assert from "node:assert/strict";
import { test } from "node:test";
import { denyAll, namespace, networkPolicy, workload } from "../../../checks/network/reach/network.fixture.ts";
import { readManifests } from "../../../engines/kubernetes/manifests.ts";
import { exposuresOf } from "../../../engines/reachability/exposure/exposures.ts";
import { readNetwork } from "../../../engines/reachability/network.ts";
import { networkRelations } from "./relations.ts";

const now = new Date("2026-01-01T00:00:00Z");

function relations(objects: readonly object[], most?: number) {
  const text = objects.map((object) => JSON.stringify(object)).join("\n---\n");
  const network = readNetwork(readManifests([{ path: "k8s/all.yaml", text }]), {
    cni: "cilium",
    podCidrs: [],
    serviceCidrs: [],
    nodeCidrs: [],
  });
  return networkRelations(network, exposuresOf(network), {
    scope: "manifests",
    now,
    ...(most === undefined ? {} : { most }),
  });
}

const shop = namespace("shop");
const web = workload("shop/web", {}, { ports: [{ containerPort: 80 }] });
const toDb = networkPolicy("shop/db", {
  podSelector: { matchLabels: { app: "db" } },
  ingress: [{ from: [{ podSelector: { matchLabels: { app: "web" } } }], ports: [{ port: 5432 }] }],
  policyTypes: ["Ingress"],
});
const outOfWeb = networkPolicy("shop/web", {
  podSelector: { matchLabels: { app: "web" } },
  egress: [{ to: [{ podSelector: { matchLabels: { app: "db" } } }] }],
  policyTypes: ["Egress"],
});

test("a connection is told with its ports, between the workloads' own identities", () => {
  const all = relations([shop, web, workload("shop/db"), denyAll("shop"), toDb, outOfWeb]);
  const [found, ...more] = all.filter(({ type, to }) => type === "reaches" && to.name === "shop/Deployment/db");
  assert.deepEqual(more, []);
  assert.deepEqual(found?.from, { kind: "workload", id: "k8s/Deployment/shop/web", name: "shop/Deployment/web" });
  assert.deepEqual([found?.evidence.ports, found?.gaps], ["TCP 5432", []]);
});

test("what opens a way in exposes the workload behind it", () => {
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { namespace: "shop", name: "web" },
    spec: { type: "LoadBalancer", selector: { app: "web" }, ports: [{ port: 80 }] },
  };
  const found = relations([shop, web, service]).filter(({ type }) => type === "exposes");
  assert.deepEqual(
    found.map(({ from, to, evidence }) => [from.name.split(":")[0], to.name, evidence.ports]),
    [
      ["Service shop/web", "shop/Deployment/web", "TCP 80"],
      ["Service shop/web", "shop/Deployment/web", "TCP 80"],
    ],
  );
  assert.deepEqual(found.map(({ evidence }) => evidence.way).sort(), ["load-balancer", "node-port"]);
});

test("alike workloads are one end, and more relations than the bound are counted", () => {
  const many = Array.from({ length: 50 }, (_, index) => workload(`shop/w${index}`));
  const all = relations([shop, ...many]);
  assert.ok(all.length < 10, `${all.length}`);
  assert.match(all[0]?.evidence.from ?? "", /^shop\/Deployment\/w0, .* and 44 more$/);
  const apart = many.flatMap((_, index) => [
    networkPolicy(`shop/p${index}`, {
      podSelector: { matchLabels: { app: `w${index}` } },
      egress: [{ ports: [{ port: index + 1 }] }],
    }),
  ]);
  const cut = relations([shop, ...many, ...apart], 5);
  assert.equal(cut.length, 5);
  assert.match(cut.at(-1)?.gaps.at(-1)?.reason ?? "", /^\d+ more connections are not listed$/);
});
