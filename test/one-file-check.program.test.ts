import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { checks } from "../src/checks/index.ts";
import { fixtureImage, tarOf, writeLayout } from "../src/engines/oci/image.fixture.ts";
import { inherited } from "./environment.ts";

/** A check is one file: put into its layer's folder it is listed, run over its subject, and its finding is in the report. */

const root = join(import.meta.dirname, "..");
const home = mkdtempSync(join(tmpdir(), "bulkhead-one-file-"));
after(() => rmSync(home, { recursive: true, force: true }));

/** By layer and subject: what its `needs` are. `network` has no folder yet: a layer comes with its first check. */
const planted = {
  "image image": 'config: "partial"',
  "image image-scope": 'inventory: "partial"',
  "build dockerfile": 'dockerfile: "partial"',
  "build lockfile": 'licenses: "partial"',
  "build sources": 'secrets: "partial"',
  "build pipelines": 'scans: "partial"',
  "workload workload": 'workload: "partial"',
  "cluster namespace": 'namespace: "partial"',
  "cluster cluster": 'manifests: "partial"',
  "network cluster": 'manifests: "partial"',
  "policy policy": 'policy: "partial"',
} as const;

function checkFile(layer: string, subject: string, needs: string): readonly [path: string, text: string] {
  const name = `planted-${subject}`;
  const constant = name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const id = `${layer}/${name}`;
  return [
    `src/checks/${layer}/${name}.ts`,
    `/** Planted by a test. */
export const ${constant} = {
  id: "${id}", title: "Planted things", layer: "${layer}", category: "configuration", controls: [], severity: "low",
  documentation: { what: "x", why: "x", fix: "x", references: [] },
  subject: "${subject}", needs: { ${needs} }, origins: ["kubernetes"], namespaces: "all", reads: [], applies: () => true,
  *evaluate() {
    yield {
      subject: "planted", severity: "low", title: "Found by the planted check", locations: [{ kind: "config", field: "x" }],
      matches: { ids: ["${id}"] }, evidence: {},
    };
  },
} as any;
`,
  ];
}

test("a check of any layer is one file: listed, run, and in the report", () => {
  const copy = join(home, "copy");
  for (const name of [
    "src",
    "bin",
    "scripts",
    "rules",
    "package.json",
    "tsconfig.json",
    "biome.json",
    ".gitignore",
    "docs",
  ]) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  const expected: string[] = [];
  for (const [key, needs] of Object.entries(planted)) {
    const [layer = "", subject = ""] = key.split(" ");
    const [path, text] = checkFile(layer, subject, needs);
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), text);
    expected.push(`${layer}/planted-${subject}`);
  }
  const run = (...written: readonly string[]) =>
    spawnSync(process.execPath, written, {
      cwd: copy,
      encoding: "utf8",
      env: { PATH: process.env.PATH, HOME: home, ...inherited },
    });
  const generated = run("scripts/generate.ts");
  assert.equal(generated.status, 0, generated.stderr);

  const tree = join(home, "tree");
  mkdirSync(join(tree, ".github", "workflows"), { recursive: true });
  writeFileSync(join(tree, "Dockerfile"), "FROM scratch\nUSER 10001\n");
  writeFileSync(join(tree, ".github/workflows/ci.yml"), "on: push\njobs: {a: {runs-on: x, steps: [{run: 'true'}]}}\n");
  writeFileSync(
    join(tree, "package-lock.json"),
    JSON.stringify({ lockfileVersion: 3, packages: { "": {}, "node_modules/a": { version: "1.0.0" } } }),
  );
  writeFileSync(
    join(tree, "pod.yaml"),
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\n" +
      "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop}\nspec: {containers: [{name: a, image: a}]}\n",
  );
  writeFileSync(join(tree, "bulkhead.yaml"), "apiVersion: bulkhead/v1\n");
  writeLayout(join(tree, "image"), { web: fixtureImage([{ tar: tarOf([{ name: "a", content: "a" }]) }]) });
  const { stdout, stderr } = run("bin/bulkhead.js", "check", tree, "--format", "json");
  assert.ok(stdout.startsWith("{"), stderr);
  const report = JSON.parse(stdout) as {
    readonly evaluations: readonly { readonly check: string; readonly findings: readonly unknown[] }[];
  };
  const found = report.evaluations.filter(({ findings }) => findings.length > 0).map(({ check }) => check);
  assert.deepEqual(
    expected.filter((id) => !found.includes(id)),
    [],
  );
  assert.ok(checks.every(({ id }) => !id.includes("/planted-")));
});
