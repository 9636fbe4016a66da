/** A live cluster is judged as its manifests are, by an account that has the published role and nothing else. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { parseAllDocuments } from "yaml";
import { defaultPolicy } from "../../src/collect/policy/default.ts";
import { openPolicyScanner } from "../../src/collect/secrets/scanner.ts";
import type { Evaluation } from "../../src/core/evaluation.ts";
import { connectionOf } from "../../src/engines/kubernetes/cluster/kubeconfig.ts";
import { readManifests } from "../../src/engines/kubernetes/manifests.ts";
import type { SecretScanner } from "../../src/engines/secrets/scan.ts";
import { evaluateManifestSecrets } from "../../src/evaluate/kubernetes/manifest-secrets.ts";
import { evaluateManifests } from "../../src/evaluate/kubernetes/workloads.ts";
import { scanCluster } from "../../src/scan/cluster.ts";
import { bulkhead } from "../bulkhead.ts";
import { type Cluster, clusterMissing, startCluster } from "./api-server.ts";

const root = join(import.meta.dirname, "../..");
const now = new Date("2026-11-24T00:00:00Z");

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

function manifestsIn(folder: string): { path: string; text: string }[] {
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => ({ path: name, text: readFileSync(join(folder, name), "utf8") }));
}

function objectsOf(texts: readonly { text: string }[]): Manifest[] {
  return texts
    .flatMap(({ text }) => parseAllDocuments(text).map((document) => document.toJS() as Manifest | null))
    .filter((one) => one !== null);
}

/** Kubernetes 1.20 knows CronJobs of v1beta1, and nothing of what came later. */
function for120(object: Manifest): Manifest {
  return object.kind === "CronJob" ? { ...object, apiVersion: "batch/v1beta1" } : object;
}

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

for (const version of ["insecure", "hardened"]) {
  describe(`the ${version} shop in a cluster`, { skip: clusterMissing }, () => {
    const files = manifestsIn(join(root, "examples/shop", version, "kubernetes"));
    let cluster: Cluster;
    let kubeconfig: string;

    before(async () => {
      cluster = await startCluster();
      const published = ["role.yaml", "secrets.yaml"].map((name) => join(root, "deploy/cluster-audit", name));
      const role = objectsOf(published.map((file) => ({ text: readFileSync(file, "utf8") })));
      const objects = [...role, ...objectsOf(files).map(for120)];
      await cluster.apply(...objects.filter(({ kind }) => kind === "Namespace"));
      await cluster.apply(...objects.filter(({ kind }) => kind !== "Namespace"));
      kubeconfig = await cluster.kubeconfig(await cluster.serviceAccountToken("bulkhead", "cluster-audit"));
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
      const fromFiles = evaluateManifests(readManifests(files), { policy: defaultPolicy, now, scope: "manifests" });
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
      assert.deepEqual(foundInWhole(evaluations, ours), foundInWhole(fromFiles, ours));
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
      const args = ["cluster", "audit", "--kubeconfig", kubeconfig, "--format", "json", "--now", now.toISOString()];
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
        await setRules(
          cluster,
          rules.map((rule) => ({ ...rule, resources: rule.resources.filter((one) => one !== resource) })),
        );
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

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const ROLE = "/apis/rbac.authorization.k8s.io/v1/clusterroles/bulkhead-cluster-audit";

async function rulesOf(cluster: Cluster): Promise<readonly Rule[]> {
  return (await cluster.request<{ rules: Rule[] }>(ROLE)).body.rules;
}

async function setRules(cluster: Cluster, rules: readonly Rule[]): Promise<void> {
  const body = [{ op: "replace", path: "/rules", value: rules.filter(({ resources }) => resources.length > 0) }];
  const { status } = await cluster.request(ROLE, { method: "PATCH", contentType: "application/json-patch+json", body });
  assert.equal(status, 200);
}
