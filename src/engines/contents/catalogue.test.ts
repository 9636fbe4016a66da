import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { FileHistory } from "./analyser.ts";
import { bounds } from "./bounds.ts";
import { catalogue } from "./catalogue.ts";
import type { Distribution, FileFacts, PackageRecord, PackageType } from "./model.ts";

const STATUS = "var/lib/dpkg/status";

function packages(type: PackageType, ...identities: string[]): FileFacts {
  return { kind: "packages", packages: identities.map((identity) => record(type, identity)), unread: [] };
}

/** From `name@version` or `name@version:architecture`. */
function record(type: PackageType, identity: string): PackageRecord {
  const [name = "", rest = ""] = identity.split("@");
  const [version = "", architecture = "amd64"] = rest.split(":");
  return { type, name, version, architecture, licenses: [] };
}

function distribution(id: string, more: Partial<Distribution> = {}): FileFacts {
  return { kind: "distribution", distribution: { id, idLike: [], ...more } };
}

const UNREADABLE: FileFacts = { kind: "unreadable", code: "contents.test-broken", reason: "broken" };

/** A file that each of the layers wrote: `history(path, [0, facts], [2, facts])`. */
function history(path: string, ...versions: readonly (readonly [layer: number, facts: FileFacts])[]): FileHistory {
  return { path, versions: versions.map(([layer, facts]) => ({ layer, facts })) };
}

function layersOf(...files: FileHistory[]): Record<string, number | undefined> {
  const { inventory } = catalogue(files);
  return Object.fromEntries(inventory.packages.map(({ name, version, layer }) => [`${name}@${version}`, layer]));
}

describe("the layer of a package", () => {
  test("is the lowest from which on every version of its database lists it", () => {
    assert.deepEqual(
      layersOf(
        history(
          STATUS,
          [0, packages("deb", "base@1", "old@1", "back@1")],
          [2, packages("deb", "base@1", "old@2", "new@1")],
          [5, packages("deb", "base@1", "old@2", "new@1", "back@1")],
        ),
      ),
      { "base@1": 0, "old@2": 2, "new@1": 2, "back@1": 5 },
    );
  });

  test("another architecture is another package", () => {
    const { inventory } = catalogue([
      history(STATUS, [0, packages("deb", "a@1:amd64")], [1, packages("deb", "a@1:amd64", "a@1:i386")]),
    ]);
    assert.deepEqual(
      inventory.packages.map(({ architecture, layer }) => [architecture, layer]),
      [
        ["amd64", 0],
        ["i386", 1],
      ],
    );
  });

  test("follows the same rule for a file of one package", () => {
    const path = "app/node_modules/a/package.json";
    assert.deepEqual(layersOf(history(path, [1, packages("npm", "a@1")], [3, packages("npm", "a@1")])), { "a@1": 1 });
    assert.deepEqual(layersOf(history(path, [1, packages("npm", "a@1")], [3, packages("npm", "a@2")])), { "a@2": 3 });
  });

  test("a version in between that cannot be read changes nothing", () => {
    assert.deepEqual(
      layersOf(history(STATUS, [0, packages("deb", "a@1")], [1, UNREADABLE], [2, packages("deb", "a@1", "b@1")])),
      { "a@1": 0, "b@1": 2 },
    );
  });

  test("is absent in a folder", () => {
    const { inventory } = catalogue([{ path: STATUS, versions: [{ facts: packages("deb", "a@1") }] }]);
    assert.deepEqual(Object.keys(inventory.packages[0] ?? {}).includes("layer"), false);
  });

  test("is what the rule says, for any history", () => {
    const names = fc.subarray(["a@1", "a@2", "b@1", "c@1", "d@1"]);
    fc.assert(
      fc.property(fc.array(names, { minLength: 1, maxLength: 8 }), (versions) => {
        const last = versions.length - 1;
        const expected = (versions[last] ?? []).map((identity) => {
          let layer = last;
          while (layer > 0 && versions[layer - 1]?.includes(identity)) layer -= 1;
          return [identity, layer];
        });
        const file = history(STATUS, ...versions.map((list, layer) => [layer, packages("deb", ...list)] as const));
        assert.deepEqual(layersOf(file), Object.fromEntries(expected));
      }),
    );
  });
});

describe("the inventory", () => {
  test("a package has its record, its package-url and its place", () => {
    const { inventory, gaps } = catalogue([
      history("etc/os-release", [0, distribution("debian", { versionId: "13" })]),
      history(STATUS, [0, packages("deb", "a@1")]),
    ]);
    assert.deepEqual(inventory, {
      distribution: { id: "debian", versionId: "13", idLike: [] },
      packages: [
        {
          ...record("deb", "a@1"),
          purl: "pkg:deb/debian/a@1?arch=amd64&distro=debian-13",
          path: STATUS,
          layer: 0,
        },
      ],
    });
    assert.deepEqual(gaps, []);
  });

  test("is in one order, whatever order the files come in", () => {
    const files = [
      history("b/node_modules/a/package.json", [1, packages("npm", "a@1")]),
      history("a/node_modules/a/package.json", [2, packages("npm", "a@1")]),
      history(STATUS, [0, packages("deb", "z@1", "a@2", "a@1")]),
    ];
    const forwards = catalogue(files).inventory;
    assert.deepEqual(catalogue(files.toReversed()).inventory, forwards);
    assert.deepEqual(
      forwards.packages.map(({ name, version, path }) => `${name}@${version} ${path}`),
      [
        `a@1 ${STATUS}`,
        `a@2 ${STATUS}`,
        `z@1 ${STATUS}`,
        "a@1 a/node_modules/a/package.json",
        "a@1 b/node_modules/a/package.json",
      ],
    );
  });

  test("what two databases of a distribution list alike is one package, of the lower layer", () => {
    const { inventory } = catalogue([
      history("lib/apk/db/installed", [1, packages("apk", "a@1", "b@1")]),
      history("usr/lib/apk/db/installed", [0, packages("apk", "a@1", "b@2")]),
    ]);
    assert.deepEqual(
      inventory.packages.map(({ name, version, path, layer }) => [name, version, path, layer]),
      [
        ["a", "1", "usr/lib/apk/db/installed", 0],
        ["b", "1", "lib/apk/db/installed", 1],
        ["b", "2", "usr/lib/apk/db/installed", 0],
      ],
    );
  });

  test("the distribution: etc before usr before the files of one distribution", () => {
    const files = [
      history("etc/debian_version", [0, distribution("debian")]),
      history("usr/lib/os-release", [0, distribution("ubuntu")]),
      history("etc/os-release", [0, distribution("mint")], [1, distribution("kali")]),
    ];
    const ids = [3, 2, 1, 0].map((count) => catalogue(files.slice(0, count)).inventory.distribution?.id);
    assert.deepEqual(ids, ["kali", "ubuntu", "debian", undefined]);
    const broken = [...files.slice(0, 2), history("etc/os-release", [0, distribution("mint")], [1, UNREADABLE])];
    assert.equal(catalogue(broken).inventory.distribution?.id, "ubuntu");
  });
});

describe("gaps", () => {
  test("what could not be read, with the path and the packages that it concerns", () => {
    const { gaps, inventory } = catalogue([
      history(STATUS, [0, { kind: "packages", packages: [record("deb", "a@1")], unread: ["line 7 is broken"] }]),
      history("var/lib/rpm/Packages", [0, UNREADABLE]),
      history("etc/os-release", [0, UNREADABLE]),
    ]);
    assert.equal(inventory.packages.length, 1);
    assert.deepEqual(gaps, [
      { code: "contents.unread", reason: `/${STATUS}: line 7 is broken`, concerns: "deb" },
      { code: "contents.test-broken", reason: "/var/lib/rpm/Packages: broken", concerns: "rpm" },
      { code: "contents.test-broken", reason: "/etc/os-release: broken" },
    ]);
  });

  test("a path cannot move the cursor of a terminal", () => {
    const { gaps } = catalogue([history("\u001b[2J/node_modules/a/package.json", [0, UNREADABLE])]);
    assert.ok(!gaps[0]?.reason.includes("\u001b"));
  });

  test("what a later layer made readable is none", () => {
    assert.deepEqual(catalogue([history(STATUS, [0, UNREADABLE], [1, packages("deb", "a@1")])]).gaps, []);
  });

  test("a distribution without its package database was not read", () => {
    const expected: readonly [id: string, idLike: string[], packageType: string | undefined][] = [
      ["debian", [], "deb"],
      ["ubuntu", ["debian"], "deb"],
      ["linuxmint", ["ubuntu", "debian"], "deb"],
      ["alpine", [], "apk"],
      ["wolfi", [], "apk"],
      ["almalinux", ["rhel", "centos", "fedora"], "rpm"],
      ["opensuse-leap", ["suse", "opensuse"], "rpm"],
      ["mariner", [], "rpm"],
      ["nixos", [], undefined],
    ];
    for (const [id, idLike, packageType] of expected) {
      const { gaps } = catalogue([history("etc/os-release", [0, distribution(id, { idLike })])]);
      assert.deepEqual(
        gaps.map((gap) => [gap.code, gap.concerns]),
        packageType === undefined ? [] : [["contents.no-package-database", packageType]],
        id,
      );
    }
  });

  test("nor was one whose database is empty, or of another kind", () => {
    for (const facts of [packages("deb"), packages("npm", "a@1")]) {
      const { gaps } = catalogue([history("etc/os-release", [0, distribution("debian")]), history(STATUS, [0, facts])]);
      assert.deepEqual(
        gaps.map(({ code }) => code),
        ["contents.no-package-database"],
      );
    }
  });

  test("an unreadable database is one gap and not two", () => {
    const { gaps } = catalogue([
      history("etc/os-release", [0, distribution("debian")]),
      history(STATUS, [0, UNREADABLE]),
    ]);
    assert.deepEqual(
      gaps.map(({ code }) => code),
      ["contents.test-broken"],
    );
  });

  test("are counted after the bound, for packages of every type", () => {
    const files = Array.from({ length: bounds.contentsGaps + 5 }, (_, index) =>
      history(`a/node_modules/${index}/package.json`, [0, UNREADABLE]),
    );
    const { gaps } = catalogue(files);
    assert.equal(gaps.length, bounds.contentsGaps + 1);
    assert.deepEqual(gaps.at(-1), { code: "contents.unread", reason: "5 more files were not read" });
  });

  test("more packages than the bound allows are cut off, and it says so", () => {
    const many = Array.from({ length: 4 }, (_, index) => record("deb", `a${index}@1`));
    const found = { kind: "packages", packages: many, unread: [] } as const;
    const { inventory, gaps } = catalogue([history(STATUS, [0, found])], [], 3);
    assert.equal(inventory.packages.length, 3);
    assert.equal(gaps[0]?.code, "contents.too-many-packages");
  });
});
