/** What `workload fix` makes of manifests: an API server accepts it, and a second audit finds less and nothing new. */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { ReadReport } from "../../src/report/json/read.ts";
import { bulkhead } from "../bulkhead.ts";
import { type Cluster, clusterMissing, startCluster } from "./api-server.ts";

const insecure = join(import.meta.dirname, "../../examples/shop/insecure");
/** A folder of kube-prometheus' manifests, its definitions of custom resources in `setup/`. */
const { KUBE_PROMETHEUS: kubePrometheus } = process.env;
const prometheusMissing =
  kubePrometheus === undefined ? "KUBE_PROMETHEUS, a folder of kube-prometheus' manifests, is not set" : false;

const NOW = "2026-01-01T00:00:00Z";

describe("workload fix", { skip: clusterMissing }, () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-workload-fix-"));
  let cluster: Cluster;
  before(async () => {
    cluster = await startCluster();
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await cluster?.stop();
  });

  async function run(place: string, ...written: string[]): Promise<{ code: number | null; stdout: string }> {
    const { code, stdout, stderr } = await bulkhead(["workload", ...written, "--now", NOW, "--quiet"], {
      cwd: place,
      home: folder,
    });
    assert.ok(code === 0 || code === 1 || code === 3, stderr);
    return { code, stdout };
  }

  /** `fingerprint` of every finding → what it is. */
  async function audit(place: string): Promise<Map<string, string>> {
    const { stdout } = await run(place, "audit", ".", "--format", "json");
    const { evaluations } = JSON.parse(stdout) as ReadReport;
    return new Map(
      evaluations.flatMap(({ asset, findings }) =>
        findings.map(({ fingerprint, check, subject }) => [fingerprint, `${check} ${asset.name} ${subject}`] as const),
      ),
    );
  }

  /** What the server says where it refuses something of a folder of manifests; the rest is tried all the same. */
  async function refused(place: string): Promise<string[]> {
    const files = filesOf(place).flatMap((path) => ["-f", join(place, path)]);
    const { stdout, stderr } = await cluster.kubectl(["apply", "--server-side", "--dry-run=server", ...files]);
    assert.match(stdout, /server dry run/, stderr);
    const lines = stderr.trim().split("\n");
    return lines
      .filter((line) => line !== "")
      .map((line) => line.replaceAll(`${place}/`, ""))
      .sort();
  }

  /** Mends a copy of a folder, and says what became of it. */
  async function mended(source: string, name: string) {
    const place = join(folder, name);
    cpSync(source, place, { recursive: true });
    const first = await audit(place);
    const { stdout: patch } = await run(place, "fix", ".", "--enforce", "--unsafe", "--dry-run");
    const { stdout } = await run(place, "fix", ".", "--enforce", "--unsafe", "--format", "json");
    const last = await audit(place);
    const { notes } = JSON.parse(stdout) as ReadReport;
    const fixed = notes.filter((note) => note.includes(": fixed: "));
    assert.deepEqual(
      [...last].filter(([fingerprint]) => !first.has(fingerprint)).map(([, what]) => what),
      [],
      "findings that came",
    );
    assert.equal(first.size - last.size, fixed.length, notes.join("\n"));
    return { place, patch, fixed, first, last };
  }

  it("mends the insecure shop's manifests", async () => {
    const kubernetes = join(insecure, "kubernetes");
    await cluster.kubectl(["apply", "--server-side", "-f", join(kubernetes, "namespace.yaml")]);
    assert.deepEqual(await refused(kubernetes), []);
    const { place, patch, fixed } = await mended(kubernetes, "shop");
    assert.ok(fixed.length >= 5, fixed.join("\n"));
    assert.match(patch, /^\+ +allowPrivilegeEscalation: false$/m);
    assert.deepEqual(await refused(place), []);
    const again = await run(place, "fix", ".", "--enforce", "--unsafe", "--dry-run");
    assert.equal(again.stdout, "");
  });

  it("makes patches for kustomize that say the same", async () => {
    const place = join(folder, "kustomize");
    cpSync(join(insecure, "kubernetes"), place, { recursive: true });
    const { stdout } = await run(place, "fix", ".", "--enforce", "--unsafe", "--format", "kustomize");
    writeFileSync(join(place, "kustomization.yaml"), stdout);
    const { status, stdout: built, stderr } = await cluster.kubectl(["kustomize", place]);
    assert.equal(status, 0, stderr);
    assert.match(built, /allowPrivilegeEscalation: false/);
    assert.doesNotMatch(built, /shareProcessNamespace|Unconfined/);
    const input = { input: built };
    const applied = await cluster.kubectl(["apply", "--server-side", "--dry-run=server", "-f", "-"], input);
    assert.equal(applied.status, 0, applied.stderr);
  });

  it("mends kube-prometheus", { skip: prometheusMissing }, async (t) => {
    const source = kubePrometheus ?? "";
    const setup = join(source, "setup");
    await cluster.kubectl(["create", "--validate=false", "-f", setup]);
    await cluster.kubectl(["wait", "--for=condition=established", "--timeout=30s", "crd", "--all"]);
    const before = await refused(source);
    const { place, fixed, first, last } = await mended(source, "kube-prometheus");
    assert.deepEqual(await refused(place), before);
    t.diagnostic(`${first.size} findings before, ${last.size} after, ${fixed.length} fixed`);
    for (const line of before) t.diagnostic(line);
  });
});

/** Those right in the folder: what is below is set up before. Kubernetes 1.20 panics where an APIService is applied. */
function filesOf(place: string): string[] {
  return readdirSync(place)
    .filter((path) => /\.ya?ml$/.test(path))
    .filter((path) => !/^kind: APIService$/m.test(readFileSync(join(place, path), "utf8")));
}
