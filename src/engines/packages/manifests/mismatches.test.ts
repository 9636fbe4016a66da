import assert from "node:assert/strict";
import { posix } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../core/runs.fixture.ts";
import { folderAnalyserFor } from "../../contents/analysers.ts";
import { mutatedBytes } from "../../contents/mutated-bytes.fixture.ts";
import { withDirect } from "./direct.ts";
import { manifestsAffect, mismatchesOf } from "./mismatches.ts";

/** Reads a lockfile as the product does, and holds it against the files beside it: `kind name wanted locked line`. */
function compared(path: string, text: string, files: Readonly<Record<string, string>>) {
  const analyser = folderAnalyserFor(path);
  assert.ok(analyser, path);
  const companions = new Map(Object.entries(files).map(([name, content]) => [name, Buffer.from(content)]));
  const facts = analyser.analyse({ path, bytes: Buffer.from(text), companions });
  if (facts?.kind !== "packages") return { lines: [], gaps: [], unread: ["unreadable"] };
  const { packages, unread } = facts;
  const read = { path, text, packages, complete: unread.length === 0 };
  const beside = (manifest: string) => files[posix.normalize(manifest)];
  const { mismatches, gaps } = mismatchesOf(read, beside);
  assert.equal(withDirect(read, beside).length, packages.length);
  const lines = mismatches.map(({ kind, name, wanted, locked = "-", line = 0 }) =>
    [kind, name, wanted === "" ? "-" : wanted, locked, line].join(" "),
  );
  return { lines, gaps: gaps.map(({ reason }) => reason), unread };
}

const lines = (path: string, text: string, files: Readonly<Record<string, string>>): string[] => {
  const { lines: found, unread } = compared(path, text, files);
  assert.deepEqual(unread, []);
  return found;
};

const json = (value: unknown): string => JSON.stringify(value, undefined, 1);

/** What each of the npm family's lockfiles pins here: a 1.5.0 and b 2.0.0, and c as an alias of d. */
const MANIFEST = {
  dependencies: { a: "^1.0.0", b: "2.0.0", c: "npm:d@^1.0.0" },
  devDependencies: {},
};
const RANGES = MANIFEST.dependencies;
const LOCKS: Readonly<Record<string, string>> = {
  "package-lock.json": json({
    lockfileVersion: 3,
    packages: {
      "": { dependencies: RANGES },
      "node_modules/a": { version: "1.5.0" },
      "node_modules/b": { version: "2.0.0" },
      "node_modules/c": { name: "d", version: "1.0.0" },
    },
  }),
  "yarn.lock": `a@^1.0.0:
  version "1.5.0"

b@2.0.0:
  version "2.0.0"

"c@npm:d@^1.0.0":
  version "1.0.0"
`,
  "berry/yarn.lock": `__metadata:
  version: 8

"a@npm:^1.0.0":
  version: 1.5.0
  resolution: "a@npm:1.5.0"
  linkType: hard

"b@npm:2.0.0":
  version: 2.0.0
  resolution: "b@npm:2.0.0"
  linkType: hard

"c@npm:d@^1.0.0":
  version: 1.0.0
  resolution: "d@npm:1.0.0"
  linkType: hard

"app@workspace:.":
  version: 0.0.0-use.local
  resolution: "app@workspace:."
  linkType: soft
`,
  "pnpm-lock.yaml": `lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      a:
        specifier: ^1.0.0
        version: 1.5.0(b@2.0.0)
      b:
        specifier: 2.0.0
        version: 2.0.0
      c:
        specifier: npm:d@^1.0.0
        version: d@1.0.0
packages:
  a@1.5.0: {}
  b@2.0.0: {}
  d@1.0.0: {}
snapshots:
  a@1.5.0(b@2.0.0): {}
  b@2.0.0: {}
  d@1.0.0: {}
`,
  "bun.lock": `{
  "lockfileVersion": 1,
  "workspaces": { "": { "dependencies": ${JSON.stringify(RANGES)} } },
  "packages": {
    "a": ["a@1.5.0", "", {}, ""],
    "b": ["b@2.0.0", "", {}, ""],
    "c": ["d@1.0.0", "", {}, ""],
  },
}`,
};

describe("package.json and its lockfiles", () => {
  for (const [path, lock] of Object.entries(LOCKS)) {
    const against = (manifest: object) =>
      lines(path, lock, { [posix.join(posix.dirname(path), "package.json")]: json({ ...MANIFEST, ...manifest }) });

    test(`${path}: what agrees`, () => {
      assert.deepEqual(against({}), []);
      assert.deepEqual(lines(path, lock, {}), []);
    });

    test(`${path}: a package that is not locked, and one outside of its range`, () => {
      const dependencies = { ...RANGES, a: "^2.0.0", e: "^1.0.0" };
      assert.deepEqual(against({ dependencies }), ["outside a ^2.0.0 1.5.0 3", "missing e ^1.0.0 - 6"]);
    });

    test(`${path}: what others decide is left alone`, () => {
      const dependencies = {
        ...RANGES,
        a: "latest",
        b: "workspace:^9",
        e: "file:../e",
        f: "github:o/f",
        g: "catalog:",
        h: "o/h",
        i: "https://example.org/i.tgz",
      };
      assert.deepEqual(against({ dependencies }), []);
      assert.deepEqual(against({ dependencies: { ...RANGES, a: "^2" }, overrides: { x: { a: "1" } } }), []);
      assert.deepEqual(against({ dependencies: { ...RANGES, a: "^2" }, resolutions: { "**/a": "1" } }), []);
      assert.deepEqual(against({ optionalDependencies: { e: "^1" }, peerDependencies: { f: "^1" } }), []);
    });
  }

  test("another package under the name that was wanted", () => {
    const [lock, manifest] = [LOCKS["package-lock.json"] ?? "", { dependencies: { ...RANGES, c: "^1.0.0" } }];
    assert.deepEqual(lines("package-lock.json", lock, { "package.json": json(manifest) }), [
      "outside c ^1.0.0 npm:d@1.0.0 5",
    ]);
    const bun = lines("bun.lock", LOCKS["bun.lock"] ?? "", { "package.json": json(manifest) });
    assert.deepEqual(bun, ["outside c ^1.0.0 npm:d@1.0.0 5"]);
    const yarn = (LOCKS["berry/yarn.lock"] ?? "").replace('resolution: "a@npm', 'resolution: "evil@npm');
    assert.deepEqual(lines("yarn.lock", yarn, { "package.json": json(MANIFEST) }), [
      "outside a ^1.0.0 npm:evil@1.5.0 3",
    ]);
  });

  test("what the lockfile alone says that the manifest names", () => {
    for (const path of ["package-lock.json", "pnpm-lock.yaml", "bun.lock"]) {
      const { b: _b, ...dependencies } = RANGES;
      assert.deepEqual(lines(path, LOCKS[path] ?? "", { "package.json": json({ dependencies }) }), [
        "stale b - 2.0.0 0",
      ]);
    }
  });

  test("workspaces: each with its own manifest and the nearest version; their own packages are no matter", () => {
    const lock = json({
      lockfileVersion: 3,
      packages: {
        "": { workspaces: ["w/*"], dependencies: { a: "^1" } },
        "node_modules/a": { version: "1.0.0" },
        "node_modules/x": { resolved: "w/x", link: true },
        "w/x": { dependencies: { a: "^2" } },
        "w/x/node_modules/a": { version: "2.0.0" },
        "w/y": { dependencies: { a: "^1", x: "^9" } },
      },
    });
    const files = {
      "package.json": json({ workspaces: ["w/*"], dependencies: { a: "^1" } }),
      "w/x/package.json": json({ dependencies: { a: "^3" } }),
      "w/y/package.json": json({ dependencies: { a: "^1", x: "^9" }, devDependencies: { z: "^1" } }),
    };
    assert.deepEqual(lines("package-lock.json", lock, files), ["outside a ^3 2.0.0 3"]);
  });

  test("a lockfile with nothing in it", () => {
    const manifest = { "package.json": json({ dependencies: { a: "^1" } }) };
    for (const lock of [{ lockfileVersion: 3, packages: {} }, { lockfileVersion: 1 }]) {
      assert.deepEqual(lines("package-lock.json", json(lock), manifest), ["missing a ^1 - 3"]);
    }
    assert.deepEqual(lines("yarn.lock", "# yarn lockfile v1\n", manifest), ["missing a ^1 - 3"]);
  });

  test("version 1 of package-lock.json", () => {
    const lock = json({
      lockfileVersion: 1,
      dependencies: { a: { version: "1.0.0" }, b: { version: "npm:evil@1.0.0" } },
    });
    const manifest = json({ dependencies: { a: "^2", b: "^1", c: "^1" } });
    assert.deepEqual(lines("package-lock.json", lock, { "package.json": manifest }), [
      "outside a ^2 1.0.0 3",
      "outside b ^1 npm:evil@1.0.0 4",
      "missing c ^1 - 5",
    ]);
  });

  test("a manifest that cannot be read is told", () => {
    const { gaps } = compared("package-lock.json", LOCKS["package-lock.json"] ?? "", { "package.json": "{" });
    assert.deepEqual(gaps, ["/package.json: not a JSON object, not compared"]);
  });
});

describe("other manifests", () => {
  const PYTHON = `[[package]]
name = "foo-bar"
version = "1.5.0"

[[package]]
name = "b"
version = "2.0"
`;

  test("pyproject.toml of Poetry", () => {
    const lock = `${PYTHON}\n[metadata]\nlock-version = "2.1"\n`;
    const manifest = `[tool.poetry.dependencies]
python = "^3.11"
Foo_Bar = "^2.0"
b = { version = "~2.0", extras = ["x"] }
only-windows = { version = "^1", markers = "sys_platform == 'win32'" }
own = { path = "../own" }
several = [{ version = "^1", python = "<3.12" }]

[tool.poetry.group.dev.dependencies]
missing = "*"
`;
    assert.deepEqual(lines("poetry.lock", lock, { "pyproject.toml": manifest }), [
      "outside Foo_Bar ^2.0 1.5.0 3",
      "missing missing * - 10",
    ]);
  });

  test("pyproject.toml of a project, with uv", () => {
    const lock = `version = 1\n\n${PYTHON}`;
    const manifest = `[project]
name = "app"
dependencies = [
  "foo.bar[x]>=2 ; python_version > '3'",
  "b==2.*",
  "missing>=1",
  "sourced>=1",
  "conditional>=1; sys_platform == 'win32'",
  "placed @ https://example.org/placed-1.0.tar.gz",
]

[dependency-groups]
dev = ["missing-too", { include-group = "x" }]

[tool.uv.sources]
sourced = { git = "https://example.org/s" }
`;
    assert.deepEqual(lines("uv.lock", lock, { "pyproject.toml": manifest }), [
      "outside foo.bar >=2 1.5.0 4",
      "missing missing >=1 - 6",
      "missing missing-too - - 0",
    ]);
  });

  test("Pipfile", () => {
    const lock = json({ default: { a: { version: "==1.0" }, b: { version: "==2.0" } }, develop: {} });
    const manifest = `[[source]]
url = "https://pypi.org/simple"

[packages]
a = "==2.0"
b = "*"
c = ">=1"
d = { version = "*", sys_platform = "== 'win32'" }
e = { git = "https://example.org/e" }
`;
    assert.deepEqual(lines("Pipfile.lock", lock, { Pipfile: manifest }), [
      "outside a ==2.0 1.0 5",
      "missing c >=1 - 7",
    ]);
  });

  test("Cargo.toml with its workspace", () => {
    const registry = 'source = "registry+https://github.com/rust-lang/crates.io-index"';
    const crate = (name: string, version: string) =>
      `[[package]]\nname = "${name}"\nversion = "${version}"\n${registry}\n`;
    const lock = `version = 4\n\n[[package]]\nname = "app"\nversion = "0.1.0"\n\n${crate("a", "1.5.0")}\n${crate("b", "0.2.0")}`;
    const files = {
      "Cargo.toml": `[package]
name = "app"

[workspace]
members = ["member"]

[workspace.dependencies]
b = "0.3"

[dependencies]
a = "2"
own = { path = "own", version = "9" }
renamed = { package = "missing", version = "1" }
patched = "1"

[patch.crates-io]
patched = { git = "https://example.org/p" }
`,
      "member/Cargo.toml": '[package]\nname = "member"\n\n[target."cfg(unix)".dependencies]\nb.workspace = true\n',
    };
    assert.deepEqual(lines("Cargo.lock", lock, files), [
      "outside a 2 1.5.0 11",
      "missing missing 1 - 0",
      "outside b 0.3 0.2.0 5",
    ]);
  });

  test("composer.json", () => {
    const lock = json({
      packages: [
        { name: "acme/a", version: "v1.5.0" },
        { name: "acme/b", version: "2.0.0", replace: { "acme/replaced": "*" } },
        { name: "acme/branch", version: "dev-main" },
      ],
    });
    const require = { php: ">=8", "ext-json": "*", "Acme/A": "^2.0", "acme/b": "^2.0", "acme/branch": "^3.0" };
    const manifest = json({ require: { ...require, "acme/replaced": "1" }, "require-dev": { "acme/c": "^1" } });
    assert.deepEqual(lines("composer.lock", lock, { "composer.json": manifest }), [
      "outside Acme/A ^2.0 v1.5.0 5",
      "missing acme/c ^1 - 11",
    ]);
  });

  test("Gemfile.lock's own copy of what is wanted", () => {
    const lock = `GEM
  remote: https://rubygems.org/
  specs:
    a (1.5.0)
    b (2.0.0)

DEPENDENCIES
  a (~> 2.0)
  b (>= 1, < 3)
  only-windows (~> 1)
`;
    assert.deepEqual(lines("Gemfile.lock", lock, {}), ["outside a ~> 2.0 1.5.0 8"]);
  });

  test("go.mod and go.sum", () => {
    const mod = "module m.org/m\n\ngo 1.22\n\nrequire (\n\ta.org/a v1.0.0\n\tb.org/b v1.0.0\n\tc.org/c v1.0.0\n)\n";
    const sum = `a.org/a v1.0.0 h1:${"A".repeat(43)}=\nb.org/b v1.0.0/go.mod h1:${"A".repeat(43)}=\n`;
    assert.deepEqual(lines("go.mod", mod, { "go.sum": sum }), ["missing c.org/c v1.0.0 - 8"]);
    assert.deepEqual(lines("go.mod", mod, {}), []);
    assert.deepEqual(lines("app/go.mod", mod, { "app/go.sum": sum, "go.work": "" }), []);
  });
});

test("which manifests may contradict which lockfiles", () => {
  assert.equal(manifestsAffect("package-lock.json", "w/x/package.json"), true);
  assert.equal(manifestsAffect("w/package-lock.json", "package.json"), false);
  assert.equal(manifestsAffect("w/package-lock.json", "w/package.json"), true);
  assert.equal(manifestsAffect("yarn.lock", "Cargo.toml"), false);
});

test("whatever the manifest's bytes, an answer", () => {
  const manifest = Buffer.from(json({ ...MANIFEST, overrides: { "a@^1": { b: "1" } }, workspaces: ["w"] }));
  for (const [path, lock] of Object.entries(LOCKS)) {
    const beside = posix.join(posix.dirname(path), "package.json");
    fc.assert(
      fc.property(mutatedBytes(manifest), (bytes) => void compared(path, lock, { [beside]: bytes.toString() })),
      runs(50),
    );
    fc.assert(
      fc.property(
        mutatedBytes(Buffer.from(lock)),
        (bytes) => void compared(path, bytes.toString(), { [beside]: json(MANIFEST) }),
      ),
      runs(50),
    );
  }
});
