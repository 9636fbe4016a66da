import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { readManifestFiles } from "../../src/collect/kubernetes/manifests.ts";
import { defaultPolicy } from "../../src/collect/policy/default.ts";
import { openSecretScanner } from "../../src/collect/secrets/scanner.ts";
import { discover } from "../../src/collect/tree/discover.ts";
import { severityRank } from "../../src/core/severity.ts";
import { readManifests } from "../../src/engines/kubernetes/manifests.ts";
import { findManifestSecrets } from "../../src/evaluate/kubernetes/manifest-secrets.ts";
import { evaluateManifests } from "../../src/evaluate/kubernetes/workloads.ts";
import { databaseSecret } from "./insecure/secrets.ts";

const now = new Date("2026-01-01T00:00:00Z");

async function judged(shop: string) {
  const root = join(import.meta.dirname, shop);
  const found = await discover(root);
  const sources = (paths: readonly string[]) => paths.filter((path) => !path.startsWith(".generated"));
  const paths = { ...found, manifests: sources(found.manifests), composeFiles: sources(found.composeFiles) };
  const manifests = readManifestFiles(root, paths);
  return { manifests, evaluations: evaluateManifests(manifests, { policy: defaultPolicy, now, scope: shop }) };
}

test("the hardened shop's manifests pass every check, with nothing worse than negligible", async () => {
  const { manifests, evaluations } = await judged("hardened");
  assert.equal(manifests.workloads.length, 6);
  assert.deepEqual(manifests.gaps, []);
  assert.deepEqual(
    evaluations.filter(({ verdict }) => verdict !== "pass").map(({ check, reason }) => `${check} ${reason}`),
    [],
  );
  const findings = evaluations.flatMap((evaluation) => evaluation.findings);
  assert.deepEqual(
    findings.filter(({ severity }) => severityRank(severity) < severityRank("negligible")).map(({ title }) => title),
    [],
  );
});

test("the insecure shop's manifests fail at what such manifests are known for", async () => {
  const { evaluations } = await judged("insecure");
  const failed = new Set(evaluations.filter(({ verdict }) => verdict === "fail").map(({ check }) => check));
  for (const check of [
    "cluster/rbac-cluster-admin",
    "cluster/namespace-not-restricted",
    "workload/dangerous-capabilities",
    "workload/privileged",
    "workload/run-as-non-root",
    "workload/runtime-socket",
    "workload/sensitive-host-path",
  ]) {
    assert.ok(failed.has(check), check);
  }
});

test("the insecure shop's assembled Secret is one in clear", () => {
  const manifests = readManifests([{ path: "database.yaml", text: databaseSecret }]);
  const { found } = findManifestSecrets(manifests, openSecretScanner().scanner);
  assert.deepEqual(
    found.clear.map(({ keys, kind }) => [keys.map(({ key }) => key), kind]),
    [[["password"], "secret"]],
  );
});
