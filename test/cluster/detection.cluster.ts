/**
 * Control 8 on both shops in a real API server: objects fail or stay unknown, and only an alert of each node's detector passes.
 * Kubelets of the test run the pods of `runtime prove`, and hold the logs of the detectors.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { bulkhead } from "../bulkhead.ts";
import { type Cluster, clusterMissing, startCluster } from "./api-server.ts";
import { falco, type Kubelets, kubelets, nodesMissing, startNodes } from "./nodes.ts";
import { applyShop, objectsOf } from "./shop.ts";

const root = join(import.meta.dirname, "../..");
const skip = clusterMissing || nodesMissing;
const IMAGE = "registry.example.com/probe/busybox:1";

for (const version of ["insecure", "hardened"] as const) {
  describe(`control 8 of the ${version} shop's cluster`, { skip }, () => {
    const silent = new Set<string>();
    let cluster: Cluster;
    let kubelet: Kubelets;
    let auditor: string;

    before(async () => {
      cluster = await startCluster();
      auditor = await applyShop(cluster, version);
      kubelet = await kubelets(cluster, silent);
      const prove = readFileSync(join(root, "deploy/cluster-audit/prove.yaml"), "utf8");
      await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "falco" } });
      await cluster.apply(...objectsOf([{ text: prove }]));
      await cluster.apply(falco("falco", version === "insecure" ? [] : [{ operator: "Exists" }]));
      await startNodes(cluster, "falco", kubelet.port);
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
        await cluster.apply(falco("falco", [{ operator: "Exists" }]));
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
        const left = await cluster.request<{ items: readonly object[] }>("/api/v1/namespaces/bulkhead/pods");
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
