/** Who can talk to whom in a live cluster is what the same objects say in files; what is generated the API server takes. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Evaluation } from "../../src/core/evaluation.ts";
import { bulkhead } from "../bulkhead.ts";
import { type Cluster, clusterMissing, startCluster } from "./api-server.ts";
import { applyShop, define, folderOf, type Manifest, objectsOf, rulesOf, setRules, without } from "./shop.ts";

const ASSERTIONS = "allow shop/web -> shop/api:3000\ndeny shop/web -> metadata\ndeny shop/web -> 10.20.0.16:5432\n";

for (const version of ["insecure", "hardened"] as const) {
  describe(`the network of the ${version} shop`, { skip: clusterMissing }, () => {
    let cluster: Cluster;
    let live: readonly string[];
    let assertions: string;

    before(async () => {
      cluster = await startCluster();
      live = ["--cluster", "--kubeconfig", await applyShop(cluster, version)];
      assertions = join(cluster.folder, "network.txt");
      writeFileSync(assertions, ASSERTIONS);
    });
    after(() => cluster?.stop());

    const run = (...words: readonly string[]) =>
      bulkhead([...words, "--quiet"], { cwd: cluster.folder, home: cluster.folder });

    it("has the same connections as its files", async () => {
      const ofFiles = await run("network", "map", folderOf(version), "--format", "flat");
      const ofCluster = await run("network", "map", ...live, "--format", "flat");
      assert.equal(ofCluster.code, 0, ofCluster.stderr);
      assert.ok(ofFiles.stdout.split("\n").length > 20);
      assert.deepEqual(ofCluster.stdout.split("\n"), ofFiles.stdout.split("\n"));
    });

    it("is explained as of its files", async () => {
      const asked = ["network", "explain", "shop/web", "shop/api", "3000", "--format", "json"];
      const ofFiles = await run(...asked, "--in", folderOf(version));
      const ofCluster = await run(...asked, ...live);
      assert.equal(ofCluster.code, 0, ofCluster.stderr);
      assert.deepEqual(decisionsOf(ofCluster.stdout), decisionsOf(ofFiles.stdout));
    });

    it("holds the same assertions", async () => {
      const asked = ["network", "test", assertions];
      const [ofFiles, ofCluster] = [
        await run(...asked, folderOf(version), "--cni", "cilium", "--format", "json"),
        await run(...asked, ...live, "--cni", "cilium", "--format", "json"),
      ];
      assert.equal(ofCluster.stderr, "");
      assert.equal(ofCluster.code, version === "hardened" ? 0 : 1);
      assert.equal(ofCluster.code, ofFiles.code);
      assert.deepEqual(verdictsOf(ofCluster.stdout), verdictsOf(ofFiles.stdout));
      assert.deepEqual(
        verdictsOf(ofCluster.stdout),
        version === "hardened" ? ["pass", "pass", "pass"] : ["pass", "fail", "fail"],
      );
    });

    it("needs the same policies", async () => {
      const asked = ["network", "generate", "shop", "--api-server", "10.20.0.1:6443", "--format", "json"];
      const ofFiles = await run(...asked, `${folderOf(version)}/`);
      const ofCluster = await run(...asked, ...live);
      assert.equal(ofCluster.code, ofFiles.code, ofCluster.stderr);
      assert.ok(ofFiles.stdout.includes("NetworkPolicy"), ofFiles.stderr);
      assert.deepEqual(JSON.parse(ofCluster.stdout), JSON.parse(ofFiles.stdout));
    });

    it("is checked by the account of the published role", async () => {
      const { code, stdout, stderr } = await run("check", ...live, "--format", "json");
      assert.equal(stderr, "");
      // The namespace default is nobody's, and not restricted.
      assert.equal(code, 1);
      const evaluations = (JSON.parse(stdout) as { evaluations: Evaluation[] }).evaluations.filter(
        ({ check, asset }) => check.startsWith("network/") && asset.kind === "namespace" && asset.name === "shop",
      );
      const failed = evaluations.filter(({ verdict }) => verdict === "fail").map(({ check }) => check);
      assert.equal(failed.includes("network/default-deny-missing"), version === "insecure");
      const passed = evaluations.filter(({ verdict }) => verdict === "pass").map(({ check }) => check);
      assert.ok(passed.includes("network/mtls-not-strict"));
      const reasons = evaluations.flatMap(({ gaps }) => gaps.map(({ code: gap }) => gap));
      assert.ok(!reasons.includes("kubernetes.cluster-list"));
    });

    it("is unknown where its policies may not be listed", async () => {
      const rules = await rulesOf(cluster);
      const refusal = /this identity may not list networkpolicies\.networking\.k8s\.io \(403\)/;
      const remedy = /grant it list, as deploy\/cluster-audit\/role\.yaml does/;
      await setRules(cluster, without(rules, "networkpolicies"));
      try {
        // The authorizer sees the change by its watch.
        let map = await run("network", "map", ...live, "--format", "json");
        while (!refusal.test(map.stdout)) map = await run("network", "map", ...live, "--format", "json");
        assert.match(map.stdout, remedy);
        const text = await run("network", "map", ...live);
        assert.doesNotMatch(text.stdout, /there are no policies/);
        const tested = await run("network", "test", assertions, ...live, "--cni", "cilium");
        assert.equal(tested.code, 3, tested.stdout);
        assert.match(oneLine(tested.stdout), remedy);
        const explained = await run("network", "explain", "shop/web", "shop/api", "3000", ...live);
        assert.match(oneLine(explained.stdout), refusal);
        assert.match(oneLine(explained.stdout), remedy);
        const generated = await run("network", "generate", "shop", ...live);
        assert.equal(generated.code, 3);
        assert.match(generated.stderr, remedy);
        const { stdout } = await run("check", ...live, "--format", "json");
        const { evaluations } = JSON.parse(stdout) as { evaluations: Evaluation[] };
        for (const check of ["default-deny-missing", "open-egress", "cross-namespace-reach"]) {
          const found = evaluations.filter((one) => one.check === `network/${check}` && one.asset.name === "shop");
          assert.deepEqual([check, found.map(({ verdict }) => verdict)], [check, ["unknown"]]);
          const gap = found[0]?.gaps.find(({ code }) => code === "kubernetes.cluster-list");
          assert.match(gap?.reason ?? "", refusal);
          assert.match(gap?.remedy ?? "", remedy);
        }
      } finally {
        await setRules(cluster, rules);
      }
    });

    it("is taken by the API server as generated, and given back as it was", async () => {
      for (const [name, ...more] of [
        ["plain"],
        ["istio", "--mesh", "istio"],
        // Beside Istio's own policies, those of Linkerd would not hold.
        ...(version === "insecure" ? ([["linkerd", "--mesh", "linkerd"]] as const) : []),
        ["cilium", "--egress", "cilium"],
      ] as const) {
        const written = join(cluster.folder, name);
        mkdirSync(written);
        const words = ["network", "generate", "shop", `${folderOf(version)}/`, "--api-server", "10.20.0.1:6443"];
        const { code, stderr } = await run(...words, "--write", written, ...more);
        assert.equal(code, 0, stderr);
        const objects = objectsOf([{ text: readFileSync(join(written, "shop.yaml"), "utf8") }]);
        assert.ok(objects.some(({ kind }) => kind === "NetworkPolicy"));
        await define(cluster, objects);
        await cluster.apply(...objects);
        for (const object of objects) {
          assert.deepEqual(
            await stored(cluster, object),
            object.spec,
            `${name}: ${object.kind} ${object.metadata.name}`,
          );
        }
      }
    });
  });
}

/** As the server has it. Of what is generated nothing is left to its defaults. */
async function stored(cluster: Cluster, { apiVersion, kind, metadata }: Manifest): Promise<unknown> {
  const resource = `${kind}.${apiVersion.replace(/^([^/]+)\/(.+)$/, "$2.$1")}`;
  const { status, stdout, stderr } = await cluster.kubectl([
    "get",
    "-n",
    metadata.namespace ?? "default",
    resource,
    metadata.name,
    "-o",
    "json",
  ]);
  assert.equal(status, 0, stderr);
  return (JSON.parse(stdout) as Manifest).spec;
}

/** Without the places, which are lines of files there and fields of objects here. */
function decisionsOf(json: string): unknown {
  const { pairs } = JSON.parse(json) as { pairs: unknown };
  return JSON.parse(
    JSON.stringify(pairs, (key, value) =>
      key === "place" ? undefined : key === "text" ? String(value).replace(/ \([^()]*\)$/, "") : value,
    ),
  );
}

function verdictsOf(json: string): string[] {
  return (JSON.parse(json) as { results: { verdict: string }[] }).results.map(({ verdict }) => verdict);
}

/** Long lines are folded where they are shown. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
