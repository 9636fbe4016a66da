/** What the cluster tests build on: the API server starts, stores, lists, watches, and holds rights. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { type Cluster, clusterMissing, startCluster } from "./api-server.ts";

interface List {
  readonly metadata: { readonly continue?: string };
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
}

const namespace = (name: string) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
const serviceAccount = (namespace: string, name: string) => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { namespace, name },
});
const configMap = (namespace: string, name: string, data: object) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { namespace, name },
  data,
});

const web = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { namespace: "shop", name: "web" },
  spec: {
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: {
        containers: [
          { name: "web", image: "registry.test/shop/web:1.0", ports: [{ containerPort: 8080 }] },
          { name: "agent", image: "registry.test/shop/agent:1.0", securityContext: { privileged: true } },
        ],
      },
    },
  },
};

const reader = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRole",
  metadata: { name: "reader" },
  rules: [{ apiGroups: ["", "apps"], resources: ["namespaces", "deployments"], verbs: ["get", "list"] }],
};
const readers = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRoleBinding",
  metadata: { name: "readers" },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "reader" },
  subjects: [
    { kind: "Group", apiGroup: "rbac.authorization.k8s.io", name: "auditors" },
    { kind: "ServiceAccount", namespace: "audit", name: "reader" },
  ],
};

const scanPolicies = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "scanpolicies.tests.example" },
  spec: {
    group: "tests.example",
    scope: "Namespaced",
    names: { kind: "ScanPolicy", plural: "scanpolicies", singular: "scanpolicy", listKind: "ScanPolicyList" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: {
                type: "object",
                properties: { maximum: { type: "integer" }, note: { type: "string", default: "" } },
              },
            },
          },
        },
      },
    ],
  },
};

describe("an API server", { skip: clusterMissing }, () => {
  let cluster: Cluster;

  before(async () => {
    cluster = await startCluster({ users: [{ name: "auditor", groups: ["auditors"] }, { name: "stranger" }] });
    await cluster.apply(namespace("shop"), namespace("audit"));
    await cluster.apply(web, serviceAccount("audit", "reader"), reader, readers);
  });
  after(() => cluster?.stop());

  it("says its version, and that it is ready", async () => {
    assert.equal((await cluster.request("/readyz")).body, "ok");
    const { body } = await cluster.request<Record<string, string>>("/version");
    assert.match(`${body.major}.${body.minor} ${body.gitVersion}`, /^1\.[0-9]+ v1\.[0-9]+\.[0-9]+$/);
  });

  it("stores what was applied, with its defaults and who owns which field", async () => {
    const { body } = await cluster.request<{
      readonly metadata: { readonly managedFields: readonly { readonly manager: string }[] };
      readonly spec: { readonly template: { readonly spec: object } };
    }>("/apis/apps/v1/namespaces/shop/deployments/web");
    assert.deepEqual(
      body.metadata.managedFields.map(({ manager }) => manager),
      ["kubectl"],
    );
    assert.ok("restartPolicy" in body.spec.template.spec);
  });

  it("refuses what has not its kind's shape, with kubectl's words", async () => {
    const broken = { ...web, spec: { ...web.spec, replicas: "many" } };
    await assert.rejects(cluster.apply(broken), /replicas/);
  });

  it("takes a service that leaves the protocol of its ports out", async () => {
    const spec = { ports: [{ port: 80 }], selector: { app: "web" } };
    await cluster.apply({ apiVersion: "v1", kind: "Service", metadata: { namespace: "shop", name: "web" }, spec });
    const { body } = await cluster.request<{ readonly spec: { readonly ports: readonly object[] } }>(
      "/api/v1/namespaces/shop/services/web",
    );
    assert.deepEqual(body.spec.ports, [{ protocol: "TCP", port: 80, targetPort: 80 }]);
  });

  it("tells by a dry run what it would accept, and keeps none of it", async () => {
    const args = ["apply", "--server-side", "--dry-run=server", "-f", "-"];
    const input = JSON.stringify(configMap("shop", "tried", { a: "b" }));
    const { status, stdout } = await cluster.kubectl(args, { input });
    assert.deepEqual([status, stdout], [0, "configmap/tried serverside-applied (server dry run)\n"]);
    assert.equal((await cluster.request("/api/v1/namespaces/shop/configmaps/tried")).status, 404);
  });

  it("denies whoever has no right, and whoever has no token", async () => {
    for (const token of [cluster.tokenOf("stranger"), ""]) {
      const { status } = await cluster.request("/apis/apps/v1/deployments", { token });
      assert.equal(status, 403, token === "" ? "nobody" : "stranger");
    }
    const { status } = await cluster.request("/api/v1/namespaces", { token: "of nobody" });
    assert.equal(status, 401);
  });

  it("lets a user and a service account of a read-only role read that, and nothing else", async () => {
    for (const token of [cluster.tokenOf("auditor"), await cluster.serviceAccountToken("audit", "reader")]) {
      const { status, body } = await cluster.request<List>("/apis/apps/v1/deployments", { token });
      assert.deepEqual([status, body.items.map(({ metadata }) => metadata.name)], [200, ["web"]]);
      assert.equal((await cluster.request("/api/v1/secrets", { token })).status, 403);
      const path = "/apis/apps/v1/namespaces/shop/deployments/web";
      assert.equal((await cluster.request(path, { token, method: "DELETE" })).status, 403);
      assert.equal((await cluster.request(path)).status, 200);
    }
    const { stdout } = await cluster.kubectl(["auth", "can-i", "list", "secrets"], {
      token: cluster.tokenOf("auditor"),
    });
    assert.equal(stdout.trim(), "no");
  });

  it("lists in pages, each object once", async () => {
    const names = Array.from({ length: 23 }, (_, index) => `page-${String(index).padStart(2, "0")}`);
    for (const name of names) {
      const body = configMap("audit", name, { name });
      const { status } = await cluster.request("/api/v1/namespaces/audit/configmaps", { method: "POST", body });
      assert.equal(status, 201);
    }
    const sizes: number[] = [];
    const found: string[] = [];
    let next = "";
    do {
      const query = new URLSearchParams({ limit: "10", ...(next === "" ? {} : { continue: next }) });
      const { body } = await cluster.request<List>(`/api/v1/namespaces/audit/configmaps?${query}`);
      sizes.push(body.items.length);
      found.push(...body.items.map(({ metadata }) => metadata.name));
      next = body.metadata.continue ?? "";
    } while (next !== "");
    assert.deepEqual([sizes, found], [[10, 10, 3], names]);
  });

  it("takes custom resources once their definition is established", async () => {
    await cluster.apply(scanPolicies);
    const { status, stderr } = await cluster.kubectl([
      "wait",
      "--for=condition=established",
      "--timeout=30s",
      "crd/scanpolicies.tests.example",
    ]);
    assert.equal(status, 0, stderr);
    const policy = {
      apiVersion: "tests.example/v1",
      kind: "ScanPolicy",
      metadata: { namespace: "shop", name: "strict" },
      spec: { maximum: 3 },
    };
    await cluster.apply(policy);
    const { body } = await cluster.request<List>("/apis/tests.example/v1/scanpolicies");
    assert.deepEqual(
      body.items.map(({ metadata }) => metadata.name),
      ["strict"],
    );
    // An empty text is no null: the build mends what the source of 1.20 makes of it with the Go of today.
    await cluster.apply({ ...policy, spec: { maximum: 3, note: "" } });
    await assert.rejects(cluster.apply({ ...policy, spec: { maximum: "three" } }), /maximum/);
  });
});

describe("the start of an API server", { skip: clusterMissing }, () => {
  it("fails with what the server said", async () => {
    await assert.rejects(startCluster({ flags: ["--no-such-flag"] }), /unknown flag: --no-such-flag/);
  });

  it("leaves nothing behind when it is stopped", async () => {
    const cluster = await startCluster();
    await cluster.stop();
    for (const pid of [cluster.etcd, cluster.apiServer]) assert.throws(() => process.kill(pid, 0), /ESRCH/);
    assert.equal(existsSync(cluster.folder), false);
    await assert.rejects(cluster.request("/readyz"), /ECONNREFUSED/);
  });
});
