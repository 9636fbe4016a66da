/** `check --cluster` over an API server of our own: whether policies are enforced is told by the agents' own state. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { groupList, listAt } from "../../src/engines/kubernetes/cluster/lists.fixture.ts";
import { inProcess } from "../in-process.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-network-cluster-"));
const policy = join(folder, "policy.yaml");
const kubeconfig = join(folder, "kubeconfig");
let server: Server;
/** What the server answers to a list, by its resource. */
let objects: Readonly<Record<string, readonly object[]>> = {};

before(async () => {
  server = createServer(({ url = "" }, response) => {
    const path = new URL(url, "http://x").pathname;
    const resource = path.slice(path.lastIndexOf("/") + 1);
    const body =
      path === "/version"
        ? { gitVersion: "v1.33.1" }
        : path === "/apis"
          ? groupList
          : listAt(url, resource === "secrets" ? undefined : objects[resource]);
    response.writeHead(body === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(body ?? { kind: "Status" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const cluster = { server: `http://127.0.0.1:${address.port}` };
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      "current-context": "prod",
      contexts: [{ name: "prod", context: { cluster: "c", user: "u" } }],
      clusters: [{ name: "c", cluster }],
      users: [{ name: "u", user: {} }],
    }),
  );
  // What is about the network alone counts.
  writeFileSync(
    policy,
    "apiVersion: bulkhead/v1\nnetwork: { mesh: { mtls: optional } }\nenforcement: { ci: { default: audit, categories: { network: deny } } }\n",
  );
});
after(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const namespaces = ["kube-system", "shop"].map((name) => ({ metadata: { name, uid: `uid-${name}`, labels: {} } }));
const nodes = ["a", "b"].map((name) => ({
  metadata: { name, labels: { "kubernetes.io/os": "linux" } },
  spec: { podCIDRs: ["10.244.0.0/16"] },
  status: { addresses: [{ type: "InternalIP", address: "192.0.2.1" }] },
}));
const deployment = {
  metadata: { namespace: "shop", name: "web", uid: "d" },
  spec: { template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "web" }] } } },
};
const pod = {
  metadata: { namespace: "shop", name: "web-1", uid: "p", ownerReferences: [{ uid: "d", controller: true }] },
  spec: { containers: [{ name: "web", image: "web" }] },
  status: { phase: "Running", podIP: "10.244.0.7", podIPs: [{ ip: "10.244.0.7" }] },
};
const deny = {
  metadata: { namespace: "shop", name: "deny" },
  spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
};
const agent = (ready: number) => ({
  metadata: { namespace: "kube-system", name: "calico-node", generation: 1 },
  spec: { template: { metadata: { labels: {} }, spec: { hostNetwork: true, containers: [{ name: "calico-node" }] } } },
  status: { desiredNumberScheduled: 2, numberReady: ready, updatedNumberScheduled: 2, observedGeneration: 1 },
});

async function checked(more: Readonly<Record<string, readonly object[]>>) {
  objects = { namespaces, nodes, deployments: [deployment], pods: [pod], networkpolicies: [deny], ...more };
  const { code, stdout, stderr } = await inProcess(
    ["check", ".", "--cluster", "--kubeconfig", kubeconfig, "--policy", policy, "--quiet", "--format", "json"],
    { cwd: folder, home: folder },
  );
  assert.notEqual(stdout, "", stderr);
  const report = JSON.parse(stdout) as {
    notes: string[];
    controls: { number: number; verdict: string; reason: string; coverage: { assessed: number; total: number } }[];
  };
  const control = report.controls[5];
  assert.ok(control !== undefined);
  return { code, control, notes: report.notes.join("\n") };
}

test("an agent that is ready on every node is evidence, and the report says of what", async () => {
  const { control, notes } = await checked({ daemonsets: [agent(2)] });
  assert.deepEqual([control.verdict, control.coverage.assessed, control.coverage.total], ["pass", 1, 1]);
  assert.match(notes, /network policies: calico: DaemonSet kube-system\/calico-node is ready on 2 of 2 nodes/);
});

test("one that is not ready everywhere is none, and no agent is none", async () => {
  const { control, code } = await checked({ daemonsets: [agent(1)] });
  assert.deepEqual([control.verdict, code], ["unknown", 3]);
  assert.match(control.reason, /whether network policies are enforced is unknown: calico: ready on 1 of 2 nodes/);
  assert.equal((await checked({})).control.verdict, "unknown");
});

test("a namespace without policies fails whatever the agent", async () => {
  const { control, code } = await checked({ daemonsets: [agent(2)], networkpolicies: [] });
  assert.deepEqual([control.verdict, code], ["fail", 1]);
});
