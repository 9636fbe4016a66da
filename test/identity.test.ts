/** Who an asset belongs to, from the command line: the repository that a directory says it is of. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { bulkhead } from "./bulkhead.ts";

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
  run(...words: readonly string[]): ReturnType<typeof bulkhead>;
  /** What is read of the JSON report. */
  report(...words: readonly string[]): Promise<Reported>;
}

interface Reported {
  readonly exitCode: number;
  readonly notes: readonly string[];
  readonly baseline?: Readonly<Record<string, number>>;
  readonly controls: readonly { readonly number: number; readonly coverage: { judged: number; total: number } }[];
  readonly evaluations: readonly {
    readonly check: string;
    readonly asset: Readonly<Record<string, unknown>>;
    readonly findings: readonly { readonly fingerprint: string }[];
    readonly excepted: readonly unknown[];
  }[];
}

/** A checkout with one workload and one Dockerfile. @param remote - absent: it is in no repository */
function tree(context: TestContext, remote?: string): Tree {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-identity-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const root = join(folder, "checkout");
  mkdirSync(join(root, "deploy"), { recursive: true });
  writeFileSync(join(root, "deploy/web.yaml"), manifest);
  writeFileSync(join(root, "Dockerfile"), "FROM debian\n");
  if (remote !== undefined) {
    mkdirSync(join(root, ".git"));
    writeFileSync(join(root, ".git/HEAD"), "ref: refs/heads/main\n");
    writeFileSync(join(root, ".git/config"), `[remote "origin"]\n\turl = ${remote}\n`);
  }
  const run = (...words: readonly string[]) => bulkhead(words, { cwd: root, home: folder });
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

const ssh = "git@github.com:acme/shop.git";
const https = `https://ann:${["to", "ken"].join("")}@github.com/acme/shop`;

test("one repository has the same fingerprints cloned by ssh and by https, and shows no credentials", async (t) => {
  const [one, other] = await Promise.all([tree(t, ssh).report("check", "."), tree(t, https).report("check", ".")]);
  assert.ok(fingerprints(one).size > 10);
  assert.deepEqual(fingerprints(one), fingerprints(other));
  assert.ok(!JSON.stringify(other).includes(["to", "ken"].join("")));
  const ids = one.evaluations.map(({ asset }) => asset.id as string);
  assert.ok(ids.includes("github.com/acme/shop//deploy/Deployment/shop/web"));
  assert.ok(ids.every((id) => id.startsWith("github.com/acme/shop//")));
});

test("a part of the repository that is scanned alone has the same workloads", async (t) => {
  const place = tree(t, ssh);
  const [whole, part] = await Promise.all([
    place.report("workload", "audit", "."),
    place.report("workload", "audit", "deploy"),
  ]);
  const workloads = ({ evaluations }: Reported) =>
    fingerprints({ evaluations: evaluations.filter(({ asset }) => asset.kind === "workload") } as unknown as Reported);
  assert.ok(workloads(whole).size > 5);
  assert.deepEqual(workloads(part), workloads(whole));
});

test("two repositories with equal files share no fingerprint", async (t) => {
  const reports = await Promise.all(
    [ssh, "git@github.com:acme/other.git", undefined].map((remote) => tree(t, remote).report("check", ".")),
  );
  const all = reports.map(fingerprints);
  assert.equal(
    new Set(all.flatMap((some) => [...some])).size,
    all.reduce((sum, { size }) => sum + size, 0),
  );
});

test("entries of another repository take nothing out, and the report says how many there are", async (t) => {
  const victim = tree(t, ssh);
  const known = join(victim.root, "..", "known.json");
  await victim.run("check", ".", "--write-baseline", known, "--quiet");
  const own = await victim.report("check", ".", "--baseline", known);
  assert.ok((own.baseline?.known ?? 0) > 10);
  assert.equal(own.baseline?.foreign, 0);

  const other = await tree(t, "https://github.com/acme/other").report("check", ".", "--baseline", known);
  const entries = own.baseline?.entries;
  assert.deepEqual(
    { ...other.baseline, name: 0 },
    { name: 0, entries, known: 0, risen: 0, gone: 0, unjudged: 0, foreign: entries },
  );
  assert.equal(other.exitCode, 1);
  const shown = await tree(t).run("check", ".", "--baseline", known);
  assert.match(
    shown.stdout,
    /^baseline: .*: 0 findings set apart, \d+ entries of another repository or cluster: they do not count here$/m,
  );
});

test("a tree that claims another's remote gets neither its baseline nor its exceptions", async (t) => {
  const victim = tree(t, ssh);
  await victim.run("check", ".", "--write-baseline", "bulkhead-baseline.json", "--quiet");
  const attacker = tree(t, https);
  for (const name of ["bulkhead-baseline.json", "known.json"]) {
    writeFileSync(join(attacker.root, name), readFileSync(join(victim.root, "bulkhead-baseline.json")));
  }
  // Nothing is looked for by the claim: only the caller brings a baseline.
  const report = await attacker.report("check", ".");
  assert.equal(report.baseline, undefined);
  assert.equal(report.exitCode, 1);

  // An exception goes by the place in what is scanned, which the caller chose, and never by the claim.
  const policy = join(victim.root, "..", "policy.yaml");
  const exception = (asset: string) =>
    writeFileSync(
      policy,
      `apiVersion: bulkhead/v1\nexceptions:\n  - asset: "${asset}"\n    reason: r\n    owner: o\n    expires: 2999-01-01\n`,
    );
  const excepted = async () => {
    const { evaluations } = await attacker.report("check", ".", "--policy", policy);
    return evaluations.reduce((sum, one) => sum + one.excepted.length, 0);
  };
  for (const pattern of ["github.com/acme/shop//deploy/Deployment/shop/web", "github.com/acme/shop//Dockerfile"]) {
    exception(pattern);
    assert.equal(await excepted(), 0, pattern);
  }
  exception("deploy/Deployment/shop/web");
  assert.ok((await excepted()) > 5);
});

test("a directory that no remote names says so where a baseline is used, and is no repository's", async (t) => {
  const place = tree(t);
  const known = join(place.root, "..", "known.json");
  const written = await place.report("check", ".", "--write-baseline", known);
  assert.ok(written.notes.some((note) => /in no Git work tree, so baseline entries .* under local\/\//.test(note)));
  assert.ok((await place.report("check", ".")).notes.every((note) => !note.includes("local//")));
  // Another checkout of it needs no other baseline, and one with a remote has none of its entries.
  assert.ok(((await tree(t).report("check", ".", "--baseline", known)).baseline?.known ?? 0) > 10);
  assert.equal((await tree(t, ssh).report("check", ".", "--baseline", known)).baseline?.known, 0);
});

test("a broken layout counts as 0 of 1 images in controls 1 and 2", async (t) => {
  const place = tree(t, ssh);
  mkdirSync(join(place.root, "build/web"), { recursive: true });
  writeFileSync(join(place.root, "build/web/oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(join(place.root, "build/web/index.json"), "{");
  const { controls, evaluations } = await place.report("check", ".");
  for (const number of [1, 2]) {
    const { coverage } = controls.find((control) => control.number === number) ?? {};
    assert.deepEqual([coverage?.judged, coverage?.total], [0, 1], `control ${number}`);
  }
  const image = evaluations.find(({ asset }) => asset.kind === "image")?.asset;
  assert.deepEqual(image, {
    kind: "image",
    id: "build/web",
    identifiedBy: "reference",
    lineage: "github.com/acme/shop//build/web",
    name: "build/web",
    references: [],
  });
});
