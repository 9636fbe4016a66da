import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { factsOf, packagesOf, unreadOf } from "../../facts.fixture.ts";
import { holdsWhateverTheBytes, packageLines } from "../locked.fixture.ts";
import { bunBinaryLock, bunLock } from "./bun-lock.ts";
import { plainJson } from "./jsonc.ts";

const PATH = "app/bun.lock";
const SHA512 = Buffer.alloc(64, 4);
const INTEGRITY = `sha512-${SHA512.toString("base64")}`;

const LOCK = `{
  "lockfileVersion": 1,
  "workspaces": {
    "": {
      "name": "shop",
      "dependencies": { "@s/a": "^1.0.0", "web": "workspace:*", },
      "devDependencies": { "tool": "^3.0.0", },
      "optionalDependencies": { "native": "*", },
    },
    "packages/web": {
      "name": "web",
      "dependencies": { "b": "^1.0.0", },
    },
  },
  "packages": {
    // of the registry
    "@s/a": ["@s/a@1.2.3", "", { "dependencies": { "b": "^2.0.0", "old": "npm:real@1" }, "optionalDependencies": { "native": "*" } }, "${INTEGRITY}"],

    "b": ["b@2.0.0", "", { "peerDependencies": { "native": "*" } }, "${INTEGRITY}"],

    "git": ["git@github:o/git#0123", {}, "o-git-0123"],

    "native": ["native@1.0.0", "", { "os": "linux" }, "${INTEGRITY}"],

    "old": ["real@1.0.0", "", {}, "${INTEGRITY}"],

    "packed": ["packed@./packed.tgz", {}],

    "shop": ["shop@root:", {}],

    "tool": ["tool@3.0.0", "", { "dependencies": { "b": "*" } }, "${INTEGRITY}"],

    "web": ["web@workspace:packages/web"],

    "tool/b": ["b@3.0.0", "", {}, "${INTEGRITY}"],

    "web/b": ["b@1.0.0", "", {}, "${INTEGRITY}"],
  },
}
`;

describe("bun.lock", () => {
  test("paths of names become a graph, workspaces tell usage, and own folders are left out", () => {
    assert.deepEqual(packageLines(factsOf(bunLock, PATH, LOCK)), [
      "@s/a@1.2.3 direct -> b@2.0.0, native@1.0.0, real@1.0.0",
      "b@1.0.0 direct",
      "b@2.0.0 -> native@1.0.0",
      "b@3.0.0 development",
      "git@github:o/git#0123",
      "native@1.0.0 direct",
      "packed@./packed.tgz",
      "real@1.0.0",
      "tool@3.0.0 direct development -> b@3.0.0",
    ]);
    assert.deepEqual(packagesOf(factsOf(bunLock, PATH, LOCK))[0]?.hashes, { sha512: SHA512.toString("hex") });
  });

  test("a broken tuple is said, and the others are still there", () => {
    const packages = { a: [], b: 7, c: ["c@1.0.0"], "@s": ["@s@1"], d: ["d"] };
    const facts = factsOf(bunLock, PATH, JSON.stringify({ lockfileVersion: 1, packages }));
    assert.deepEqual(packageLines(facts), ["c@1.0.0"]);
    assert.deepEqual(unreadOf(facts), [
      "the package a has no place or no tuple",
      "the package b has no place or no tuple",
      "the package @s has no place or no tuple",
      "the package d (d) states no version",
    ]);
  });

  test("what is no lockfile is unreadable", () => {
    for (const text of ["", "{", "{}", '{"lockfileVersion":"x"}', '{"lockfileVersion":1,,}']) {
      assert.equal(factsOf(bunLock, PATH, text)?.kind, "unreadable", text);
    }
  });

  test("the binary lockfile is unreadable, and says what would help", () => {
    const facts = factsOf(bunBinaryLock, "app/bun.lockb", Buffer.from([1, 2, 3]));
    assert.equal(facts?.kind, "unreadable");
    assert.match(facts.kind === "unreadable" ? facts.reason : "", /bun install --save-text-lockfile/);
  });

  test("whatever the bytes, an answer", () => holdsWhateverTheBytes(bunLock, PATH, LOCK));
});

describe("plainJson", () => {
  test("takes comments and trailing commas out, and nothing of a text", () => {
    const cases: readonly [text: string, plain: string][] = [
      ['{"a":1,}', '{"a":1}'],
      ["[1,2 , ]", "[1,2  ]"],
      ['["// no", "/* no */", ",]"]', '["// no", "/* no */", ",]"]'],
      ["[1, // one\n 2, /* two */ ]", "[1, \n 2  ]"],
      ['["\\",]"]', '["\\",]"]'],
      ["[1,,]", "[1,]"],
      ["[,1]", "[,1]"],
      ["/* never ends", ""],
      ['{"a":1} // behind', '{"a":1} '],
    ];
    for (const [text, plain] of cases) assert.equal(plainJson(text), plain, text);
  });

  test("leaves JSON as it is", () => {
    fc.assert(fc.property(fc.json(), (text) => assert.equal(plainJson(text), text)));
  });

  test("a comma or a comment at the end of any list or object changes nothing of its meaning", () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: "grapheme" }), fc.constantFrom(",", "/* , */", ", // x\n"), (text, extra) => {
        const value: unknown = JSON.parse(text);
        const loose = JSON.stringify(value, undefined, 1).replace(/([^{[,\s])\n( *[\]}])/g, `$1${extra}\n$2`);
        assert.deepEqual(JSON.parse(plainJson(loose)), value);
      }),
    );
  });
});
