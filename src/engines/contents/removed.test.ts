import assert from "node:assert/strict";
import { test } from "node:test";
import type { FileHistory, RemovedHistory } from "./analyser.ts";
import { catalogue } from "./catalogue.ts";
import type { FileFacts, PackageType } from "./model.ts";

const STATUS = "var/lib/dpkg/status";

function facts(type: PackageType, ...identities: string[]): FileFacts {
  const packages = identities.map((identity) => {
    const [name = "", version = ""] = identity.split("@");
    return { type, name, version, licenses: [] };
  });
  return { kind: "packages", packages, unread: [] };
}

function history(path: string, ...versions: readonly (readonly [layer: number, facts: FileFacts])[]): FileHistory {
  return { path, versions: versions.map(([layer, each]) => ({ layer, facts: each })) };
}

function gone(removedIn: number, ...file: Parameters<typeof history>): RemovedHistory {
  return { ...history(...file), removedIn };
}

/** `name@version 0..2`: brought by layer 0, removed by layer 2. */
function removed(files: readonly FileHistory[], ...taken: readonly RemovedHistory[]): string[] {
  const { inventory } = catalogue(files, taken);
  assert.ok(inventory.packages.every(({ removedIn }) => removedIn === undefined));
  return (inventory.removed ?? []).map(
    ({ name, version, layer, removedIn }) => `${name}@${version} ${layer}..${removedIn}`,
  );
}

test("a package that a later version of its database does not list was removed there", () => {
  const database = history(
    STATUS,
    [0, facts("deb", "a@1", "b@1")],
    [2, facts("deb", "a@1", "b@1", "c@1")],
    [3, facts("deb", "a@1")],
  );
  assert.deepEqual(removed([database]), ["b@1 0..3", "c@1 2..3"]);
});

test("an upgrade is no removal, and what comes back is there", () => {
  assert.deepEqual(removed([history(STATUS, [0, facts("deb", "a@1")], [1, facts("deb", "a@2")])]), []);
  const back = history(STATUS, [0, facts("deb", "a@1")], [1, facts("deb")], [2, facts("deb", "a@1")]);
  assert.deepEqual(removed([back]), []);
});

test("a database that a layer cannot be read in removes nothing", () => {
  const broken: FileFacts = { kind: "unreadable", code: "x", reason: "x" };
  assert.deepEqual(removed([history(STATUS, [0, facts("deb", "a@1")], [1, broken], [2, facts("deb", "a@1")])]), []);
});

test("a manifest that a whiteout hides takes its packages along", () => {
  const path = "app/node_modules/a/package.json";
  assert.deepEqual(removed([], gone(1, path, [0, facts("npm", "a@1")])), ["a@1 0..1"]);
});

test("what was moved, or replaced in the same place, is not removed", () => {
  const path = "app/node_modules/a/package.json";
  const there = (where: string, identity: string) => history(where, [1, facts("npm", identity)]);
  assert.deepEqual(removed([there("moved/package.json", "a@1")], gone(1, path, [0, facts("npm", "a@1")])), []);
  assert.deepEqual(removed([there(path, "a@2")], gone(1, path, [0, facts("npm", "a@1")])), []);
  const elsewhere = removed([there("other/package.json", "a@2")], gone(1, path, [0, facts("npm", "a@1")]));
  assert.deepEqual(elsewhere, ["a@1 0..1"]);
});

test("removed twice, it counts once, from where it went last", () => {
  const path = "app/node_modules/a/package.json";
  const twice = [gone(1, path, [0, facts("npm", "a@1")]), gone(3, path, [2, facts("npm", "a@1")])];
  assert.deepEqual(removed([], ...twice), ["a@1 2..3"]);
});

test("a program of a removed package of the distribution is that package", () => {
  const record = { type: "deb" as const, name: "nginx", version: "1", licenses: [], owns: ["usr/sbin/nginx"] };
  const database: FileFacts = { kind: "packages", packages: [record], unread: [] };
  const program = gone(1, "usr/sbin/nginx", [0, facts("generic", "nginx@1.2")]);
  const files = [history(STATUS, [0, database], [1, facts("deb", "a@1")])];
  assert.deepEqual(removed(files, program), ["nginx@1 0..1"]);
  assert.deepEqual(removed([], program), ["nginx@1.2 0..1"]);
});

test("what it needed is left out: that may still be there", () => {
  const records = [
    { type: "gem" as const, name: "a", version: "1", licenses: [], reference: "a", dependsOn: ["b"] },
    { type: "gem" as const, name: "b", version: "1", licenses: [], reference: "b", dependsOn: [] },
  ];
  const whole: FileFacts = { kind: "packages", packages: records, unread: [] };
  const { inventory } = catalogue([history("x.lock", [0, whole], [1, facts("gem", "b@1")])]);
  assert.deepEqual(
    inventory.removed?.map(({ name, reference, dependsOn }) => [name, reference, dependsOn]),
    [["a", undefined, undefined]],
  );
});

test("a folder has no layers, so nothing was removed", () => {
  const { inventory } = catalogue([{ path: STATUS, versions: [{ facts: facts("deb", "a@1") }] }]);
  assert.equal(inventory.removed, undefined);
});
