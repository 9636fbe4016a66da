import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { parseAllDocuments } from "yaml";
import { bulkhead } from "../bulkhead.ts";

/** The manifests that run the image pass the program's own audit, whole: not a finding of any severity. */

const root = join(import.meta.dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "bulkhead-manifests-"));
const home = join(folder, "home");
mkdirSync(home);
after(() => rmSync(folder, { recursive: true }));

const kubectl = (process.env.PATH ?? "").split(delimiter).some((path) => existsSync(join(path, "kubectl")));

/** @returns checks with findings, and namespaces whose workloads meet `restricted` */
async function audit(place: string) {
  const { code, stdout, stderr } = await bulkhead(["workload", "audit", place, "--format", "json", "--quiet"], {
    cwd: folder,
    home,
  });
  const { evaluations } = JSON.parse(stdout || "{}");
  assert.ok(Array.isArray(evaluations), stderr);
  const failing = evaluations.filter(({ findings }) => findings.length > 0).map(({ check }) => check);
  const judged = evaluations.filter(({ verdict }) => verdict === "pass").map(({ check }) => check);
  return { code, failing, judged };
}

for (const path of ["deploy/image-scan", "deploy/cluster-audit/role.yaml"]) {
  test(`${path} has no finding`, async () => {
    const { code, failing, judged } = await audit(join(root, path));
    // The namespace of role.yaml has its quota in quota.yaml.
    assert.deepEqual(
      failing.filter((check) => check !== "cluster/namespace-without-quota"),
      [],
    );
    assert.equal(code, 0);
    assert.ok(judged.length > 20, `${judged.length}`);
  });
}

const skip = !kubectl && "kubectl is not installed";
test("what kustomize makes of deploy/cluster-audit has no finding, and no right to Secrets", { skip }, async () => {
  const made = execFileSync("kubectl", ["kustomize", join(root, "deploy", "cluster-audit")], { encoding: "utf8" });
  mkdirSync(join(folder, "made"));
  writeFileSync(join(folder, "made", "all.yaml"), made);
  const { code, failing, judged } = await audit("made");
  assert.deepEqual(failing, []);
  assert.equal(code, 0);
  assert.ok(judged.includes("cluster/rbac-secrets-read"));
  const kinds = parseAllDocuments(made).map((document) => document.get("kind"));
  for (const kind of ["CronJob", "NetworkPolicy", "ResourceQuota", "ServiceAccount"])
    assert.ok(kinds.includes(kind), kind);
});

test("the pods run the command, its user and its read-only cache as the image has them", () => {
  for (const path of ["deploy/cluster-audit/cronjob.yaml", "deploy/image-scan/pod.yaml"]) {
    const text = readFileSync(join(root, path), "utf8");
    assert.match(text, /runAsUser: 65532/);
    assert.match(text, /readOnlyRootFilesystem: true/);
    assert.match(text, /mountPath: \/tmp$/m);
  }
});
