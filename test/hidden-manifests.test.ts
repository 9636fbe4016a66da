/** What a tree holds and an audit once did not see: found, or said to be unknown, from the command line. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, describe, test } from "node:test";
import { inProcess } from "./in-process.ts";

const home = mkdtempSync(join(tmpdir(), "bulkhead-hidden-"));
after(() => rmSync(home, { recursive: true, force: true }));
let trees = 0;

const POD = `apiVersion: v1
kind: Pod
metadata:
  name: evil
spec:
  hostPID: true
  containers:
  - name: a
    image: x
    securityContext:
      privileged: true
`;
const HARMLESS = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: good\ndata: {}\n";

interface Tree {
  readonly files: Readonly<Record<string, string | Buffer>>;
  readonly links?: Readonly<Record<string, string>>;
}

function made({ files, links = {} }: Tree): string {
  trees++;
  const root = join(home, String(trees));
  for (const [path, content] of Object.entries({ "good.yaml": HARMLESS, ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(root, path));
  return root;
}

const run = (root: string, ...words: readonly string[]) =>
  inProcess([...words, root, "--format", "plain"], { cwd: root, home });

const found: Readonly<Record<string, Tree>> = {
  "beside an empty layout": { files: { "oci-layout": "", "index.json": "{}", "deploy/pod.yaml": POD } },
  "an escaped key": { files: { "pod.yaml": POD.replace("kind", '"\\x6bind"') } },
  "an escaped key of JSON": {
    files: {
      "pod.json":
        '{"apiVersion":"v1","\\u006bind":"Pod","metadata":{"name":"evil"},"spec":{"containers":[{"name":"a","image":"x","securityContext":{"privileged":true}}]}}',
    },
  },
  "a key in two lines": { files: { "pod.yaml": POD.replace("kind:", '? "ki\\\n  nd"\n:') } },
  "a link to another name": { files: { "pod.txt": POD }, links: { "pod.yaml": "pod.txt" } },
  "no apiVersion": { files: { "pod.yaml": POD.replace("apiVersion: v1\n", "") } },
  "behind ---#": { files: { "pod.yaml": `${HARMLESS}---#x: |\n${POD.replace(/^/gm, "  ")}` } },
  "a list that says it is none": {
    files: { "pod.yaml": `${HARMLESS}items:\n- ${POD.trimEnd().replaceAll("\n", "\n  ")}\n` },
  },
  "a merge by a tag": {
    files: { "pod.yaml": POD.replace("privileged: true", '! "<<": {privileged: true}') },
  },
};

describe("an audit finds", () => {
  for (const [name, tree] of Object.entries(found)) {
    test(name, async () => {
      const { code, stdout } = await run(made(tree), "workload", "audit", "--details");
      assert.equal(code, 1, stdout);
      assert.match(stdout, /over workload\/privileged asset=Pod\/evil/);
    });
  }
});

const outside = join(home, "outside.yaml");
writeFileSync(outside, POD);
const unknown: Readonly<Record<string, Tree>> = {
  "UTF-16": { files: { "pod.yaml": Buffer.from(`\ufeff${POD}`, "utf16le") } },
  "a link out of the folder": { files: {}, links: { "pod.yaml": outside } },
  "installed packages": { files: { "node_modules/x/pod.yaml": POD } },
  "a key by a binary tag": { files: { "pod.yaml": POD.replace("hostPID", "!!binary aG9zdFBJRA==") } },
};

describe("an audit does not pass over", () => {
  for (const [name, tree] of Object.entries(unknown)) {
    test(name, async () => {
      const { code, stdout } = await run(made(tree), "workload", "audit", "--details");
      assert.equal(code, 3, stdout);
      assert.match(stdout, /unknown workload\/manifest-not-parsed/);
    });
  }
  test("but over packages without manifests", async () => {
    const root = made({ files: { "node_modules/x/package.json": '{"name": "x", "kind": "module"}' } });
    const { code, stdout } = await run(root, "workload", "audit");
    assert.equal(code, 0, stdout);
    assert.match(stdout, /scanned only for manifests: 1 \(node_modules\)/);
  });
});

describe("a layout hides nothing beside its own files from", () => {
  const tree = (): string =>
    made({
      files: {
        "oci-layout": '{"imageLayoutVersion": "1.0.0"}',
        "index.json": '{"schemaVersion": 2, "manifests": []}',
        Dockerfile: "FROM alpine:latest\nUSER root\n",
        "deploy/pod.yaml": POD,
        "app/package-lock.json": "{}",
      },
    });
  const asked: readonly [readonly string[], RegExp][] = [
    [["check"], /asset=Pod\/evil/],
    [["check"], /asset=Dockerfile/],
    [["build", "lint"], /asset=Dockerfile/],
    [["build", "deps"], /app\/package-lock\.json/],
  ];
  for (const [words, expected] of asked) {
    test(`${words.join(" ")}: ${expected.source}`, async () => {
      assert.match((await run(tree(), ...words)).stdout, expected);
    });
  }
});
