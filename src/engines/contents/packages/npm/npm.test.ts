import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { runs } from "../../../../core/runs.fixture.ts";
import { bounds } from "../../bounds.ts";
import { factsOf, packagesOf } from "../../facts.fixture.ts";
import { mutatedBytes } from "../../mutated-bytes.fixture.ts";
import { npm } from "./npm.ts";

const PATH = "app/node_modules/a/package.json";

function read(manifest: unknown) {
  return factsOf(npm, PATH, typeof manifest === "string" ? manifest : JSON.stringify(manifest));
}

describe("which manifests are installed packages", () => {
  const wanted = [
    "node_modules/a/package.json",
    "app/node_modules/a/package.json",
    "app/node_modules/@scope/a/package.json",
    "node_modules/@scope/a/package.json",
    "app/node_modules/a/node_modules/b/package.json",
    "app/node_modules/@s/a/node_modules/@t/b/package.json",
    "app/node_modules/.pnpm/a@1.0.0/node_modules/a/package.json",
    "usr/lib/node_modules/npm/package.json",
    "app/node_modules/node_modules/package.json",
  ];
  for (const path of wanted) test(`wants ${path}`, () => assert.ok(npm.wants(path)));

  const refused = [
    "package.json",
    "app/package.json",
    "node_modules/package.json",
    "app/node_modules/package.json",
    "app/node_modules/a/dist/esm/package.json",
    "app/node_modules/a/test/fixtures/package.json",
    "app/node_modules/@scope/package.json",
    "app/node_modules/@scope/a/b/package.json",
    "app/node_modules/.bin/package.json",
    "app/node_modules/@scope/.cache/package.json",
    "app/my_node_modules/a/package.json",
    "app/node_modules_old/a/package.json",
    "app/node_modules//package.json",
    "app/node_modules/a/xpackage.json",
    "app/scope/@a/b/package.json",
    "",
  ];
  for (const path of refused) test(`leaves ${path || "the empty path"}`, () => assert.ok(!npm.wants(path)));
});

describe("package.json", () => {
  test("gives name, version and licence", () => {
    assert.deepEqual(read({ name: "@scope/a", version: "1.2.3-rc.1", license: "MIT OR Apache-2.0", main: "x.js" }), {
      kind: "packages",
      packages: [{ type: "npm", name: "@scope/a", version: "1.2.3-rc.1", licenses: ["MIT OR Apache-2.0"] }],
      unread: [],
    });
  });

  test("the declared name counts: an alias has its folder under another", () => {
    assert.equal(packagesOf(read({ name: "lodash", version: "4.17.4" }))[0]?.name, "lodash");
  });

  test("licences in every form that npm ever had", () => {
    const forms: readonly [fields: object, licenses: string[]][] = [
      [{ license: " MIT " }, ["MIT"]],
      [{ license: { type: "MIT", url: "x" } }, ["MIT"]],
      [{ license: ["MIT", { type: "ISC" }] }, ["MIT", "ISC"]],
      [{ licenses: [{ type: "MIT" }, { type: "GPL-2.0" }] }, ["MIT", "GPL-2.0"]],
      [{ licenses: { type: "MIT" } }, ["MIT"]],
      [{ license: "MIT", licenses: ["ISC"] }, ["MIT"]],
      [{ license: null }, []],
      [{ license: 7 }, []],
      [{ license: "" }, []],
      [{ license: [[["MIT"]]] }, []],
      [{ license: "x".repeat(bounds.declaredTextLength + 1) }, []],
    ];
    for (const [fields, licenses] of forms) {
      const facts = read({ name: "a", version: "1.0.0", ...fields });
      assert.deepEqual(packagesOf(facts)[0]?.licenses, licenses, JSON.stringify(fields).slice(0, 80));
    }
  });

  test("versions are what npm makes of them; what SemVer cannot read is kept as it is", () => {
    const versions: readonly [declared: string, version: string][] = [
      ["1.2.3", "1.2.3"],
      ["v1.2.3", "1.2.3"],
      [" =1.2.3 ", "1.2.3"],
      ["1.2.3beta", "1.2.3-beta"],
      ["1.2", "1.2"],
      ["latest", "latest"],
    ];
    for (const [declared, version] of versions) {
      assert.equal(packagesOf(read({ name: "a", version: declared }))[0]?.version, version, declared);
    }
  });

  test("without a name and version of npm's form it is not a package", () => {
    const manifests: readonly object[] = [
      {},
      { type: "module" },
      { name: "a" },
      { version: "1.0.0" },
      { name: "a", version: "" },
      { name: "a", version: 1 },
      { name: ["a"], version: "1.0.0" },
      { name: "", version: "1.0.0" },
      { name: "a b", version: "1.0.0" },
      { name: "a/b", version: "1.0.0" },
      { name: "@a/b/c", version: "1.0.0" },
      { name: "@a", version: "1.0.0" },
      { name: "../a", version: "1.0.0" },
      { name: "a".repeat(bounds.packageNameLength + 1), version: "1.0.0" },
    ];
    for (const manifest of manifests) assert.equal(read(manifest), undefined, JSON.stringify(manifest).slice(0, 80));
  });

  test("a byte order mark is skipped, and of a repeated key the last counts", () => {
    const facts = read('\ufeff{"name":"b","name":"a","version":"1.0.0","__proto__":{"version":"9.9.9"}}');
    assert.deepEqual(packagesOf(facts)[0], { type: "npm", name: "a", version: "1.0.0", licenses: [] });
  });

  test("what is no JSON object is unreadable", () => {
    for (const text of ["", "{", "null", "[]", '"a"', "7", '{"name":"a",}', "[".repeat(1_000_000)]) {
      assert.equal(read(text)?.kind, "unreadable", text.slice(0, 20));
    }
  });

  test("whatever the bytes, an answer", () => {
    const seed = Buffer.from(JSON.stringify({ name: "@s/a", version: "1.0.0", license: { type: "MIT" }, x: [1, {}] }));
    const kinds = new Set([undefined, "packages", "unreadable"]);
    fc.assert(
      fc.property(mutatedBytes(seed), (bytes) => {
        assert.ok(kinds.has(factsOf(npm, PATH, bytes)?.kind as undefined));
      }),
      runs(300),
    );
  });
});
