import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { PackageRecord } from "../contents/model.ts";
import { changesBetween } from "./changes-between.ts";
import { recordOf, sideOf } from "./lockfile.fixture.ts";
import type { DependencyChange, DependencyChanges, LockfileSide } from "./model.ts";

const hash = (byte: string) => ({ sha512: byte.repeat(128) });
const registry = (url: string) => ({ kind: "registry" as const, url });

/** `upgraded a 1.0.0 -> 2.0.0 (hashes)` */
function shown({ kind, name, before, after, differs = [] }: DependencyChange): string {
  const versions = [before?.version, after?.version].filter((version) => version !== undefined).join(" -> ");
  return `${kind} ${name} ${versions}${differs.length === 0 ? "" : ` (${differs.join(", ")})`}`;
}

function between(before: readonly PackageRecord[], after: readonly PackageRecord[]): string[] {
  return changesBetween(sideOf(before), sideOf(after)).changes.map(shown);
}

const records = (...names: string[]) => names.map((name) => recordOf(name));

describe("changes between two sets of lockfiles", () => {
  test("what comes, goes and moves", () => {
    assert.deepEqual(
      between(
        records("gone@1.0.0", "same@1.0.0", "up@1.0.0", "down@2.0.0"),
        records("same@1.0.0", "up@1.10.0", "down@1.9.0", "come@0.1.0"),
      ),
      ["added come 0.1.0", "downgraded down 2.0.0 -> 1.9.0", "removed gone 1.0.0", "upgraded up 1.0.0 -> 1.10.0"],
    );
  });

  test("versions that both sides have cancel, and of the others the nearest are paired", () => {
    const cases: readonly [before: string[], after: string[], changes: string[]][] = [
      [["a@1.0.0", "a@2.0.0"], ["a@2.0.0", "a@2.1.0"], ["upgraded a 1.0.0 -> 2.1.0"]],
      [
        ["a@1.0.0", "a@2.0.0"],
        ["a@1.0.1", "a@2.0.1"],
        ["upgraded a 1.0.0 -> 1.0.1", "upgraded a 2.0.0 -> 2.0.1"],
      ],
      [["a@1.0.0", "a@2.0.0"], ["a@2.0.1"], ["removed a 1.0.0", "upgraded a 2.0.0 -> 2.0.1"]],
      [["a@2.0.0"], ["a@1.0.0", "a@2.0.1", "a@9.0.0"], ["added a 1.0.0", "upgraded a 2.0.0 -> 2.0.1", "added a 9.0.0"]],
      [["a@1.0.0", "a@3.0.0"], ["a@2.0.0"], ["upgraded a 1.0.0 -> 2.0.0", "removed a 3.0.0"]],
    ];
    for (const [before, after, changes] of cases) {
      assert.deepEqual(between(records(...before), records(...after)).sort(), changes.sort());
    }
  });

  test("what has no order is replaced", () => {
    const commit = "0".repeat(40);
    assert.deepEqual(between(records("a@1.0.0"), records(`a@${commit}`)), [`replaced a 1.0.0 -> ${commit} (version)`]);
    assert.deepEqual(between(records("a@1.0.0+x"), records("a@1.0.0+y")), ["replaced a 1.0.0+x -> 1.0.0+y (version)"]);
  });

  test("one version in two spellings is no change", () => {
    const python = (text: string) => recordOf(text, { type: "pypi" });
    assert.deepEqual(between([python("Foo_Bar@1.0")], [python("foo-bar@1.0.0")]), []);
    assert.deepEqual(between(records("Foo@1.0.0"), records("foo@1.0.0")), ["removed Foo 1.0.0", "added foo 1.0.0"]);
  });

  const same: readonly [
    about: string,
    before: Partial<PackageRecord>,
    after: Partial<PackageRecord>,
    differs: string,
  ][] = [
    ["other contents", { hashes: hash("a") }, { hashes: hash("b") }, "(hashes)"],
    ["no hash any more", { hashes: hash("a") }, {}, "(hashes)"],
    ["a weaker hash", { hashes: hash("a") }, { hashes: { sha1: "a".repeat(40) } }, "(hashes)"],
    ["a stronger hash", { hashes: { sha1: "a".repeat(40) } }, { hashes: hash("a") }, ""],
    ["a hash where there was none", {}, { hashes: hash("a") }, ""],
    [
      "another registry",
      { fetchedFrom: registry("https://registry.npmjs.org/a/-/a-1.0.0.tgz") },
      { fetchedFrom: registry("https://evil.example/a/-/a-1.0.0.tgz") },
      "(origin)",
    ],
    [
      "another host of the same registry",
      { fetchedFrom: registry("https://registry.npmjs.org/a/-/a-1.0.0.tgz") },
      { fetchedFrom: registry("https://registry.yarnpkg.com/a/-/a-1.0.0.tgz") },
      "",
    ],
    [
      "another package of the same registry",
      { fetchedFrom: registry("https://registry.npmjs.org/a/-/a-1.0.0.tgz") },
      { fetchedFrom: registry("https://registry.npmjs.org/b/-/b-1.0.0.tgz") },
      "(origin)",
    ],
    [
      "the public registry, written out",
      {},
      { fetchedFrom: registry("https://registry.npmjs.org/a/-/a-1.0.0.tgz") },
      "",
    ],
    ["without TLS", {}, { fetchedFrom: registry("http://registry.npmjs.org/a/-/a-1.0.0.tgz") }, "(origin)"],
    [
      "a private registry given up",
      { fetchedFrom: registry("https://npm.acme.example/a/-/a-1.0.0.tgz") },
      {},
      "(origin)",
    ],
    ["a repository", {}, { fetchedFrom: { kind: "git", url: "https://h/a.git", revision: "1" } }, "(origin)"],
    [
      "another commit",
      { fetchedFrom: { kind: "git", url: "https://h/a.git", revision: "1" } },
      { fetchedFrom: { kind: "git", url: "https://h/a.git", revision: "2" } },
      "(origin)",
    ],
    [
      "the same commit over ssh",
      { fetchedFrom: { kind: "git", url: "https://h/o/a.git", revision: "1" } },
      { fetchedFrom: { kind: "git", url: "ssh://git@h/o/a", revision: "1" } },
      "",
    ],
    [
      "a second place",
      { fetchedFrom: registry("https://registry.npmjs.org/") },
      {
        fetchedFrom: registry("https://registry.npmjs.org/"),
        otherOrigins: [{ kind: "git", url: "https://h/a.git", revision: "1" }],
      },
      "(origin)",
    ],
    ["another file of the version", { files: { w1: "sha256:1" } }, { files: { w1: "sha256:1", w2: "sha256:2" } }, ""],
    ["other contents of a file", { files: { w1: "sha256:1" } }, { files: { w1: "sha256:3" } }, "(hashes)"],
    [
      "files without names, of which one is exchanged",
      { files: { "sha256:1": "sha256:1", "sha256:2": "sha256:2" } },
      { files: { "sha256:1": "sha256:1", "sha256:3": "sha256:3" } },
      "(hashes)",
    ],
    [
      "more files without names",
      { hashes: { sha256: "1" } },
      { files: { "sha256:1": "sha256:1", "sha256:3": "sha256:3" } },
      "",
    ],
  ];
  for (const [about, before, after, differs] of same) {
    test(`the same version: ${about}`, () => {
      const expected = differs === "" ? [] : [`replaced a 1.0.0 -> 1.0.0 ${differs}`];
      assert.deepEqual(between([recordOf("a@1.0.0", before)], [recordOf("a@1.0.0", after)]), expected);
    });
  }

  test("through what it comes, by the shortest way; cycles are fine", () => {
    const graph = (extra: readonly PackageRecord[]) => [
      recordOf("top@1.0.0", { direct: true, dependsOn: ["mid 1.0.0"] }),
      recordOf("mid@1.0.0", { direct: false, dependsOn: ["low 1.0.0", "top 1.0.0"] }),
      recordOf("low@1.0.0", {
        direct: false,
        dependsOn: ["mid 1.0.0", ...extra.map(({ reference }) => reference ?? "")],
      }),
      ...extra,
    ];
    const { changes } = changesBetween(sideOf(graph([])), sideOf(graph([recordOf("come@1.0.0", { direct: false })])));
    assert.deepEqual(
      changes.map(({ name, after }) => [name, after?.direct, after?.through]),
      [["come", false, ["top", "mid", "low"]]],
    );
  });

  test("a chain without end is cut, and its first name stays", () => {
    const chain = Array.from({ length: 5_000 }, (_, index) =>
      recordOf(`p${index}@1.0.0`, { direct: index === 0, dependsOn: [`p${index + 1} 1.0.0`] }),
    );
    const { changes } = changesBetween(sideOf([]), sideOf(chain));
    const last = changes.find(({ name }) => name === "p4999")?.after?.through ?? [];
    assert.equal(last.length, 64);
    assert.deepEqual([last[0], last[1], last.at(-1)], ["p0", "p4936", "p4998"]);
  });

  test("lockfiles that come, go, or change their format", () => {
    const all = (before: LockfileSide, after: LockfileSide): DependencyChanges => changesBetween(before, after);
    const none: LockfileSide = { name: "", lockfiles: [], found: 0, gaps: [] };
    const one = sideOf(records("a@1.0.0"));
    assert.deepEqual(all(none, one).lockfiles, [
      { lockfile: "package-lock.json", kind: "added", after: "package-lock 3" },
    ]);
    assert.deepEqual(all(none, one).changes.map(shown), ["added a 1.0.0"]);
    assert.deepEqual(all(one, none).changes.map(shown), ["removed a 1.0.0"]);
    const pnpm = sideOf(records("a@1.0.0", "b@1.0.0"), { path: "pnpm-lock.yaml", format: "pnpm-lock 9.0" });
    const moved = all(sideOf([recordOf("a@1.0.0", { hashes: hash("a") })]), pnpm);
    assert.deepEqual(moved.lockfiles, [
      { lockfile: "pnpm-lock.yaml", kind: "format", before: "package-lock 3", after: "pnpm-lock 9.0" },
    ]);
    assert.deepEqual(moved.changes.map(shown), ["added b 1.0.0"]);
  });

  test("mismatches that were there before are not new, gaps are kept", () => {
    const mismatch = { lockfile: "l", manifest: "m", type: "npm", name: "a", wanted: "^1", kind: "missing" } as const;
    const gap = { code: "contents.unread", reason: "an entry" };
    const before = sideOf([], { mismatches: [mismatch], gaps: [gap, { ...gap, reason: "old" }] });
    const after = sideOf([], { mismatches: [mismatch, { ...mismatch, name: "b" }], gaps: [gap] });
    const { mismatches, gaps } = changesBetween(before, after);
    assert.deepEqual(
      mismatches.map(({ name }) => name),
      ["b"],
    );
    assert.deepEqual(gaps, [gap, { ...gap, reason: "main: old" }]);
  });

  const locks = fc
    .uniqueArray(
      fc.tuple(
        fc.constantFrom("a", "b", "c"),
        fc.constantFrom("1.0.0", "1.0.1", "1.2.0", "2.0.0", "3.0.0-rc.1", "x:y"),
      ),
      { selector: (pair) => pair.join("@") },
    )
    .map((pairs) => pairs.map((pair) => recordOf(pair.join("@"))));

  test("every version of either side is accounted for once", () => {
    fc.assert(
      fc.property(locks, locks, (before, after) => {
        const { changes } = changesBetween(sideOf(before), sideOf(after));
        const keys = (list: readonly PackageRecord[]) => new Set(list.map(({ name, version }) => `${name}@${version}`));
        const [old, fresh] = [keys(before), keys(after)];
        const gone = changes.flatMap(({ before: one }) => (one === undefined ? [] : [`${one.name}@${one.version}`]));
        const come = changes.flatMap(({ after: one }) => (one === undefined ? [] : [`${one.name}@${one.version}`]));
        assert.deepEqual(gone.sort(), [...old.difference(fresh)].sort());
        assert.deepEqual(come.sort(), [...fresh.difference(old)].sort());
        // As many as can be are paired.
        for (const name of ["a", "b", "c"]) {
          const kinds = changes.filter((change) => change.name === name).map(({ kind }) => kind);
          assert.ok(!(kinds.includes("added") && kinds.includes("removed")), kinds.join(" "));
        }
      }),
    );
  });

  test("the other way round everything is the other way round; the order of entries is no matter", () => {
    const turned: Readonly<Record<string, string>> = { added: "removed", removed: "added", upgraded: "downgraded" };
    fc.assert(
      fc.property(locks, locks, (before, after) => {
        const there = changesBetween(sideOf(before), sideOf(after)).changes;
        const back = changesBetween(sideOf(after), sideOf(before)).changes;
        const kinds = (list: readonly DependencyChange[]) => list.map(({ name, kind }) => `${name} ${kind}`).sort();
        const count = (list: readonly DependencyChange[], kind: string) =>
          list.filter((change) => change.kind === kind).length;
        for (const [kind, other] of Object.entries(turned)) {
          if (kind !== "upgraded") assert.equal(count(there, kind), count(back, other));
        }
        const shuffled = changesBetween(sideOf(before.toReversed()), sideOf(after.toReversed())).changes;
        assert.deepEqual(kinds(shuffled), kinds(there));
      }),
    );
  });
});
