import assert from "node:assert/strict";
import { test } from "node:test";
import { folderAnalyserFor } from "../../contents/analysers.ts";
import { withDirect } from "./direct.ts";

function direct(path: string, text: string, manifests: Readonly<Record<string, string>>): string[] {
  const facts = folderAnalyserFor(path)?.analyse({ path, bytes: Buffer.from(text), companions: new Map() });
  assert.equal(facts?.kind, "packages");
  const records = withDirect({ path, text, packages: facts.packages, complete: true }, (name) => manifests[name]);
  return records.map(({ name, version, direct: is }) => `${name} ${version} ${is}`);
}

const YARN = `a@^1:
  version "1.5.0"
  dependencies:
    b "^1"

b@^1:
  version "1.0.0"

b@^2:
  version "2.0.0"

"c@npm:d@^1":
  version "1.0.0"
`;

test("yarn.lock: the version that answers the manifest's range, under its own name", () => {
  const manifest = JSON.stringify({ dependencies: { b: "^2", c: "npm:d@^1" } });
  assert.deepEqual(direct("app/yarn.lock", YARN, { "app/package.json": manifest }), [
    "a 1.5.0 false",
    "b 1.0.0 false",
    "b 2.0.0 true",
    "d 1.0.0 true",
  ]);
});

test("without a manifest, or with workspaces, nobody tells", () => {
  for (const manifests of [{}, { "package.json": "{" }, { "package.json": '{"workspaces":["a"]}' }]) {
    assert.equal(direct("yarn.lock", YARN, manifests)[0], "a 1.5.0 undefined");
  }
});

test("composer.lock, Pipfile.lock and poetry.lock, by names", () => {
  const composer = JSON.stringify({
    packages: [
      { name: "acme/a", version: "1" },
      { name: "acme/b", version: "1" },
    ],
  });
  assert.deepEqual(direct("composer.lock", composer, { "composer.json": '{"require":{"Acme/A":"^1"}}' }), [
    "acme/a 1 true",
    "acme/b 1 false",
  ]);
  const pipfile = JSON.stringify({ default: { "foo-bar": { version: "==1" }, b: { version: "==1" } } });
  assert.deepEqual(direct("Pipfile.lock", pipfile, { Pipfile: '[packages]\nFoo_Bar = "*"\n' }), [
    "foo-bar 1 true",
    "b 1 false",
  ]);
  const poetry =
    '[[package]]\nname = "a"\nversion = "1"\n\n[[package]]\nname = "b"\nversion = "1"\n\n[[package]]\nname = "c"\nversion = "1"\n';
  const project =
    '[project]\ndependencies = ["a>=1"]\n\n[tool.poetry.group.dev.dependencies]\nc = { git = "https://h/c" }\n';
  assert.deepEqual(direct("poetry.lock", poetry, { "pyproject.toml": project }), ["a 1 true", "b 1 false", "c 1 true"]);
});
