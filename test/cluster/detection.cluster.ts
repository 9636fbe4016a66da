/**
 * Control 8 on both shops in a real API server: objects fail or stay unknown, and only an alert of each node's detector passes.
 * Kubelets of the test run the pods of `runtime prove`, and hold the logs of the detectors.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { authority } from "../../src/net/loopback.fixture.ts";
import { bulkhead } from "../bulkhead.ts";
import { type Cluster, clusterMissing, startCluster } from "./api-server.ts";
import { applyShop, objectsOf } from "./shop.ts";

const root = join(import.meta.dirname, "../..");
const own = authority();
const skip = clusterMissing === false ? own === undefined && "no openssl" : clusterMissing;
const nodes = ["node-1", "node-2"] as const;
const IMAGE = "registry.example.com/probe/busybox:1";

interface Pod {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly nodeName: string;
    readonly containers: readonly { readonly command?: readonly string[] }[];
  };
  readonly status: { readonly phase: string };
}

/** Runs what is put on its nodes, and writes each program that was executed into its detector's log. */
async function kubelets(cluster: Cluster, silent: Set<string>) {
  assert.ok(own !== undefined);
  const alerts = new Map<string, string[]>();
  const { key, cert } = own.issue("IP:127.0.0.1");
  const server = createServer({ key, cert }, (request, response) => {
    // /containerLogs/NAMESPACE/POD/CONTAINER?…
    const pod = request.url?.split("/")[3] ?? "";
    const lines = alerts.get(pod.replace(/^falco-/, "")) ?? [];
    response.writeHead(200, { "content-type": "text/plain" }).end(lines.join(""));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const pods = "/api/v1/namespaces/bulkhead/pods";
  const run = async () => {
    const { body } = await cluster.request<{ items: readonly Pod[] }>(pods);
    for (const { metadata, spec, status } of body.items ?? []) {
      const [nonce] = /[0-9a-f]{32}/.exec(spec.containers[0]?.command?.at(-1) ?? "") ?? [];
      if (nonce === undefined || status.phase === "Succeeded") continue;
      const time = new Date().toISOString();
      const alert = {
        time,
        rule: "Drop and execute new binary in container",
        priority: "Critical",
        output: `exe=${nonce}`,
      };
      if (!silent.has(spec.nodeName)) {
        alerts.set(spec.nodeName, [...(alerts.get(spec.nodeName) ?? []), `${time} ${JSON.stringify(alert)}\n`]);
      }
      await cluster.request(`${pods}/${metadata.name}/status`, {
        method: "PATCH",
        contentType: "application/merge-patch+json",
        body: { status: { phase: "Succeeded" } },
      });
    }
  };
  let running: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    running = running.then(run).catch(() => undefined);
  }, 200);
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      clearInterval(timer);
      await running;
      server.closeAllConnections();
      server.close();
    },
  };
}

const falco = (tolerations: readonly object[]) => ({
  apiVersion: "apps/v1",
  kind: "DaemonSet",
  metadata: { name: "falco", namespace: "falco" },
  spec: {
    selector: { matchLabels: { app: "falco" } },
    template: {
      metadata: { labels: { app: "falco" } },
      spec: { tolerations, containers: [{ name: "falco", image: "docker.io/falcosecurity/falco:0.44.1" }] },
    },
  },
});

for (const version of ["insecure", "hardened"] as const) {
  describe(`control 8 of the ${version} shop's cluster`, { skip }, () => {
    const silent = new Set<string>();
    let cluster: Cluster;
    let kubelet: Awaited<ReturnType<typeof kubelets>>;
    let auditor: string;

    before(async () => {
      cluster = await startCluster();
      auditor = await applyShop(cluster, version);
      kubelet = await kubelets(cluster, silent);
      const prove = readFileSync(join(root, "deploy/cluster-audit/prove.yaml"), "utf8");
      await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "falco" } });
      await cluster.apply(...objectsOf([{ text: prove }]));
      await cluster.apply(falco(version === "insecure" ? [] : [{ operator: "Exists" }]));
      const { body } = await cluster.request<{ metadata: { uid: string } }>(
        "/apis/apps/v1/namespaces/falco/daemonsets/falco",
      );
      const owner = {
        apiVersion: "apps/v1",
        kind: "DaemonSet",
        name: "falco",
        controller: true,
        uid: body.metadata.uid,
      };
      for (const name of nodes) {
        const taints = name === "node-2" ? [{ key: "dedicated", value: "gpu", effect: "NoSchedule" }] : [];
        await cluster.apply({ apiVersion: "v1", kind: "Node", metadata: { name }, spec: { taints } });
        const { status } = await cluster.request(`/api/v1/nodes/${name}/status`, {
          method: "PATCH",
          contentType: "application/merge-patch+json",
          body: {
            status: {
              addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
              daemonEndpoints: { kubeletEndpoint: { Port: kubelet.port } },
            },
          },
        });
        assert.equal(status, 200);
        // No controller makes the DaemonSet's pods.
        await cluster.apply({
          apiVersion: "v1",
          kind: "Pod",
          metadata: { name: `falco-${name}`, namespace: "falco", ownerReferences: [owner] },
          spec: { nodeName: name, containers: [{ name: "falco", image: "docker.io/falcosecurity/falco:0.44.1" }] },
        });
        await cluster.request(`/api/v1/namespaces/falco/pods/falco-${name}/status`, {
          method: "PATCH",
          contentType: "application/merge-patch+json",
          body: { status: { phase: "Running" } },
        });
      }
    });
    after(async () => {
      await kubelet?.close();
      await cluster?.stop();
    });

    const run = async (...words: string[]) => await bulkhead(words, { cwd: root, home: cluster.folder });
    const control = async () => {
      const { stdout } = await run("check", "--cluster", "--kubeconfig", auditor, "--format", "json", "--quiet");
      const { controls } = JSON.parse(stdout) as { controls: { number: number; verdict: string; reason: string }[] };
      const found = controls.find(({ number }) => number === 8);
      assert.ok(found !== undefined);
      return found;
    };
    const prove = async (...words: string[]) => {
      const kubeconfig = await cluster.kubeconfig(await cluster.serviceAccountToken("bulkhead", "prove"));
      const to = ["--cluster", "--kubeconfig", kubeconfig, "--container", IMAGE];
      return await run("runtime", "prove", ...to, "--timeout", "20", ...words);
    };

    if (version === "insecure") {
      it("fails where the only detector leaves a tainted node out", async () => {
        const { verdict, reason } = await control();
        assert.deepEqual([verdict, /^1 finding at or above the threshold/.test(reason)], ["fail", true], reason);
      });

      it("fails where a detector is silent, and says on which node", async () => {
        silent.add("node-2");
        const { code, stdout } = await prove("--timeout", "5");
        assert.equal(code, 1, stdout);
        assert.match(stdout, /^✓ node-1: falco alerted/m);
        assert.match(stdout, /^✗ node-2: no alert/m);
        await cluster.apply(falco([{ operator: "Exists" }]));
        assert.equal((await control()).verdict, "fail");
      });
    } else {
      it("is unknown while nothing is proven, and says of which nodes", async () => {
        const { verdict, reason } = await control();
        assert.equal(verdict, "unknown");
        assert.match(
          reason,
          /no alert is proven within 7 days on node-1, node-2: Falco found, and presence is no proof/,
        );
      });

      it("passes once each node's detector alerted, by an account that has the published role alone", async () => {
        const { code, stdout, stderr } = await prove();
        assert.equal(code, 0, stdout + stderr);
        const { verdict, reason } = await control();
        assert.equal(verdict, "pass", reason);
        const left = await cluster.request<{ items: readonly Pod[] }>("/api/v1/namespaces/bulkhead/pods");
        assert.deepEqual(left.body.items, []);
      });

      it("is unknown again where the proofs are of another machine", async () => {
        await cluster.request("/api/v1/nodes/node-1", { method: "DELETE" });
        await cluster.apply({ apiVersion: "v1", kind: "Node", metadata: { name: "node-1" } });
        const { verdict, reason } = await control();
        assert.equal(verdict, "unknown");
        assert.match(reason, /the proof of node-1 is of another machine of this name/);
      });
    }
  });
}
