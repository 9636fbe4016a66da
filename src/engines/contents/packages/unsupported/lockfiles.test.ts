import assert from "node:assert/strict";
import { test } from "node:test";
import { folderAnalyserFor } from "../../analysers.ts";
import { factsOf } from "../../facts.fixture.ts";
import { unreadLockfiles } from "./lockfiles.ts";

test("lockfiles that are not read are named, and none of them counts as empty", () => {
  const files: readonly (readonly [path: string, text: string, of: string])[] = [
    [
      "Manifest.toml",
      'julia_version = "1.9.0"\nmanifest_format = "2.0"\n\n[[deps.HTTP]]\nversion = "1.0.0"\n',
      "Julia",
    ],
    ["a/Manifest.toml", '[[Dates]]\ndeps = ["Printf"]\n', "Julia"],
    ["stack.yaml.lock", "packages: []\n", "Haskell (Stack)"],
    ["cabal.project.freeze", "constraints: any.aeson ==2.0\n", "Haskell (Cabal)"],
    ["vcpkg.json", '{"dependencies":["zlib"]}', "vcpkg"],
    ["flake.lock", '{"nodes":{},"version":7}', "Nix"],
    ["x.opam.locked", 'opam-version: "2.0"\n', "opam"],
    ["Cartfile.resolved", 'github "a/b" "1.0"\n', "Carthage"],
    ["third_party/maven_install.json", "{}", "Bazel"],
    ["manifest.toml", 'packages = [\n  { name = "gleam_stdlib", version = "0.34.0" },\n]\n', "Gleam"],
    ["elm.json", '{"elm-version":"0.19.1"}', "Elm"],
    [
      "infra/.terraform.lock.hcl",
      '# made by "terraform init"\nprovider "registry.terraform.io/hashicorp/aws" {\n  version = "5.0.0"\n}\n',
      "Terraform and OpenTofu",
    ],
  ];
  for (const [path, text, of] of files) {
    const analyser = folderAnalyserFor(path);
    assert.ok(analyser !== undefined && unreadLockfiles.includes(analyser), path);
    assert.deepEqual(factsOf(analyser, path, text), {
      ...{ kind: "unreadable", code: "contents.lockfile-not-read", reason: `lockfiles of ${of} are not read` },
    });
  }
});

test("a file of another program that goes by such a name is none", () => {
  for (const [path, text] of [
    ["Manifest.toml", 'title = "site"\n'],
    ["manifest.toml", 'name = "app"\n'],
    ["elm.json", "{}"],
    [".terraform.lock.hcl", "# nothing is locked yet\n"],
  ] as const) {
    const analyser = folderAnalyserFor(path);
    assert.ok(analyser !== undefined);
    assert.deepEqual(factsOf(analyser, path, text), { kind: "packages", packages: [], unread: [] }, path);
  }
});

test("the lockfile of a chart pins manifests, which are judged as such", () => {
  assert.equal(folderAnalyserFor("chart/Chart.lock"), undefined);
});
