import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { dependencyGraph, type PackageStatement, packageList } from "./dependency-graph.ts";
import { unreadEntries } from "./unread.ts";

function statement(fields: Partial<PackageStatement>): PackageStatement {
  return { type: "cargo", name: "a", version: "1", licenses: [], ...fields };
}

describe("packages of one file", () => {
  test("with the same name and version are one, in the order of mention", () => {
    const list = packageList();
    for (const version of ["2", "1", "2"]) list.add(statement({ version }));
    assert.deepEqual(
      list.records(unreadEntries()).map(({ version }) => version),
      ["2", "1"],
    );
  });

  test("are used in the strongest way that is told, and direct where one mention is", () => {
    const cases: readonly [mentions: Partial<PackageStatement>[], joined: Partial<PackageStatement>][] = [
      [[{ usage: "development" }, {}], {}],
      [[{}, { usage: "development" }], {}],
      [[{ usage: "development" }, { usage: "optional" }], { usage: "optional" }],
      [[{ usage: "development" }, { usage: "development" }], { usage: "development" }],
      [[{ direct: false }, { direct: true }, { direct: false }], { direct: true }],
      [[{ direct: false }, {}], { direct: false }],
      [[{ licenses: [] }, { licenses: ["MIT"] }, { licenses: ["ISC"] }], { licenses: ["MIT"] }],
    ];
    for (const [mentions, joined] of cases) {
      const list = packageList();
      for (const mention of mentions) list.add(statement(mention));
      assert.deepEqual(list.records(unreadEntries()), [statement(joined)], JSON.stringify(mentions));
    }
  });

  test("lose a hash in which mentions differ, whatever comes after", () => {
    const list = packageList();
    for (const sha256 of ["01", "02", "01"]) list.add(statement({ hashes: { sha256 } }));
    list.add(statement({ name: "b", hashes: { sha256: "01" } }));
    list.add(statement({ name: "b" }));
    assert.deepEqual(list.records(unreadEntries()), [
      statement({}),
      statement({ name: "b", hashes: { sha256: "01" } }),
    ]);
  });

  test("over the bound are counted and not kept", () => {
    const list = packageList(100);
    for (let i = 0; i <= 100; i++) list.add(statement({ version: String(i) }));
    const unread = unreadEntries();
    assert.equal(list.records(unread).length, 100);
    assert.deepEqual(unread.sentences(), ["it states more than the 100 packages that are read"]);
  });
});

describe("dependency graph", () => {
  test("has each edge once, sorted, none to itself, none out of the file", () => {
    const graph = dependencyGraph();
    const [a, c, b] = ["a", "c", "b"].map((name) => graph.add(statement({ name }))) as [string, string, string];
    for (const to of [c, b, c, a, "nowhere 1"]) graph.connect(a, to);
    graph.connect("nowhere 1", a);
    assert.deepEqual(
      graph.records(unreadEntries()).map(({ reference, dependsOn }) => [reference, dependsOn]),
      [
        [a, [b, c]],
        [c, []],
        [b, []],
      ],
    );
  });

  test("tells what is direct only where the project says so", () => {
    const graph = dependencyGraph();
    const [a = ""] = ["a", "b"].map((name) => graph.add(statement({ name })));
    assert.ok(graph.records(unreadEntries()).every((record) => !("direct" in record)));
    graph.connectProject([a, "nowhere 1"]);
    assert.deepEqual(
      graph.records(unreadEntries()).map(({ direct }) => direct),
      [true, false],
    );
  });

  test("references are unique and edges stay within, whatever is connected", () => {
    const name = fc.constantFrom("a", "b", "c", "a@1", "b 1");
    const version = fc.constantFrom("1", "2", "1@2");
    const edges = fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 30 });
    fc.assert(
      fc.property(fc.array(fc.tuple(name, version), { maxLength: 10 }), edges, (packages, connected) => {
        const graph = dependencyGraph();
        const references = packages.map(([name, version]) => graph.add(statement({ name, version })));
        for (const [from, to] of connected) graph.connect(references[from] ?? "x", references[to] ?? "y");
        const records = graph.records(unreadEntries());
        const known = new Set(records.map(({ reference }) => reference));
        assert.equal(known.size, records.length);
        for (const { reference, dependsOn = [] } of records) {
          assert.deepEqual(dependsOn, [...new Set(dependsOn)].sort());
          for (const needed of dependsOn) assert.ok(known.has(needed) && needed !== reference);
        }
      }),
    );
  });
});
