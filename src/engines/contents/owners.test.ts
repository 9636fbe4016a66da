import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FileHistory } from "./analyser.ts";
import { catalogue } from "./catalogue.ts";
import type { FileFacts, PackageRecord, PackageType } from "./model.ts";

const STATUS = "var/lib/dpkg/status";

function record(type: PackageType, name: string, more: Partial<PackageRecord> = {}): PackageRecord {
  return { type, name, version: "1", licenses: [], ...more };
}

function packages(...records: PackageRecord[]): FileFacts {
  return { kind: "packages", packages: records, unread: [] };
}

function owns(name: string, ...paths: string[]): FileFacts {
  return { kind: "ownership", owner: { name }, owns: paths };
}

function file(path: string, facts: FileFacts, layer = 0): FileHistory {
  return { path, versions: [{ layer, facts }] };
}

/** `name` or `name < owner` of all packages of languages and programs. */
function owned(...files: FileHistory[]): string[] {
  return catalogue(files)
    .inventory.packages.filter(({ type }) => type !== "deb" && type !== "apk")
    .map(({ name, ownedBy }) => (ownedBy === undefined ? name : `${name} < ${ownedBy}`));
}

const NODE = file("usr/bin/node", packages(record("generic", "node")));
const MODULE = file("usr/share/nodejs/node_modules/a/package.json", packages(record("npm", "a")));

describe("what a distribution's package brought", () => {
  test("names its owner; a program is spoken for by it", () => {
    const files = [
      file(STATUS, packages(record("deb", "nodejs"), record("deb", "node-a"))),
      file("var/lib/dpkg/info/nodejs.list", owns("nodejs", "usr/bin/node")),
      file("var/lib/dpkg/info/node-a.list", owns("node-a", MODULE.path, "usr/share/nodejs/gone/package.json")),
    ];
    assert.deepEqual(owned(...files, NODE, MODULE), ["a < pkg:deb/node-a@1"]);
    const [, nodeA] = catalogue([...files, NODE, MODULE]).inventory.packages.toReversed();
    assert.deepEqual([nodeA?.name, nodeA?.owns], ["nodejs", undefined]);
    const owner = catalogue([...files, MODULE]).inventory.packages.find(({ name }) => name === "node-a");
    assert.deepEqual(owner?.owns, [MODULE.path]);
  });

  test("also where the record itself lists the files", () => {
    const database = file("lib/apk/db/installed", packages(record("apk", "nodejs", { owns: ["usr/bin/node"] })));
    assert.deepEqual(owned(database, NODE), []);
  });

  test("is told by architecture, or by the stanza's own file", () => {
    const status = file(
      STATUS,
      packages(record("deb", "a", { architecture: "amd64" }), record("deb", "a", { architecture: "i386" })),
    );
    const list = file("var/lib/dpkg/info/a:i386.list", {
      kind: "ownership",
      owner: { name: "a", architecture: "i386" },
      owns: [MODULE.path],
    });
    assert.deepEqual(owned(status, list, MODULE), ["a < pkg:deb/a@1?arch=i386"]);
    const part = "var/lib/dpkg/status.d/x";
    const digests = file(`${part}.md5sums`, { kind: "ownership", owner: { path: part }, owns: [MODULE.path] });
    assert.deepEqual(owned(file(part, packages(record("deb", "b"))), digests, MODULE), ["a < pkg:deb/b@1"]);
  });

  test("is nobody's where the list is of no installed package", () => {
    assert.deepEqual(owned(file("var/lib/dpkg/info/nodejs.list", owns("nodejs", "usr/bin/node")), NODE), ["node"]);
    assert.deepEqual(owned(file("a", packages(record("npm", "nodejs"))), file("b", owns("nodejs", NODE.path)), NODE), [
      "node",
      "nodejs",
    ]);
  });

  const merged: readonly [listed: string, path: string][] = [
    ["bin/node", "usr/bin/node"],
    ["sbin/node", "usr/sbin/node"],
    ["sbin/node", "usr/bin/node"],
    ["usr/sbin/node", "usr/bin/node"],
    ["lib/node", "usr/lib/node"],
    ["lib64/node", "usr/lib64/node"],
    ["usr/bin/node", "bin/node"],
  ];
  for (const [listed, path] of merged) {
    test(`/${listed} is /${path} where the folders are merged, and another file where they are not`, () => {
      const database = file("lib/apk/db/installed", packages(record("apk", "n", { owns: [listed] })));
      const program = file(path, packages(record("generic", "node")));
      assert.deepEqual(owned(database, program), []);
      const other = file(listed, packages(record("generic", "other")));
      assert.deepEqual(owned(database, program, other), ["node"]);
    });
  }

  test("other folders are no places of each other", () => {
    const database = file("lib/apk/db/installed", packages(record("apk", "n", { owns: ["opt/node", "node"] })));
    assert.deepEqual(owned(database, NODE, file("usr/opt/node", packages(record("generic", "b")))), ["b", "node"]);
  });

  test("is no longer its own once a later layer replaced it", () => {
    const status = file(STATUS, packages(record("deb", "nodejs")), 1);
    const list = file("var/lib/dpkg/info/nodejs.list", owns("nodejs", "usr/bin/node"), 1);
    const program = (layer: number) => file("usr/bin/node", packages(record("generic", "node")), layer);
    assert.deepEqual(owned(status, list, program(1)), []);
    assert.deepEqual(owned(status, list, program(2)), ["node"]);
    // The package was rebuilt with the same program in it.
    assert.deepEqual(owned(status, list, program(0)), []);
  });

  test("what is unread of its programs is its advisories' to judge", () => {
    const unread: FileFacts = { kind: "packages", packages: [], unread: ["it was built so"], concerns: "golang" };
    const broken: FileFacts = { kind: "unreadable", code: "contents.test", reason: "broken", concerns: "golang" };
    const database = file("lib/apk/db/installed", packages(record("apk", "n", { owns: ["usr/bin/a", "usr/bin/b"] })));
    const files = [file("usr/bin/a", unread), file("usr/bin/b", broken)];
    assert.deepEqual(catalogue([database, ...files]).gaps, []);
    assert.deepEqual(
      catalogue(files).gaps.map(({ concerns }) => concerns),
      ["golang", "golang"],
    );
  });
});
