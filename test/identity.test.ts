/** Who an asset belongs to, from the command line: the repository that a directory says it is of. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { readReport } from "../src/report/json/read.ts";
import { renderJson } from "../src/report/json/write.ts";
import { inProcess } from "./in-process.ts";

const manifest = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    spec:
      containers: [{ name: web, image: web, securityContext: { privileged: true } }]
`;

interface Tree {
  readonly root: string;
  run(...words: readonly string[]): ReturnType<typeof inProcess>;
  /** What is read of the JSON report. */
  report(...words: readonly string[]): Promise<Reported>;
}

interface Reported {
  readonly exitCode: number;
  readonly notes: readonly string[];
  readonly baseline?: Readonly<Record<string, number>>;
  readonly controls: readonly { readonly number: number; readonly coverage: { assessed: number; total: number } }[];
  readonly evaluations: readonly {
    readonly check: string;
    readonly asset: Readonly<Record<string, unknown>>;
    readonly findings: readonly { readonly fingerprint: string }[];
    readonly excepted: readonly unknown[];
  }[];
}

/** A checkout with one workload and one Dockerfile. @param remote - absent: it is in no repository */
function tree(folder: string, name: string, remote?: string): Tree {
  const root = join(folder, name);
  mkdirSync(join(root, "deploy"), { recursive: true });
  writeFileSync(join(root, "deploy/web.yaml"), manifest);
  writeFileSync(join(root, "Dockerfile"), "FROM debian\n");
  if (remote !== undefined) {
    mkdirSync(join(root, ".git"));
    writeFileSync(join(root, ".git/HEAD"), "ref: refs/heads/main\n");
    writeFileSync(join(root, ".git/config"), `[remote "origin"]\n\turl = ${remote}\n`);
  }
  const run = (...words: readonly string[]) => inProcess(words, { cwd: root, home: folder });
  return {
    root,
    run,
    report: async (...words) => {
      const { stdout, stderr } = await run(...words, "--format", "json", "--quiet");
      assert.ok(stdout !== "", stderr);
      return JSON.parse(stdout) as Reported;
    },
  };
}

const fingerprints = ({ evaluations }: Reported) =>
  new Set(evaluations.flatMap(({ findings }) => findings.map(({ fingerprint }) => fingerprint)));

const password = ["hunter", "2"].join("-");
const ssh = "git@github.com:acme/shop.git";
const https = `https://ann:${password}@github.com/acme/shop`;

describe("who an asset belongs to", () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-identity-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const known = join(folder, "known.json");
  const shop = tree(folder, "shop", ssh);
  const clone = tree(folder, "clone", https);
  const other = tree(folder, "other", "git@github.com:acme/other.git");
  const loose = tree(folder, "loose");
  /** Of shop, whose findings are in the baseline, and of loose. */
  let first: Reported;
  let unnamed: Reported;

  before(async () => {
    first = await shop.report("check", ".", "--write-baseline", known);
    unnamed = await loose.report("check", ".", "--write-baseline", `${known}.loose`);
  });

  it("is the repository, on every machine", () => {
    assert.ok(fingerprints(first).size > 10);
    // An image that a manifest names is its registry's.
    const own = first.evaluations.filter(({ asset }) => asset.kind !== "image" || asset.path !== undefined);
    const ids = own.map(({ asset }) => String(asset.kind === "image" ? asset.lineage : asset.id));
    assert.ok(ids.includes("github.com/acme/shop//deploy/Deployment/shop/web"));
    assert.deepEqual(
      ids.filter((id) => !id.startsWith("github.com/acme/shop//")),
      [],
    );
    assert.ok(!readFileSync(known, "utf8").includes(folder));
  });

  it("is the same cloned by ssh and by https, and shows no credentials", async () => {
    const report = await clone.report("check", ".", "--baseline", known);
    assert.equal(
      report.baseline?.known,
      first.evaluations.reduce((sum, { findings }) => sum + findings.length, 0),
    );
    assert.deepEqual([report.baseline?.foreign, fingerprints(report).size], [0, 0]);
    assert.ok(!JSON.stringify(report).includes(password));
  });

  it("is the same where a part of the repository is scanned alone", async () => {
    const workloads = ({ evaluations }: Reported) =>
      new Set(
        evaluations
          .flatMap(({ asset, findings }) => (asset.kind === "workload" ? findings : []))
          .map(({ fingerprint }) => fingerprint),
      );
    const part = await shop.report("workload", "audit", "deploy");
    assert.ok(workloads(part).size > 5);
    assert.deepEqual(workloads(part), workloads(first));
  });

  it("is another for equal files of another repository, whose baseline takes nothing out and is counted", async () => {
    const report = await other.report("check", ".", "--baseline", known);
    const own = fingerprints(report);
    const entries = report.baseline?.entries;
    assert.ok(own.size > 10 && entries === own.size);
    assert.ok(fingerprints(first).isDisjointFrom(own));
    const none = { known: 0, worsened: 0, resolved: 0, notEvaluated: 0 };
    assert.deepEqual(report.baseline, { name: known, entries, ...none, foreign: entries });
    assert.equal(report.exitCode, 1);
  });

  it("is nobody's where no remote says it, which is said where a baseline is used", async () => {
    const note = /not in a Git work tree, so baseline entries .* under local\/\//;
    assert.ok(unnamed.notes.some((one) => note.test(one)));
    assert.ok(first.notes.every((one) => !note.test(one)));
    assert.ok(fingerprints(unnamed).isDisjointFrom(fingerprints(first)));
    // Another checkout of it needs no other baseline, and one with a remote gets nothing of it.
    const again = await tree(folder, "loose-again").report("check", ".", "--baseline", `${known}.loose`);
    assert.equal(fingerprints(again).size, 0);
    const { stdout } = await shop.run("check", ".", "--baseline", `${known}.loose`, "--quiet");
    assert.match(
      stdout,
      /^baseline: .*: 0 findings in the baseline, \d+ entries of another .*: they do not count here$/m,
    );
  });

  it("is a claim that brings in neither another's baseline nor its exceptions", async () => {
    const attacker = tree(folder, "attacker", https);
    // Nothing is looked for by the claim: only the caller brings a baseline.
    for (const name of ["bulkhead-baseline.json", "known.json"]) {
      writeFileSync(join(attacker.root, name), readFileSync(known));
    }
    // An exception goes by the place in what is scanned, which the caller chose, and never by the claim.
    const exceptions = [
      "github.com/acme/shop//deploy/Deployment/shop/web",
      "github.com/acme/shop//**",
      "github.com/acme/shop*/**",
      "Dockerfile",
    ].map((asset) => `  - {asset: "${asset}", reason: r, owner: o, expires: 2999-01-01}\n`);
    writeFileSync(join(folder, "policy.yaml"), `apiVersion: bulkhead/v1\nexceptions:\n${exceptions.join("")}`);
    const report = await attacker.report("check", ".", "--policy", join(folder, "policy.yaml"));
    assert.equal(report.baseline, undefined);
    const excepted = report.evaluations.filter((one) => one.excepted.length > 0).map(({ asset }) => asset.name);
    assert.deepEqual([...new Set(excepted)], ["Dockerfile"]);
    assert.equal(report.exitCode, 1);
  });

  it("a broken layout counts as 0 of 1 images in controls 1 and 2", async () => {
    const place = tree(folder, "broken", ssh);
    for (const other of ["Dockerfile", "deploy"]) rmSync(join(place.root, other), { recursive: true });
    mkdirSync(join(place.root, "build/web"), { recursive: true });
    writeFileSync(join(place.root, "build/web/oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
    writeFileSync(join(place.root, "build/web/index.json"), "{");
    const { controls, evaluations } = await place.report("check", ".");
    for (const number of [1, 2]) {
      const { coverage } = controls.find((control) => control.number === number) ?? {};
      assert.deepEqual([coverage?.assessed, coverage?.total], [0, 1], `control ${number}`);
    }
    assert.deepEqual(evaluations.find(({ asset }) => asset.kind === "image")?.asset, {
      kind: "image",
      id: "build/web",
      identifiedBy: "reference",
      lineage: "github.com/acme/shop//build/web",
      path: "build/web",
      name: "build/web",
      references: [],
    });
  });

  it("and what its bindings let whom do; a report of it is read back whole", async () => {
    const access = tree(folder, "access", ssh);
    const bound = {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { name: "ops", namespace: "shop" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "edit" },
      subjects: [{ kind: "ServiceAccount", name: "web" }],
    };
    writeFileSync(join(access.root, "deploy/binding.json"), JSON.stringify(bound));
    const { stdout } = await access.run("workload", "audit", ".", "--format", "json", "--quiet");
    const report = readReport(stdout);
    assert.equal([...renderJson(report)].join(""), stdout);
    const [relation, ...more] = report.relations.filter(({ type }) => type === "may");
    assert.deepEqual(more, []);
    assert.equal(relation?.from.id, "github.com/acme/shop//manifests/ServiceAccount/shop/web");
    assert.equal(relation?.to.id, "github.com/acme/shop//manifests/Namespace/shop/ClusterRole//edit");
    assert.match(relation?.evidence.permissions ?? "", /read Secrets/);
  });
});
