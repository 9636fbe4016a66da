import assert from "node:assert/strict";
import { test } from "node:test";
import { catalogue } from "../catalogue.ts";
import type { FileFacts, PackageRecord } from "../model.ts";

function deb(name: string, source = name): PackageRecord {
  return { type: "deb", name, version: "1", licenses: [], source: { name: source, version: "1" } };
}

function licensesOf(...files: readonly [path: string, facts: FileFacts][]): Record<string, readonly string[]> {
  const { inventory, gaps } = catalogue(files.map(([path, facts]) => ({ path, versions: [{ facts }] })));
  assert.deepEqual(gaps, []);
  return Object.fromEntries(inventory.packages.map(({ name, licenses }) => [name, licenses]));
}

const status: [string, FileFacts] = [
  "var/lib/dpkg/status",
  { kind: "packages", packages: [deb("liba1", "a"), deb("a-bin", "a"), deb("b")], unread: [] },
];

test("a package has the licences of its file, or of another of its source", () => {
  assert.deepEqual(
    licensesOf(status, [
      "usr/share/doc/liba1/copyright",
      { kind: "licenses", owner: { type: "deb", name: "liba1" }, licenses: ["Expat", "GPL-2+"] },
    ]),
    { liba1: ["Expat", "GPL-2+"], "a-bin": ["Expat", "GPL-2+"], b: [] },
  );
});

test("a file that cannot be read leaves the licence unstated and no other gap", () => {
  assert.deepEqual(
    licensesOf(status, ["usr/share/doc/b/copyright", { kind: "unreadable", code: "oci.link", reason: "gone" }]),
    { liba1: [], "a-bin": [], b: [] },
  );
});

test("a copyright file speaks for the distribution's packages alone", () => {
  const npm: PackageRecord = { type: "npm", name: "b", version: "1", licenses: [] };
  const found = licensesOf(
    ["node_modules/b/package.json", { kind: "packages", packages: [npm], unread: [] }],
    ["usr/share/doc/b/copyright", { kind: "licenses", owner: { type: "deb", name: "b" }, licenses: ["Expat"] }],
  );
  assert.deepEqual(found, { b: [] });
});
