/** deploy/runtime: what the program's own audit finds in it is named in the policy beside it, and what the pods are told is understood. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { parse, parseAllDocuments } from "yaml";
import { clusterResources } from "../../src/engines/kubernetes/cluster/resources.ts";
import { inProcess } from "../in-process.ts";

const deploy = join(import.meta.dirname, "../../deploy/runtime");
const folder = mkdtempSync(join(tmpdir(), "bulkhead-runtime-manifests-"));
const home = join(folder, "home");
mkdirSync(home);
after(() => rmSync(folder, { recursive: true }));

const kubectl = (process.env.PATH ?? "").split(delimiter).some((path) => existsSync(join(path, "kubectl")));
const skip = !kubectl && "kubectl is not installed";

interface Evaluation {
  readonly check: string;
  readonly verdict: string;
  readonly asset: { readonly name: string };
  readonly findings: readonly unknown[];
}

function built(name: string): string {
  return execFileSync("kubectl", ["kustomize", join(deploy, name)], { encoding: "utf8" });
}

async function audit(name: string, policy?: string): Promise<readonly Evaluation[]> {
  writeFileSync(join(folder, `${name}.yaml`), built(name));
  const words = ["workload", "audit", `${name}.yaml`, "--format", "json", "--quiet"];
  const { stdout, stderr } = await inProcess([...words, ...(policy === undefined ? [] : ["--policy", policy])], {
    cwd: folder,
    home,
  });
  const { evaluations } = JSON.parse(stdout || "{}");
  assert.ok(Array.isArray(evaluations), stderr);
  return evaluations;
}

const told = (evaluations: readonly Evaluation[]) =>
  evaluations.filter(({ verdict, findings }) => verdict !== "pass" || findings.length > 0).map(({ check }) => check);

test("with the exceptions of the policy beside it the audit has no finding, and each exception is one that is needed", {
  skip,
}, async () => {
  const policy = join(deploy, "bulkhead.yaml");
  const left = told(await audit("respond", policy));
  // Whether the detector that these manifests bring detects anything, manifests do not tell.
  assert.deepEqual(left, ["cluster/runtime-detection"]);
  const { exceptions } = parse(readFileSync(policy, "utf8")) as {
    exceptions: { id?: string; ids?: string[]; reason: string }[];
  };
  const excepted = exceptions.flatMap(({ id, ids }) => ids ?? [id ?? ""]).sort();
  assert.deepEqual(
    told(await audit("respond"))
      .filter((check) => check !== "cluster/runtime-detection")
      .sort(),
    excepted,
  );
});

test("without responses nothing in the cluster can be changed", { skip }, async () => {
  const checks = told(await audit("base"));
  assert.deepEqual(
    checks.filter((check) => check.startsWith("cluster/rbac-")),
    [],
  );
  const rules = parseAllDocuments(built("base"))
    .map((document) => document.toJS())
    .filter(({ kind }) => /Role$/.test(kind))
    .flatMap((role: { rules: { verbs: string[] }[] }) => role.rules);
  assert.deepEqual([...new Set(rules.flatMap(({ verbs }) => verbs))].sort(), ["get", "list", "watch"]);
});

test("what a quarantine is proven by may be listed: everything that the network rests on", { skip }, () => {
  const role = parseAllDocuments(built("respond"))
    .map((document) => document.toJS())
    .find(({ kind, metadata }) => kind === "ClusterRole" && metadata.name === "bulkhead-runtime-respond");
  const base = new Set(["pods"]);
  const granted = new Set(
    role.rules.flatMap(({ apiGroups, resources, verbs }: Record<string, string[]>) =>
      verbs?.includes("list") ? apiGroups?.flatMap((group) => resources?.map((one) => `${one}.${group}`)) : [],
    ),
  );
  const lists = ["workloads", "namespaces", "services", "networkPolicies", "network"];
  const needed = clusterResources.filter(({ list, resource }) => lists.includes(list) && !base.has(resource));
  assert.deepEqual(
    needed.map(({ resource, group }) => `${resource}.${group}`).filter((one) => !granted.has(one)),
    [],
  );
  assert.ok(needed.length > 50, `${needed.length}`);
});

test("the policy in it is one, and sets off nothing by itself", { skip }, async () => {
  const map = parseAllDocuments(built("base"))
    .map((document) => document.toJS())
    .find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === "runtime-policy");
  writeFileSync(join(folder, "bulkhead.yaml"), map.data["bulkhead.yaml"]);
  const { code, stderr } = await inProcess(["policy", "validate", "bulkhead.yaml"], { cwd: folder, home });
  assert.equal(code, 0, stderr);
  assert.equal(parse(map.data["bulkhead.yaml"]).runtime.respond, "off");
});
