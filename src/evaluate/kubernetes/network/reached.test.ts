import assert from "node:assert/strict";
import { test } from "node:test";
import { denyAll, namespace, networkPolicy, workload } from "../../../checks/network/reach/network.fixture.ts";
import { answerText } from "../../../core/context.ts";
import { readManifests } from "../../../engines/kubernetes/manifests.ts";
import { exposuresOf } from "../../../engines/reachability/exposure/exposures.ts";
import { readNetwork } from "../../../engines/reachability/network.ts";
import { overviewOf } from "./overview.ts";
import { type ReachedContext, workloadsReached } from "./reached.ts";

const now = new Date("2026-01-01T00:00:00Z");
const live: ReachedContext = { now, enforced: "yes", isCluster: true };

/** Name → `reachable exposed`. */
function reached(objects: readonly object[], context: ReachedContext = live): Record<string, string> {
  const text = objects.map((object) => JSON.stringify(object)).join("\n---\n");
  const network = readNetwork(readManifests([{ path: "k8s/all.yaml", text }]), {
    cni: "cilium",
    podCidrs: [],
    serviceCidrs: [],
    nodeCidrs: [],
  });
  const all = workloadsReached(network, exposuresOf(network), overviewOf(network).reached, context);
  return Object.fromEntries(
    all.map(({ workload: id, reachable, exposed }) => [
      id.replace("k8s/Deployment/shop/", ""),
      `${answerText(reachable)} ${answerText(exposed)}`,
    ]),
  );
}

const shop = namespace("shop");
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
const closed = [shop, workload("shop/web"), workload("shop/db"), denyAll("shop"), toDb, outOfWeb];

test("what one pod reaches is reachable, and what nobody reaches is not", () => {
  assert.deepEqual(reached(closed), { web: "no no", db: "yes no" });
});

test("a pod alone does not reach itself, and two of a kind reach each other where nothing keeps them from it", () => {
  assert.deepEqual(reached([shop, workload("shop/web")]), { web: "no no" });
  assert.deepEqual(reached([shop, workload("shop/web"), workload("shop/db")]), { web: "yes no", db: "yes no" });
});

test("a load balancer exposes what is behind it, and what is exposed is reachable", () => {
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { namespace: "shop", name: "web" },
    spec: { type: "LoadBalancer", selector: { app: "web" }, ports: [{ port: 80 }] },
  };
  const web = workload("shop/web", {}, { ports: [{ containerPort: 80 }] });
  assert.deepEqual(reached([shop, web, service]), { web: "yes yes" });
});

test("no is unknown where nobody enforces it, where a list was refused, and where other pods may come", () => {
  for (const context of [
    { ...live, enforced: "unknown" },
    { ...live, unread: "the list of Services was refused" },
  ] as const) {
    assert.match(reached(closed, context).web ?? "", /^unknown /);
  }
  const files = { ...live, isCluster: false };
  assert.deepEqual(reached(closed, files), { web: "no no", db: "yes no" });
  const fromAnywhere = networkPolicy("shop/web-in", {
    podSelector: { matchLabels: { app: "web" } },
    ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: "other" } } }] }],
    policyTypes: ["Ingress"],
  });
  assert.equal(reached([...closed, fromAnywhere], files).web, "unknown no");
});
