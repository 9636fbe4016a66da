import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { factsOf, packagesOf, unreadOf } from "../../facts.fixture.ts";
import { holdsWhateverTheBytes, packageLines } from "../locked.fixture.ts";
import { pnpmLock } from "./pnpm-lock.ts";

const PATH = "app/pnpm-lock.yaml";
const SHA512 = Buffer.alloc(64, 3);
const INTEGRITY = `sha512-${SHA512.toString("base64")}`;

function read(text: string) {
  return factsOf(pnpmLock, PATH, text);
}

const VERSION_5 = `lockfileVersion: 5.4

specifiers:
  '@s/a': ^1.0.0

dependencies:
  '@s/a': 1.2.3_b@2.0.0
  own: link:../own

devDependencies:
  tool: /real/3.0.0

packages:

  /@s/a/1.2.3_b@2.0.0:
    resolution: {integrity: ${INTEGRITY}}
    peerDependencies:
      b: ^2.0.0
    dependencies:
      b: 2.0.0
      git: github.com/o/git/0123
    dev: false

  /b/2.0.0:
    resolution: {integrity: ${INTEGRITY}}
    optionalDependencies:
      fsevents: 1.0.0
    dev: false

  /fsevents/1.0.0:
    resolution: {integrity: ${INTEGRITY}}
    optional: true
    dev: false

  /real/3.0.0:
    resolution: {integrity: ${INTEGRITY}}
    dev: true

  registry.example.org/mirrored/5.0.0:
    resolution: {integrity: ${INTEGRITY}}
    dev: true

  github.com/o/git/0123:
    resolution: {tarball: https://codeload.github.com/o/git/tar.gz/0123}
    name: git
    version: 4.0.0
    dev: false

  file:../copied:
    resolution: {directory: ../copied, type: directory}
    name: copied
    version: 0.1.0
    dev: false
`;

const VERSION_6 = `lockfileVersion: '6.0'

importers:

  .:
    dependencies:
      '@s/a':
        specifier: ^1.0.0
        version: 1.2.3(b@2.0.0)

  packages/web:
    dependencies:
      '@s/a':
        specifier: ^1.0.0
        version: 1.2.3(b@2.1.0)
    devDependencies:
      tool:
        specifier: npm:real@3
        version: /real@3.0.0

packages:

  /@s/a@1.2.3(b@2.0.0):
    resolution: {integrity: ${INTEGRITY}}
    dependencies:
      b: 2.0.0
    dev: false

  /@s/a@1.2.3(b@2.1.0):
    resolution: {integrity: ${INTEGRITY}}
    dependencies:
      b: 2.1.0
    dev: false

  /b@2.0.0:
    resolution: {integrity: ${INTEGRITY}}
    dev: false

  /b@2.1.0:
    resolution: {integrity: ${INTEGRITY}}
    dev: false

  /real@3.0.0:
    resolution: {integrity: ${INTEGRITY}}
    deprecated: |-
      no longer: kept
      at all
    dev: true
`;

const VERSION_9 = `lockfileVersion: '9.0'

settings:
  autoInstallPeers: true

importers:

  .:
    dependencies:
      '@s/a':
        specifier: ^1.0.0
        version: 1.2.3(b@2.0.0)
      own:
        specifier: workspace:*
        version: link:packages/own
    optionalDependencies:
      native:
        specifier: '1'
        version: 1.0.0
    devDependencies:
      tool:
        specifier: npm:real@3
        version: real@3.0.0

packages:

  '@s/a@1.2.3':
    resolution: {integrity: ${INTEGRITY}}
    engines: {node: '>= 8'}
    peerDependencies:
      b: ^2.0.0

  b@2.0.0:
    resolution: {integrity: ${INTEGRITY}}

  copied@file:copied:
    resolution: {directory: copied, type: directory}

  git@https://codeload.github.com/o/git/tar.gz/0123:
    resolution: {tarball: https://codeload.github.com/o/git/tar.gz/0123}
    version: 4.0.0

  native@1.0.0:
    resolution: {integrity: ${INTEGRITY}}

  real@3.0.0:
    resolution: {integrity: ${INTEGRITY}}

  shared@1.0.0:
    resolution: {integrity: ${INTEGRITY}}

snapshots:

  '@s/a@1.2.3(b@2.0.0)':
    dependencies:
      b: 2.0.0
      git: https://codeload.github.com/o/git/tar.gz/0123
    optionalDependencies:
      native: 1.0.0

  b@2.0.0: {}

  copied@file:copied: {}

  git@https://codeload.github.com/o/git/tar.gz/0123: {}

  native@1.0.0:
    dependencies:
      shared: 1.0.0
    optional: true

  real@3.0.0:
    dependencies:
      shared: 1.0.0

  shared@1.0.0: {}
`;

describe("pnpm-lock.yaml", () => {
  test("version 5: names, versions and peers parted by slashes and underscores", () => {
    assert.deepEqual(packageLines(read(VERSION_5)), [
      "@s/a@1.2.3 direct -> b@2.0.0, git@4.0.0",
      "b@2.0.0 -> fsevents@1.0.0",
      "fsevents@1.0.0 optional",
      "git@4.0.0",
      "mirrored@5.0.0 development",
      "real@3.0.0 direct development",
    ]);
    assert.deepEqual(packagesOf(read(VERSION_5))[0]?.hashes, { sha512: SHA512.toString("hex") });
  });

  test("version 6: one package with two sets of peers is one, with the dependencies of both", () => {
    assert.deepEqual(packageLines(read(VERSION_6)), [
      "@s/a@1.2.3 direct -> b@2.0.0, b@2.1.0",
      "b@2.0.0",
      "b@2.1.0",
      "real@3.0.0 direct development",
    ]);
  });

  test("version 9: the graph is in the snapshots, and the ways from the project tell the usage", () => {
    assert.deepEqual(packageLines(read(VERSION_9)), [
      "@s/a@1.2.3 direct -> b@2.0.0, git@4.0.0, native@1.0.0",
      "b@2.0.0",
      "git@4.0.0",
      "native@1.0.0 direct optional -> shared@1.0.0",
      "real@3.0.0 direct development -> shared@1.0.0",
      "shared@1.0.0 optional",
    ]);
    assert.deepEqual(unreadOf(read(VERSION_9)), []);
  });

  test("a document before the project's locks pnpm itself", () => {
    const first = `---
lockfileVersion: '9.0'

importers:

  .:
    packageManagerDependencies:
      pnpm:
        specifier: 12.0.0
        version: 12.0.0

packages:

  pnpm@12.0.0:
    resolution: {integrity: ${INTEGRITY}}

snapshots:

  pnpm@12.0.0: {}

---
`;
    const lines = packageLines(read(first + VERSION_9));
    assert.deepEqual(
      lines.filter((line) => line.startsWith("pnpm@")),
      ["pnpm@12.0.0 direct development"],
    );
    assert.equal(lines.length, packageLines(read(VERSION_9)).length + 1);
  });

  test("a project without dependencies", () => {
    assert.deepEqual(packageLines(read("lockfileVersion: '9.0'\n\nimporters:\n\n  .: {}\n")), []);
  });

  test("what is no lockfile is unreadable", () => {
    for (const text of ["words\n", "a: 1\n", "lockfileVersion: x\n", "lockfileVersion: 6\npackages: &a\n"]) {
      assert.equal(read(text)?.kind, "unreadable", text);
    }
  });

  test("an entry without a version is said, and the others are still there", () => {
    const facts = read("lockfileVersion: '9.0'\npackages:\n  a: {}\n  b@1.0.0:\n");
    assert.deepEqual(packageLines(facts), ["b@1.0.0"]);
    assert.deepEqual(unreadOf(facts), ["the package a (a) states no version"]);
  });

  test("whatever the bytes, an answer", () => {
    for (const text of [VERSION_5, VERSION_6, VERSION_9]) holdsWhateverTheBytes(pnpmLock, PATH, text, 120);
  });
});
