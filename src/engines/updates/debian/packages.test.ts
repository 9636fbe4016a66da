import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Package } from "../../contents/model.ts";
import { addOffers, candidateOf, type Offers } from "./packages.ts";

function installed(version: string, architecture = "amd64"): Package {
  const base = { type: "deb", name: "a", licenses: [], purl: "pkg:deb/debian/a", path: "var/lib/dpkg/status" } as const;
  return { ...base, version, architecture };
}

/** Suite by suite: priority and the versions it has, as `version` or `version:architecture`. */
function candidate(own: Package, ...suites: readonly (readonly [priority: number, ...versions: string[]])[]) {
  const offers: Offers = new Map();
  for (const [suite, [, ...versions]] of suites.entries()) {
    const stanzas = versions.map((text) => {
      const [version, architecture = "amd64"] = text.split("@");
      return `Package: a\nArchitecture: ${architecture}\nVersion: ${version}\n\n`;
    });
    assert.equal(addOffers(offers, Buffer.from(stanzas.join("")), suite, new Set(["a"])), 0);
  }
  const priorities = suites.map(([priority]) => priority);
  return candidateOf(own, offers.get("a") ?? [], priorities, "amd64")?.candidate?.version;
}

describe("apt's choice", () => {
  test("is the newest of the highest priority", () => {
    assert.equal(candidate(installed("1"), [500, "2"], [500, "3"], [500, "2.5"]), "3");
    assert.equal(candidate(installed("3"), [500, "2"], [500, "3"]), undefined);
    assert.equal(candidate(installed("1~rc1"), [500, "1"]), "1");
    assert.equal(candidate(installed("1"), [500, "1+b1", "0:1"]), "1+b1");
  });

  test("leaves out what is not to be installed by itself", () => {
    assert.equal(candidate(installed("1"), [500, "2"], [100, "9"]), "2");
    assert.equal(candidate(installed("2"), [500, "2"], [100, "9"]), undefined);
    assert.equal(candidate(installed("1"), [1, "9"]), undefined);
  });

  test("follows backports for what is from there", () => {
    assert.equal(candidate(installed("8~bpo1"), [500, "2"], [100, "8~bpo1", "9~bpo1"]), "9~bpo1");
  });

  test("keeps to the architecture", () => {
    assert.equal(candidate(installed("1"), [500, "2@arm64"]), undefined);
    assert.equal(candidate(installed("1"), [500, "2@all"]), "2");
    assert.equal(candidate(installed("1", "all"), [500, "2@amd64", "3@i386"]), "2");
    assert.equal(candidate(installed("1", "i386"), [500, "2@amd64", "1.5@i386"]), "1.5");
  });

  test("knows no order of what is no version", () => {
    assert.equal(candidateOf(installed("no version"), [], [], "amd64"), undefined);
  });
});

describe("indexes of packages", () => {
  const read = (text: string) => {
    const offers: Offers = new Map();
    const unread = addOffers(offers, Buffer.from(text), 0, new Set(["a"]));
    return { unread, versions: (offers.get("a") ?? []).map(({ version, sourceVersion }) => [version, sourceVersion]) };
  };

  test("give the source's version, and leave out other names", () => {
    const text =
      "Package: a\nSource: s (5-1)\nVersion: 5-1+b2\nArchitecture: amd64\n\nPackage: b\nVersion: 1\nArchitecture: amd64\n";
    assert.deepEqual(read(text), { unread: 0, versions: [["5-1+b2", "5-1"]] });
    assert.deepEqual(read("Package: a\nSource: s\nVersion: 2\nArchitecture: all\n").versions, [["2", "2"]]);
  });

  test("leave out what is being phased in", () => {
    const phased = (percent: string) =>
      read(`Package: a\nVersion: 2\nArchitecture: all\nPhased-Update-Percentage: ${percent}\n`);
    assert.deepEqual(phased("50").versions, []);
    assert.deepEqual(phased("100").versions, [["2", "2"]]);
  });

  test("count what cannot be read", () => {
    assert.deepEqual(read("Package: a\nVersion: not one\nArchitecture: all\n"), { unread: 1, versions: [] });
    assert.deepEqual(read("Package: a\nArchitecture: all\n"), { unread: 1, versions: [] });
  });
});
