import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { unreadOf } from "../facts.fixture.ts";
import { withoutCredentials } from "./origin.ts";
import { readLock, told } from "./told.fixture.ts";

const COMMIT = "0123456789".repeat(4);
const SHA1 = "ab".repeat(20);
const SHA256 = "cd".repeat(32);
const SHA512 = "ef".repeat(64);
const SRI = `sha512-${Buffer.from(SHA512, "hex").toString("base64")}`;

const registry = (url: string) => ({ kind: "registry" as const, url });
const git = (url: string, revision: string) => ({ kind: "git" as const, url, revision });

describe("where packages come from, as lockfiles say", () => {
  test("package-lock.json of version 3", () => {
    const lock = {
      lockfileVersion: 3,
      packages: {
        "": { dependencies: { a: "^1" } },
        "node_modules/a": {
          version: "1.0.0",
          resolved: "https://user:pass@registry.example/a/-/a-1.0.0.tgz",
          integrity: `${SRI} sha1-${Buffer.from(SHA1, "hex").toString("base64")}`,
          hasInstallScript: true,
        },
        "node_modules/b": { version: "1.0.0", resolved: `git+ssh://git@github.example/o/b.git#${COMMIT}` },
        "node_modules/c": { version: "1.0.0", resolved: "file:c-1.0.0.tgz" },
        "node_modules/d": { version: "1.0.0", inBundle: true },
        "node_modules/e": { version: "1.0.0", resolved: `https://codeload.github.com/o/e/tar.gz/${COMMIT}` },
      },
    };
    assert.deepEqual(told("package-lock.json", JSON.stringify(lock, undefined, 1)), {
      a: {
        fetchedFrom: registry("https://registry.example/a/-/a-1.0.0.tgz"),
        hashes: { sha512: SHA512, sha1: SHA1 },
        installScript: true,
        line: 9,
      },
      b: { fetchedFrom: git("ssh://git@github.example/o/b.git", COMMIT), line: 15 },
      c: { fetchedFrom: { kind: "file", url: "file:c-1.0.0.tgz" }, line: 19 },
      d: { line: 23 },
      e: {
        fetchedFrom: { kind: "url", url: `https://codeload.github.com/o/e/tar.gz/${COMMIT}`, revision: COMMIT },
        line: 27,
      },
    });
  });

  test("package-lock.json of version 1", () => {
    const lock = {
      lockfileVersion: 1,
      dependencies: {
        a: {
          version: "1.0.0",
          resolved: "http://registry.example/a/-/a-1.0.0.tgz",
          dependencies: { b: { version: `github:o/b#${COMMIT}` } },
        },
      },
    };
    assert.deepEqual(told("package-lock.json", JSON.stringify(lock, undefined, 1)), {
      a: { fetchedFrom: registry("http://registry.example/a/-/a-1.0.0.tgz"), line: 4 },
      b: { fetchedFrom: git("github:o/b", COMMIT), line: 8 },
    });
  });

  test("yarn.lock", () => {
    const classic = `# yarn lockfile v1


a@^1:
  version "1.0.0"
  resolved "https://registry.yarnpkg.com/a/-/a-1.0.0.tgz#${SHA1}"

b@o/b:
  version "1.0.0"
  resolved "https://codeload.github.com/o/b/tar.gz/${COMMIT}"

c@git+https://host/c.git:
  version "1.0.0"
  resolved "git+https://host/c.git#${COMMIT}"
`;
    assert.deepEqual(told("yarn.lock", classic), {
      a: {
        fetchedFrom: registry("https://registry.yarnpkg.com/a/-/a-1.0.0.tgz"),
        hashes: { sha1: SHA1 },
        line: 4,
      },
      b: {
        fetchedFrom: { kind: "url", url: `https://codeload.github.com/o/b/tar.gz/${COMMIT}`, revision: COMMIT },
        line: 8,
      },
      c: { fetchedFrom: git("https://host/c.git", COMMIT), line: 12 },
    });
    const berry = `__metadata:
  version: 8
  cacheKey: 10c0

"a@npm:^1":
  version: 1.0.0
  resolution: "a@npm:1.0.0"
  checksum: 10c0/${SHA512}
  languageName: node
  linkType: hard

"b@https://github.com/o/b.git":
  version: 1.0.0
  resolution: "b@https://github.com/o/b.git#commit=${COMMIT}"
  linkType: hard

"c@npm:^1":
  version: 1.0.0
  resolution: "c@npm:1.0.0::__archiveUrl=https%3A%2F%2Fregistry.example%2Fc%2F-%2Fc-1.0.0.tgz"
  linkType: hard
`;
    assert.deepEqual(told("yarn.lock", berry), {
      a: { files: { "yarn 10c0": `sha512:${SHA512}` }, line: 5 },
      b: { fetchedFrom: git("https://github.com/o/b.git", COMMIT), line: 12 },
      c: { fetchedFrom: registry("https://registry.example/c/-/c-1.0.0.tgz"), line: 17 },
    });
  });

  test("pnpm-lock.yaml", () => {
    const lock = `lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      a:
        specifier: ^1
        version: 1.0.0
packages:
  a@1.0.0:
    resolution: {integrity: ${SRI}, tarball: https://registry.example/a/-/a-1.0.0.tgz}
    requiresBuild: true
  b@https://codeload.github.com/o/b/tar.gz/${COMMIT}:
    resolution: {tarball: https://codeload.github.com/o/b/tar.gz/${COMMIT}}
    version: 1.0.0
  c@git+https://host/c.git#${COMMIT}:
    resolution: {commit: ${COMMIT}, repo: https://host/c.git, type: git}
    version: 1.0.0
snapshots:
  a@1.0.0: {}
`;
    assert.deepEqual(told("pnpm-lock.yaml", lock), {
      a: {
        fetchedFrom: registry("https://registry.example/a/-/a-1.0.0.tgz"),
        hashes: { sha512: SHA512 },
        installScript: true,
        line: 9,
      },
      b: {
        fetchedFrom: { kind: "url", url: `https://codeload.github.com/o/b/tar.gz/${COMMIT}`, revision: COMMIT },
        line: 12,
      },
      c: { fetchedFrom: git("https://host/c.git", COMMIT), line: 15 },
    });
  });

  test("bun.lock and deno.lock", () => {
    const bun = `{
  "lockfileVersion": 1,
  "workspaces": { "": { "dependencies": { "a": "^1" } } },
  "packages": {
    "a": ["a@1.0.0", "https://registry.example/a/-/a-1.0.0.tgz", {}, "${SRI}"],
    "b": ["b@github:o/b#0123456", {}, "o-b-0123456"],
    "c": ["c@1.0.0", "", {}, "${SRI}"],
  }
}`;
    assert.deepEqual(told("bun.lock", bun), {
      a: { fetchedFrom: registry("https://registry.example/a/-/a-1.0.0.tgz"), hashes: { sha512: SHA512 }, line: 5 },
      b: { fetchedFrom: git("github:o/b", "0123456"), line: 6 },
      c: { hashes: { sha512: SHA512 }, line: 7 },
    });
    const deno = JSON.stringify({ version: "5", npm: { "a@1.0.0": { integrity: SRI, scripts: true } } }, undefined, 1);
    assert.deepEqual(told("deno.lock", deno), { a: { hashes: { sha512: SHA512 }, installScript: true, line: 4 } });
  });

  test("poetry.lock, uv.lock, pdm.lock and pylock.toml", () => {
    const poetry = `[[package]]
name = "a"
version = "1.0"
files = [
  {file = "a-1.0-py3-none-any.whl", hash = "sha256:${SHA256}"},
  {file = "a-1.0.tar.gz", hash = "sha256:${SHA256}"},
]

[[package]]
name = "b"
version = "1.0"

[package.source]
type = "git"
url = "https://host/b.git"
reference = "main"
resolved_reference = "${COMMIT}"

[[package]]
name = "c"
version = "1.0"

[package.source]
type = "legacy"
url = "https://index.example/simple"

[metadata]
lock-version = "2.1"
`;
    const files = {
      "a-1.0-py3-none-any.whl": `sha256:${SHA256}`,
      "a-1.0.tar.gz": `sha256:${SHA256}`,
    };
    assert.deepEqual(told("poetry.lock", poetry), {
      a: { files, line: 1 },
      b: { fetchedFrom: git("https://host/b.git", COMMIT), line: 9 },
      c: { fetchedFrom: registry("https://index.example/simple"), line: 19 },
    });
    const uv = `version = 1

[[package]]
name = "a"
version = "1.0"
source = { registry = "https://pypi.org/simple" }
sdist = { url = "https://files.example/a-1.0.tar.gz", hash = "sha256:${SHA256}" }
wheels = [{ url = "https://files.example/a-1.0-py3-none-any.whl", hash = "sha256:${SHA256}" }]

[[package]]
name = "b"
version = "1.0"
source = { git = "https://host/b?rev=main#${COMMIT}" }

[[package]]
name = "c"
version = "1.0"
source = { url = "https://host/c-1.0.tar.gz" }
sdist = { hash = "sha256:${SHA256}" }
`;
    assert.deepEqual(told("uv.lock", uv), {
      a: { fetchedFrom: registry("https://pypi.org/simple"), files, line: 3 },
      b: { fetchedFrom: git("https://host/b?rev=main", COMMIT), line: 10 },
      c: { fetchedFrom: { kind: "url", url: "https://host/c-1.0.tar.gz" }, hashes: { sha256: SHA256 }, line: 15 },
    });
    const pdm = `[metadata]
lock_version = "4.5.0"

[[package]]
name = "b"
version = "1.0"
git = "https://host/b.git"
ref = "main"
revision = "${COMMIT}"
`;
    assert.deepEqual(told("pdm.lock", pdm), { b: { fetchedFrom: git("https://host/b.git", COMMIT), line: 4 } });
    const pylock = `lock-version = "1.0"

[[packages]]
name = "a"
version = "1.0"
index = "https://pypi.org/simple"
sdist = {url = "https://files.example/a-1.0.tar.gz", hashes = {sha256 = "${SHA256}"}}

[[packages]]
name = "b"
vcs = {type = "git", url = "https://host/b.git", commit-id = "${COMMIT}"}
`;
    assert.deepEqual(told("pylock.toml", pylock), {
      a: { fetchedFrom: registry("https://pypi.org/simple"), hashes: { sha256: SHA256 }, line: 3 },
      b: { fetchedFrom: git("https://host/b.git", COMMIT), line: 9 },
    });
  });

  test("Pipfile.lock and requirements", () => {
    const pipfile = {
      _meta: { sources: [{ name: "own", url: "https://u:p@index.example/simple" }] },
      default: {
        a: { version: "==1.0", index: "own", hashes: [`sha256:${SHA256}`, `sha256:${"00".repeat(32)}`] },
        b: { git: "https://host/b.git", ref: COMMIT },
      },
    };
    assert.deepEqual(told("Pipfile.lock", JSON.stringify(pipfile, undefined, 1)), {
      a: {
        fetchedFrom: registry("https://index.example/simple"),
        files: {
          [`sha256:${SHA256}`]: `sha256:${SHA256}`,
          [`sha256:${"00".repeat(32)}`]: `sha256:${"00".repeat(32)}`,
        },
        line: 11,
      },
      b: { fetchedFrom: git("https://host/b.git", COMMIT), line: 19 },
    });
    const requirements = `a==1.0 --hash=sha256:${SHA256}
-i https://index.example/simple
--extra-index-url https://other.example/simple
b @ git+https://host/b.git@${COMMIT}
c @ https://host/c-1.0-py3-none-any.whl#sha256=${SHA256}
-e git+https://host/d.git@${COMMIT}#egg=d
e @ git+https://host/e.git@main
`;
    assert.deepEqual(told("requirements.txt", requirements), {
      a: {
        fetchedFrom: registry("https://index.example/simple"),
        otherOrigins: [registry("https://other.example/simple")],
        hashes: { sha256: SHA256 },
        line: 1,
      },
      b: { fetchedFrom: git("https://host/b.git", COMMIT) },
      c: { fetchedFrom: { kind: "url", url: "https://host/c-1.0-py3-none-any.whl" }, hashes: { sha256: SHA256 } },
      d: { fetchedFrom: git("https://host/d.git", COMMIT) },
    });
    assert.deepEqual(unreadOf(readLock("requirements.txt", requirements)), [
      "1 of its requirements are not pinned to one version",
    ]);
  });

  test("Cargo.lock, Gemfile.lock and composer.lock", () => {
    const cargo = `version = 4

[[package]]
name = "a"
version = "1.0.0"
source = "git+https://host/a?branch=main#${COMMIT}"

[[package]]
name = "b"
version = "1.0.0"
source = "sparse+https://index.example/"
checksum = "${SHA256}"
`;
    assert.deepEqual(told("Cargo.lock", cargo), {
      a: { fetchedFrom: git("https://host/a?branch=main", COMMIT), line: 3 },
      b: { fetchedFrom: registry("https://index.example/"), hashes: { sha256: SHA256 }, line: 8 },
    });
    const gemfile = `GIT
  remote: https://host/a.git
  revision: ${COMMIT}
  specs:
    a (1.0.0)

GEM
  remote: https://rubygems.org/
  remote: https://other.example/
  specs:
    b (1.0.0)

DEPENDENCIES
  a!
  b
`;
    assert.deepEqual(told("Gemfile.lock", gemfile), {
      a: { fetchedFrom: git("https://host/a.git", COMMIT), line: 5 },
      b: {
        fetchedFrom: registry("https://rubygems.org/"),
        otherOrigins: [registry("https://other.example/")],
        line: 11,
      },
    });
    const composer = {
      packages: [
        {
          name: "a/a",
          version: "1.0.0",
          dist: { type: "zip", url: "https://api.host/a.zip", reference: COMMIT },
          "notification-url": "https://packagist.org/downloads/",
        },
        { name: "b/b", version: "dev-main", source: { type: "git", url: "https://host/b.git", reference: COMMIT } },
      ],
    };
    assert.deepEqual(told("composer.lock", JSON.stringify(composer, undefined, 1)), {
      "a/a": { fetchedFrom: registry("https://api.host/a.zip"), line: 3 },
      "b/b": { fetchedFrom: git("https://host/b.git", COMMIT), line: 13 },
    });
  });

  test("go.mod with go.sum, NuGet, pub, Hex, Swift", () => {
    const h1 = `h1:${Buffer.from(SHA256, "hex").toString("base64")}`;
    const sum = `a.org/a v1.0.0 ${h1}\na.org/a v1.0.0/go.mod h1:AAAA\n`;
    const mod = "module m.org/m\n\ngo 1.22\n\nrequire a.org/a v1.0.0\n";
    assert.deepEqual(told("go.mod", mod, { "go.sum": sum }), { "a.org/a": { hashes: { h1: SHA256 }, line: 5 } });
    const paket = "NUGET\n  remote: https://api.nuget.org/v3/index.json\n    A (1.0)\n";
    assert.deepEqual(told("paket.lock", paket), {
      A: { fetchedFrom: registry("https://api.nuget.org/v3/index.json"), line: 3 },
    });
    const mix = `%{
  "a": {:hex, :a, "1.0.0", "${SHA256}", [:mix], [], "hexpm", "${SHA256}"},
  "b": {:git, "https://host/b.git", "${COMMIT}", []},
  "c": {:hex, :c, "1.0.0", "${SHA256}", [:mix], [], "hexpm:acme", "${SHA256}"},
}`;
    assert.deepEqual(told("mix.lock", mix), {
      a: { fetchedFrom: registry("https://repo.hex.pm"), hashes: { sha256: SHA256 } },
      b: { fetchedFrom: git("https://host/b.git", COMMIT) },
      c: { fetchedFrom: registry("https://repo.hex.pm/repos/acme"), hashes: { sha256: SHA256 } },
    });
    const swift = {
      version: 2,
      pins: [
        {
          identity: "b",
          kind: "remoteSourceControl",
          location: "https://host.example/o/b.git",
          state: { revision: COMMIT, version: "1.0.0" },
        },
      ],
    };
    assert.deepEqual(told("Package.resolved", JSON.stringify(swift, undefined, 1)), {
      "host.example/o/b": { fetchedFrom: git("https://host.example/o/b.git", COMMIT), line: 4 },
    });
  });

  test("conda, CocoaPods, Conan, renv", () => {
    const explicit = `@EXPLICIT\nhttps://conda.example/conda-forge/linux-64/a-1.0-0.conda#${"12".repeat(16)}\n`;
    assert.deepEqual(told("conda-linux-64.lock", explicit), {
      a: {
        fetchedFrom: registry("https://conda.example/conda-forge"),
        files: { "linux-64/a-1.0-0.conda": `md5:${"12".repeat(16)}` },
        line: 2,
      },
    });
    const pods = `PODS:
  - A (1.0)
  - B (1.0)

SPEC REPOS:
  trunk:
    - A

EXTERNAL SOURCES:
  B:
    :git: https://host/b.git
    :branch: main

CHECKOUT OPTIONS:
  B:
    :commit: ${COMMIT}
    :git: https://host/b.git

SPEC CHECKSUMS:
  A: ${SHA1}
`;
    assert.deepEqual(told("Podfile.lock", pods), {
      A: { fetchedFrom: registry("https://cdn.cocoapods.org/"), files: { podspec: `sha1:${SHA1}` } },
      B: { fetchedFrom: git("https://host/b.git", COMMIT) },
    });
    const conan = JSON.stringify({ version: "0.5", requires: [`a/1.0#${"34".repeat(16)}%1.0`] });
    assert.deepEqual(told("conan.lock", conan), { a: { files: { recipe: `md5:${"34".repeat(16)}` } } });
    const renv = {
      R: { Repositories: [{ Name: "CRAN", URL: "https://cran.example" }] },
      Packages: {
        a: { Package: "a", Version: "1.0", Source: "Repository", Repository: "CRAN" },
        b: {
          ...{ Package: "b", Version: "1.0", Source: "GitHub", RemoteHost: "api.github.com" },
          ...{ RemoteUsername: "o", RemoteRepo: "b", RemoteSha: COMMIT },
        },
      },
    };
    const { a, b } = told("renv.lock", JSON.stringify(renv, undefined, 1));
    assert.deepEqual(a?.fetchedFrom, registry("https://cran.example"));
    assert.deepEqual(b?.fetchedFrom, git("https://github.com/o/b", COMMIT));
  });
});

test("credentials of addresses are not kept", () => {
  const pass = "pass";
  assert.equal(withoutCredentials(`https://user:${pass}@host/a?x=1`), "https://host/a?x=1");
  assert.equal(withoutCredentials(`https://${pass}@host@evil/a`), "https://evil/a");
  assert.equal(withoutCredentials(`//u:${pass}@host/a`), "//host/a");
  assert.equal(withoutCredentials("git+ssh://git@host/a@b"), "git+ssh://git@host/a@b");
  assert.equal(withoutCredentials(`https://host/a?private_token=${pass}&b=2`), "https://host/a?private_token=***&b=2");
  assert.equal(withoutCredentials("git@host:o/r.git"), "git@host:o/r.git");
});
