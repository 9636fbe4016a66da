import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { analyserFor, analysers } from "./analysers.ts";

const WANTED: readonly [path: string, id: string][] = [
  ["etc/os-release", "os-release"],
  ["usr/lib/os-release", "os-release"],
  ["etc/alpine-release", "alpine-release"],
  ["etc/debian_version", "debian-version"],
  ["var/lib/dpkg/status", "dpkg"],
  ["var/lib/dpkg/status.d/base", "dpkg"],
  ["lib/apk/db/installed", "apk"],
  ["usr/lib/apk/db/installed", "apk"],
  ["var/lib/rpm/rpmdb.sqlite", "rpm"],
  ["var/lib/rpm/rpmdb.sqlite-wal", "rpm"],
  ["usr/lib/sysimage/rpm/Packages.db", "rpm"],
  ["usr/share/rpm/Packages", "rpm"],
  ["app/node_modules/@s/a/package.json", "npm"],
  ["app/node_modules/a/package.json", "npm"],
];

describe("analyserFor", () => {
  for (const [path, id] of WANTED) test(path, () => assert.equal(analyserFor(path)?.id, id));

  const unwanted = [
    "",
    "status",
    "package.json",
    "etc/passwd",
    "var/lib/dpkg/status-old",
    "var/lib/dpkg/status.d",
    "var/lib/dpkg/status.d/base.md5sums",
    "var/lib/dpkg/status.d/deeper/base",
    "var/lib/dpkh/status.d/base",
    "etc/rpm/Packages",
    "constructor",
    "a/__proto__",
  ];
  for (const path of unwanted) {
    test(`nothing for ${path || "the empty path"}`, () => assert.equal(analyserFor(path), undefined));
  }

  test("no path is wanted by two analysers, and the first look misses none that one wants", () => {
    const part = fc.constantFrom(...WANTED.flatMap(([path]) => path.split("/")), "x", "");
    const paths = fc.oneof(
      fc.array(part, { maxLength: 6 }).map((parts) => parts.join("/")),
      fc.constantFrom(...WANTED.map(([path]) => path)),
    );
    fc.assert(
      fc.property(paths, (path) => {
        const slash = path.lastIndexOf("/");
        const wanting = analysers.filter(
          ({ basenames = [], directories = [], wants }) =>
            (basenames.includes(path.slice(slash + 1)) || directories.includes(path.slice(0, Math.max(0, slash)))) &&
            wants(path),
        );
        assert.ok(wanting.length <= 1);
        assert.equal(analyserFor(path), wanting[0]);
      }),
      { numRuns: 2000 },
    );
  });

  test("ids are unique, since the cache is keyed by them", () => {
    assert.equal(new Set(analysers.map(({ id }) => id)).size, analysers.length);
  });
});
