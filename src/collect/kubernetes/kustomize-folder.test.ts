import assert from "node:assert/strict";
import { symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { runs } from "../../core/runs.fixture.ts";
import { treeOf } from "../tree/tree.fixture.ts";
import { bounds } from "./bounds.ts";
import { readKustomizeFolder } from "./kustomize-folder.ts";

function read(kustomization: string, files: Readonly<Record<string, string>> = {}) {
  using tree = treeOf({ "ov/kustomization.yaml": kustomization, ...files });
  return readKustomizeFolder(tree.root, "ov");
}

const refusalOf = (kustomization: string) => read(kustomization).refusal ?? "";

test("resources, patches and bases are told apart", () => {
  const text = `
resources: [web.yaml, ../base, missing.yaml]
components: [../part]
patches:
- path: p/one.yaml
- patch: "- {op: remove, path: /a:b}"
  target: { kind: "x:y" }
patchesStrategicMerge:
- two.yaml
- |-
  apiVersion: v1
  kind: Pod
  metadata: { name: web }
  spec: { image: "https://example.test/" }
patchesJson6902: [{ path: three.json, target: { kind: Pod, name: x } }]
replacements: [{ path: four.yaml }, { source: { kind: Pod, fieldPath: "a:b" } }]
configMapGenerator: [{ name: x, literals: ["url=https://example.test/"], files: [key=conf.yaml] }]
images: [{ name: web, newName: "localhost:5000/web" }]
`;
  const files = ["web.yaml", "p/one.yaml", "two.yaml", "three.json", "four.yaml", "conf.yaml"];
  const found = read(text, {
    ...Object.fromEntries(files.map((name) => [`ov/${name}`, ""])),
    "base/kustomization.yaml": "",
    "part/kustomization.yaml": "",
  });
  assert.deepEqual(found, {
    folder: "ov",
    isComponent: false,
    resources: ["ov/web.yaml"],
    patches: ["ov/p/one.yaml", "ov/two.yaml", "ov/three.json", "ov/four.yaml"],
    bases: ["base", "part"],
  });
  assert.equal(read("kind: Component\n").isComponent, true);
});

test("a file that kustomize would not load is nobody's patch", () => {
  const found = read("patches: [{ path: ../prod.yaml }]\nresources: [../prod.yaml]\n", { "prod.yaml": "" });
  assert.deepEqual([found.patches, found.resources], [[], []]);
});

test("what may be fetched is refused wherever it stands, and however it is written", () => {
  for (const address of [
    "https://example.test/a.yaml",
    "HTTP://example.test/a.yaml",
    "github.com/example/app",
    "GitHub.com/example/app?ref=v1",
    "git@example.test:app",
    "ssh://git@example.test/app",
    "git::https://example.test/app",
    "file:///etc",
    "gh:example/app",
    "example.test/app.git//base",
  ]) {
    const text = JSON.stringify(address);
    for (const kustomization of [
      `resources: [${text}]`,
      `Resources: [${text}]`,
      `bases: [${text}]`,
      `components: [${text}]`,
      `patches: [{ path: ${text} }]`,
      `patches: [{ PATH: ${text} }]`,
      `patchesStrategicMerge: [${text}]`,
      `configMapGenerator: [{ files: ["k=" , ${text}] }]`,
      `secretGenerator: [{ envs: [${text}] }]`,
      `openapi: { path: ${text} }`,
      `crds: [${text}]`,
      `unheard: { of: [${text}] }`,
      `patches: [${text}]`,
      `patches: [{ options: {}, Path: [${text}] }]`,
      `patches: [{ unheard: ${text} }]`,
      `patches: [{ patch: ${JSON.stringify(`${/^[a-z]+:\/\//i.test(address) ? "" : "https://"}${address}`)} }]`,
      `replacements: [${text}]`,
      JSON.stringify({ resources: [address] }),
    ]) {
      assert.match(refusalOf(kustomization), /may be fetched from elsewhere/, kustomization);
    }
  }
});

test("plugins, charts, and what cannot be read for certain are refused", () => {
  assert.match(refusalOf("generators: [x.yaml]"), /custom generators/);
  assert.match(refusalOf("Transformers: [x.yaml]"), /custom transformers/);
  assert.match(refusalOf("tran\u017fformer\u017f: [x.yaml]"), /custom transformers/);
  assert.match(refusalOf("validators: [x.yaml]"), /custom validators/);
  assert.match(refusalOf("helmCharts: [{ name: x }]"), /Helm charts/);
  assert.match(refusalOf("resources: [a]\nresources: [b]\n"), /twice/);
  for (const separator of ["\u0085", "\u2028", "\u2029", "\r"]) {
    assert.match(refusalOf(`#${separator}resources: ["https://example.test/"]\n`), /line separator/);
  }
  assert.equal(refusalOf("#\r\nresources: []\r\n"), "");
  assert.match(refusalOf("a: 1\n---\nresources: [b]\n"), /several documents/);
  assert.match(refusalOf("- a\n"), /not a map/);
  assert.match(refusalOf("a: [\n"), /not all programs read alike/);
  assert.match(refusalOf("# {{ a }}\nresources: [b]\n---\n"), /several documents/);
  assert.match(read("", { "ov/kustomization.yml": "" }).refusal ?? "", /several kustomizations/);
  const many = Array.from({ length: bounds.kustomizationPaths + 1 }, (_, index) => `f${index}`);
  assert.match(refusalOf(JSON.stringify({ resources: many })), /more than \d+ paths/);
  assert.equal(read("").refusal, undefined);
});

test("a form that not all programs read alike is refused, whatever it says", () => {
  for (const kustomization of [
    "patches: [{!!merge path: http://127.0.0.1/}]",
    "patches: [{! path: http://127.0.0.1/}]",
    'patches: [{!!str "path": http://127.0.0.1/}]',
    "patches:\n- !!merge path: http://127.0.0.1/",
    "resources: &a [x]\nbases: *a",
    "x: &a {path: x}\npatches: [{<<: *a}]",
    "? resources\n: [x]",
    "!!map {resources: [x]}",
    "%YAML 1.1\n---\nresources: [x]",
    "resources: [x]\n---#x: |\nbases: [y]",
    "---#x: |\nbases: [y]",
    "patches: [{path:}]",
    "\ufeffresources: [x]",
    "a: 1\n\ufeffresources: [x]",
    "a: \u0000\nresources: [x]",
  ]) {
    assert.match(
      refusalOf(kustomization),
      /not all programs (?:read alike|end a line at)|several documents|cannot be read/,
      kustomization,
    );
  }
  assert.match(refusalOf('"\\x72esources": ["https://example.test/"]'), /may be fetched/);
  assert.equal(refusalOf("---\nresources: [x]\n"), "");
  using wide = treeOf({ "ov/x": "" });
  writeFileSync(join(wide.root, "ov/kustomization.yaml"), Buffer.from("\ufeffresources: [x]\n", "utf16le"));
  assert.match(readKustomizeFolder(wide.root, "ov").refusal ?? "", /not a file of UTF-8/);
  using linked = treeOf({ "ov/x": "", "other.yaml": "resources: [x]\n" });
  symlinkSync("../other.yaml", join(linked.root, "ov/kustomization.yaml"));
  assert.match(readKustomizeFolder(linked.root, "ov").refusal ?? "", /symbolic link/);
});

test("a text that is trimmed into another name, or is no object in place of a path, is refused", () => {
  for (const kustomization of [
    'patches: [{ path: " p.yaml" }]',
    'patches: [{ path: "../../p.yaml\\n" }]',
    'resources: ["../../x "]',
    "patchesStrategicMerge:\n- |\n  ../../x\n",
    "patchesStrategicMerge:\n- |\n  kind: Pod\n  !!merge path: x\n",
  ]) {
    assert.match(refusalOf(kustomization), /may not be a file name/, kustomization);
  }
  assert.match(refusalOf("resources: [app.example/team/base]"), /may be fetched/);
});

test("nothing outside of the tree is reached, by path or by link", () => {
  for (const path of ["../..", "../../elsewhere", "/etc", "/etc/hostname"]) {
    assert.match(refusalOf(`resources: [${path}]`), /outside the scanned directory/, path);
  }
  using tree = treeOf({ "kustomization.yaml": "resources: [out]\n", "in/x": "" });
  symlinkSync(tmpdir(), join(tree.root, "out"));
  assert.match(readKustomizeFolder(tree.root, "").refusal ?? "", /outside the scanned directory/);
  assert.match(readKustomizeFolder(tree.root, "in").refusal ?? "", /no kustomization/);
});

test("whatever a kustomization holds, it is read or refused", () => {
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: "small" },
      fc.string(),
      fc.constantFrom(null, true, 0, "..", "a\0b", "__proto__"),
      fc.array(tie("any"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom("path", "files", "resources", "patches", "name", "__proto__"), tie("any")),
    ),
  })).any;
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom("resources", "patches", "configMapGenerator", "kind", "generators"), value),
      (kustomization) => {
        const { folder, patches, resources, bases } = read(JSON.stringify(kustomization));
        assert.equal(folder, "ov");
        for (const path of [...patches, ...resources, ...bases]) assert.doesNotMatch(path, /^(?:\/|\.\.(?:\/|$))/);
      },
    ),
    runs(200),
  );
});
