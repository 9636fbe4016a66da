/** A live cluster is judged as its manifests are, by an account that has the published role and nothing else. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { defaultPolicy } from "../../src/collect/policy/default.ts";
import { openPolicyScanner } from "../../src/collect/secrets/scanner.ts";
import type { Evaluation } from "../../src/core/evaluation.ts";
import { connectionOf } from "../../src/engines/kubernetes/cluster/kubeconfig.ts";
import { readManifests } from "../../src/engines/kubernetes/manifests.ts";
import type { SecretScanner } from "../../src/engines/secrets/scan.ts";
import { evaluateManifestSecrets } from "../../src/evaluate/kubernetes/manifest-secrets.ts";
import { evaluateManifests } from "../../src/evaluate/kubernetes/workloads.ts";
import { scanCluster } from "../../src/scan/cluster.ts";
import { scanNetwork } from "../../src/scan/network-evaluations.ts";
import { bulkhead } from "../bulkhead.ts";
import { type Cluster, clusterMissing, startCluster } from "./api-server.ts";
import { applyShop, folderOf, type Manifest, manifestsIn, objectsOf, rulesOf, setRules, without } from "./shop.ts";

const root = join(import.meta.dirname, "../..");
const now = new Date("2026-11-24T00:00:00Z");

/** Kind, namespace and name of the asset, without the scope, and what was found. */
function verdictsOf(evaluations: readonly Evaluation[], namespaces: ReadonlySet<string>): string[] {
  return evaluations
    .filter(({ asset }) => asset.kind === "workload" || asset.kind === "namespace")
    .filter(({ asset }) => namespaces.has(asset.kind === "namespace" ? asset.name : (asset.name.split("/")[0] ?? "")))
    .map(
      ({ asset, check, verdict, findings }) =>
        `${asset.kind} ${asset.name} ${check}: ${verdict}: ${findings
          .map(({ subject }) => subject)
          .sort()
          .join(", ")}`,
    )
    .sort();
}

/** Of the whole: what is found in an object of these namespaces, or of these names. */
function foundInWhole(evaluations: readonly Evaluation[], ours: (object: string) => boolean): string[] {
  return evaluations
    .filter(({ asset }) => asset.kind === "cluster")
    .flatMap(({ check, findings }) =>
      findings.filter(({ evidence }) => ours(evidence.object ?? "")).map(({ subject }) => `${check}: ${subject}`),
    )
    .sort();
}

for (const version of ["insecure", "hardened"] as const) {
  describe(`the ${version} shop in a cluster`, { skip: clusterMissing }, () => {
    const files = manifestsIn(folderOf(version));
    let cluster: Cluster;
    let kubeconfig: string;

    before(async () => {
      cluster = await startCluster();
      kubeconfig = await applyShop(cluster, version);
    });
    after(() => cluster?.stop());

    const audit = async (scanner?: SecretScanner) => {
      const scanned = await scanCluster(connectionOf({ kubeconfig }), {
        policy: defaultPolicy,
        now,
        ...(scanner === undefined ? {} : { scanner }),
      });
      return { ...scanned, evaluations: [...scanned.evaluations] };
    };

    it("is judged as its files are", async () => {
      const judging = { policy: defaultPolicy, now, scope: "manifests" };
      const manifests = readManifests(files);
      const network = await scanNetwork(manifests, root, judging);
      const fromFiles = [...evaluateManifests(manifests, judging), ...network.evaluations];
      const { evaluations, reading } = await audit();
      assert.deepEqual(
        reading.manifests.gaps.filter(({ lists }) => lists !== undefined),
        [],
      );
      const objects = objectsOf(files);
      const namespaces = new Set(
        objects.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => metadata.name),
      );
      const fromCluster = verdictsOf(evaluations, namespaces);
      assert.ok(fromCluster.length > 100);
      assert.deepEqual(fromCluster, verdictsOf(fromFiles, namespaces));
      const names = new Set(objects.map(nameOf));
      const ours = (object: string) => names.has(object);
      assert.equal(foundInWhole(fromFiles, ours).length > 0, version === "insecure");
      // Of a cluster all was read: that the DNS pods, the gateway and the Secret that these name are nowhere is known.
      const nobody = ["AuthorizationPolicy shop/web", "NetworkPolicy shop/dns"];
      const shadowed = nobody.map((subject) => `network/policy-shadowed: ${subject}`);
      const missing = "cluster/secret-missing: Secret shop/database";
      const more = [missing, ...(version === "hardened" ? shadowed : [])];
      assert.deepEqual(foundInWhole(evaluations, ours), [...foundInWhole(fromFiles, ours), ...more].sort());
    });

    it("holds the same secrets, but for the values of Secrets, which are not read", async () => {
      const { scanner } = await openPolicyScanner(defaultPolicy, root);
      const judging = { policy: defaultPolicy, now, scope: "manifests" };
      const fromFiles = evaluateManifestSecrets(readManifests(files), scanner, judging);
      const { evaluations } = await audit(scanner);
      const names = new Set(objectsOf(files).map(nameOf));
      const ours = (object: string) => names.has(object) && !object.startsWith("Secret ");
      const found = (all: readonly Evaluation[]) =>
        foundInWhole(
          all.filter(({ check }) => check === "workload/secret-in-manifest"),
          ours,
        );
      assert.deepEqual(found(evaluations), found(fromFiles));
      assert.equal(found(fromFiles).length > 0, version === "insecure");
    });

    it("is judged so by the command", async () => {
      const args = [
        "cluster",
        "audit",
        "--quiet",
        "--kubeconfig",
        kubeconfig,
        "--format",
        "json",
        "--now",
        now.toISOString(),
      ];
      const { code, stdout, stderr } = await bulkhead(args, { cwd: cluster.folder, home: cluster.folder });
      assert.equal(stderr, "");
      assert.equal(code, 1);
      const report = JSON.parse(stdout) as { evaluations: Evaluation[] };
      assert.ok(report.evaluations.some(({ asset }) => asset.kind === "workload"));
    });

    it("leaves unknown what a list that is refused is needed for, and nothing else", async () => {
      const before = (await audit()).evaluations;
      const rules = await rulesOf(cluster);
      for (const [resource, affected] of [
        ["resourcequotas", ["cluster/namespace-without-quota"]],
        ["limitranges", ["workload/missing-resource-limits"]],
        ["deployments", undefined],
        ["serviceaccounts", undefined],
      ] as const) {
        await setRules(cluster, without(rules, resource));
        // The authorizer sees the change by its watch.
        let { reading, evaluations } = await audit();
        while (reading.manifests.gaps.every(({ lists }) => lists === undefined))
          ({ reading, evaluations } = await audit());
        const reason = new RegExp(`^test: ${resource}(?:\\.[a-z]+)?: this identity may not list ${resource}`);
        const unknown = evaluations.filter((one) => one.gaps.some((gap) => reason.test(gap.reason)));
        assert.ok(unknown.length > 0, resource);
        for (const { verdict, check } of unknown) assert.ok(verdict === "unknown" || verdict === "fail", check);
        if (affected !== undefined) assert.deepEqual([...new Set(unknown.map(({ check }) => check))], affected);
        // Whatever does not lack it is judged as before.
        const others = (all: readonly Evaluation[]) => {
          const lacking = new Set(unknown.map(keyOf));
          return all.filter((one) => !lacking.has(keyOf(one))).map((one) => `${keyOf(one)}: ${one.verdict}`);
        };
        const known = new Set(evaluations.map(keyOf));
        assert.deepEqual(
          others(evaluations),
          others(before).filter((one) => known.has(one.slice(0, one.lastIndexOf(": ")))),
        );
      }
      await setRules(cluster, rules);
    });
  });
}

/** As `describeObject` says it. */
function nameOf({ kind, metadata: { namespace, name } }: Manifest): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

function keyOf({ asset, check }: Evaluation): string {
  return `${asset.id} ${check}`;
}
