import assert from "node:assert/strict";
import { test } from "node:test";
import { readManifests } from "../../kubernetes/manifests.ts";
import { parseCidr } from "../addresses.ts";
import { readEndpoints } from "../endpoints.ts";
import { endName } from "../needs/model.ts";
import { indexServices } from "../needs/services.ts";
import { noSettings } from "../settings.ts";
import { attribute } from "./attribute.ts";
import type { ObservedConnection, ObservedEnd } from "./model.ts";

const TEXT = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec: { template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: a, image: a, ports: [{ name: http, containerPort: 8080 }] }] } } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web-admin, namespace: shop }
spec: { template: { metadata: { labels: { app: web, tier: admin } }, spec: { containers: [{ name: a, image: a }] } } }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { clusterIP: 10.96.0.9, selector: { app: web, tier: admin }, ports: [{ port: 80, targetPort: 9000 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: one, namespace: shop }
spec: { containers: [{ name: a, image: a }] }
status: { podIPs: [{ ip: 10.0.0.7 }] }
`;

function whose(to: ObservedEnd, more: Partial<ObservedConnection> = {}): string {
  const manifests = readManifests([{ path: "a.yaml", text: TEXT }]);
  const { pods, nodes } = readEndpoints(manifests);
  const serviceCidrs = [parseCidr("10.96.0.0/12")].filter((range) => range !== undefined);
  const found = attribute(
    [{ from: { namespace: "shop", pod: "one" }, to, protocol: "TCP", port: 80, portOf: "pod", count: 2, ...more }],
    { pods, nodes, services: indexServices(manifests, pods), settings: { ...noSettings, serviceCidrs } },
  );
  const [reason] = [...found.unattributed];
  if (reason !== undefined) return `? ${reason.join(" ")}`;
  return found.connections.map(({ from, to: end, port }) => `${endName(from)} ${endName(end)}:${port}`).join(", ");
}

test("ends are known by workload, by pod's name, by labels, by address and by name", () => {
  const web = "shop/Pod/one shop/Deployment/web:80";
  const admin = "shop/Pod/one shop/Deployment/web-admin:80";
  assert.equal(whose({ namespace: "shop", workload: { name: "web", kind: "Deployment" } }), web);
  assert.equal(whose({ namespace: "shop", workload: { name: "web" } }), web);
  assert.equal(whose({ namespace: "shop", pod: "web-5d4f8c7b9-x2x4q" }), web);
  assert.equal(whose({ namespace: "shop", pod: "web-admin-5d4f8c7b9-x2x4q" }), admin);
  assert.equal(whose({ namespace: "shop", labels: { app: "web", tier: "admin", more: "x" } }), admin);
  assert.equal(whose({ address: "10.0.0.7" }), "shop/Pod/one shop/Pod/one:80");
  assert.equal(whose({ name: "web" }, { portOf: "service" }), "shop/Pod/one shop/Deployment/web-admin:9000");
  assert.equal(whose({ name: "api.example.com", address: "192.0.2.1" }), "shop/Pod/one api.example.com:80");
  assert.equal(whose({ address: "192.0.2.1" }), "shop/Pod/one 192.0.2.1:80");
  assert.equal(whose({ entity: "node", address: "10.1.1.1" }), "shop/Pod/one nodes:80");
});

test("what may be anybody's is nobody's, and is counted", () => {
  assert.match(
    whose({ namespace: "shop", pod: "webs-1" }),
    /^\? a pod of no workload that was read \(shop\/webs-1\) 2$/,
  );
  assert.match(whose({ namespace: "other", pod: "web-5d4f8c7b9-x2x4q" }), /^\? a pod of no workload/);
  assert.match(whose({ address: "10.96.4.4" }), /^\? an address of a Service/);
  assert.match(whose({ address: "10.0.0.99" }), /^\? an address that may be a pod's/);
  assert.match(whose({ name: "web" }, { portOf: "service", port: 81 }), /^\? a Service's port that leads to no pod/);
});
