import assert from "node:assert/strict";
import { test } from "node:test";
import { indexPath, readCrate, readIndex } from "./crates.ts";
import { metadataOf, type RegistryDocument } from "./document.ts";
import { timeOf } from "./fields.ts";
import { escapedPath, readModuleStanding, readVersionInfo, readVersionList, standingEntry } from "./go.ts";
import { isImplausible } from "./implausible.ts";
import { versionIn } from "./match.ts";
import { readMavenMetadata } from "./maven.ts";
import { readPackument } from "./npm.ts";
import { pagesToFetch, readRegistration } from "./nuget.ts";
import { readComposerPackage } from "./packagist.ts";
import { readSimplePage, readVersionDocument } from "./pypi.ts";
import { versionOfFile } from "./pypi-files.ts";
import { readGemVersions } from "./rubygems.ts";

const bytes = (value: unknown) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
const PLACE = "registry.example/left";
const BASE = new URL("https://registry.example/");

const dist = {
  tarball: "https://registry.npmjs.org/left/-/left-1.0.0.tgz",
  integrity: `sha512-${Buffer.alloc(64, 1).toString("base64")}`,
  shasum: "ab".repeat(20),
  unpackedSize: 12,
  fileCount: 3,
  signatures: [{ keyid: "SHA256:a", sig: "AA==" }],
};
const packument = (parts: object = {}, manifest: object = {}) => ({
  _id: "left",
  _rev: "3-a",
  name: "left",
  time: {
    created: "2020-01-01T00:00:00.000Z",
    modified: "2024-01-02T00:00:00.000Z",
    "1.0.0": "2020-01-01T00:00:00.000Z",
  },
  maintainers: [{ name: "ann" }, "bob <bob@shop.example>", 3],
  versions: { "1.0.0": { name: "left", version: "1.0.0", license: "MIT", dist, ...manifest } },
  ...parts,
});
const npm = (parts: object = {}, manifest: object = {}, form: "whole" | "abbreviated" = "whole") => {
  const read = metadataOf(readPackument(bytes(packument(parts, manifest)), form, PLACE), "1.0.0");
  assert.ok(read !== undefined);
  return read;
};

test("npm: a packument of the registry itself", () => {
  const read = npm();
  assert.equal(read.published, "2020-01-01T00:00:00.000Z");
  assert.equal(read.firstPublished, "2020-01-01T00:00:00.000Z");
  assert.deepEqual(read.maintainers, ["ann", "bob <bob@shop.example>"]);
  assert.deepEqual([read.license, read.unpackedBytes, read.files, read.hasInstallScript], ["MIT", 12, 3, false]);
  assert.deepEqual(read.archive?.hashes, { sha1: "ab".repeat(20), sha512: "01".repeat(64) });
  assert.deepEqual(read.notServed, []);
});

test("npm: forms of licenses, deprecations and scripts", () => {
  assert.equal(npm({}, { license: { type: "ISC" } }).license, "ISC");
  assert.equal(npm({}, { license: undefined, licenses: [{ type: "MIT" }, { type: "BSD" }] }).license, "MIT OR BSD");
  assert.equal(npm({}, { deprecated: "gone" }).deprecated, "gone");
  assert.equal(npm({}, { deprecated: true }).deprecated, "deprecated");
  for (const none of ["", false, 0, null]) assert.equal(npm({}, { deprecated: none }).deprecated, undefined);
  assert.deepEqual({ ...npm({}, { scripts: { install: "a", test: "b", postinstall: 3 } }).scripts }, { install: "a" });
  assert.equal(npm({}, { gypfile: true }).hasInstallScript, true);
  assert.equal(npm({}, { hasInstallScript: true }, "abbreviated").hasInstallScript, true);
});

test("npm: the abbreviated form has no dates and no licenses, and tells of scripts", () => {
  const parts = { _rev: undefined, time: undefined, modified: "2024-01-02T00:00:00.000Z" };
  const read = npm(parts, { license: undefined }, "abbreviated");
  assert.deepEqual([...read.notServed].sort(), ["license", "published"]);
  assert.equal(read.hasInstallScript, false);
});

test("npm: times of a mirror are none of publication", () => {
  const dated = (time: object, versions: readonly string[] = ["1.0.0"]) => {
    const parts = { time, versions: Object.fromEntries(versions.map((one) => [one, { dist }])) };
    const { published, publishedBefore } = npm(parts);
    return [published, publishedBefore];
  };
  const at = "2026-05-16T09:27:49.277Z";
  // Python's way to write it, without created and modified.
  assert.deepEqual(dated({ "1.0.0": "2026-05-16T09:27:49.277000+00:00" }), [undefined, at]);
  assert.deepEqual(dated({ created: at, modified: at, "1.0.0": at }), [at, undefined]);
  // All put there in one step.
  assert.deepEqual(dated({ created: at, modified: at, "1.0.0": at, "2.0.0": at }, ["1.0.0", "2.0.0"]), [undefined, at]);
  // Outside what the registry says of itself.
  assert.deepEqual(dated({ created: at, modified: at, "1.0.0": "2020-01-01T00:00:00Z" })[0], undefined);
  assert.deepEqual(dated({ created: at, modified: at, "1.0.0": "2027-01-01T00:00:00Z" })[0], undefined);
  assert.deepEqual(dated({ created: at, modified: at, "1.0.0": "soon" }), [undefined, undefined]);
});

test("npm: names of versions are an attacker's", () => {
  const read = readPackument(
    bytes(`{"name":"left","versions":{"__proto__":{"license":"MIT"},"constructor":{}}}`),
    "whole",
    PLACE,
  );
  assert.deepEqual(Object.keys(read.versions), ["__proto__", "constructor"]);
  assert.equal(metadataOf(read, "toString"), undefined);
  assert.equal(metadataOf(read, "__proto__")?.license, "MIT");
});

test("PyPI: one version of several files", () => {
  const file = (filename: string, parts: object = {}) => ({
    filename,
    url: `../../packages/${filename}`,
    hashes: { sha256: "cd".repeat(32) },
    "upload-time": "2024-05-01T10:00:00.5Z",
    yanked: false,
    provenance: null,
    ...parts,
  });
  const page = (files: object[], parts: object = {}) =>
    readSimplePage(
      bytes({ name: "left-pad", versions: ["1.0"], files, ...parts }),
      new URL("https://pypi.org/simple/left-pad/"),
      PLACE,
    );
  const both = [
    file("left_pad-1.0.tar.gz", { "upload-time": "2024-05-01T09:00:00Z" }),
    file("left_pad-1.0-py3-none-any.whl"),
  ];
  const read = metadataOf(page(both), "1.0");
  assert.equal(read?.published, "2024-05-01T09:00:00.000Z");
  assert.equal(read?.archive?.url, "https://pypi.org/packages/left_pad-1.0-py3-none-any.whl");
  assert.equal(read?.archives?.length, 2);
  assert.equal(read?.yanked, false);
  assert.equal(page(both).versions["1.0"]?.attestations, "none");
  const yanked = both.map((one) => ({ ...one, yanked: "broken" }));
  assert.deepEqual(
    [metadataOf(page(yanked), "1.0")?.yanked, metadataOf(page(yanked), "1.0")?.deprecated],
    [true, "broken"],
  );
  // One file that is not yanked can still be installed.
  assert.equal(metadataOf(page([yanked[0] as object, both[1] as object]), "1.0")?.yanked, false);
  const provenance = "https://pypi.org/integrity/left-pad/1.0/f/provenance";
  assert.equal(page([{ ...both[0], provenance }, both[1] as object]).versions["1.0"]?.attestations, "none");
  assert.deepEqual(page([{ ...both[0], provenance }]).versions["1.0"]?.attestations, [provenance]);
  const old = both.map(({ "upload-time": _, yanked: __, provenance: ___, ...rest }) => rest);
  assert.deepEqual([...(metadataOf(page(old), "1.0")?.notServed ?? [])].sort(), [
    "attestations",
    "license",
    "published",
    "yanked",
  ]);
  const status = { "project-status": { status: "archived", reason: "moved" } };
  assert.equal(metadataOf(page(both, status), "1.0")?.archived, true);
  const quarantined = { "project-status": { status: "quarantined" } };
  assert.equal(metadataOf(page(both, quarantined), "1.0")?.deprecated, "quarantined");
});

test("PyPI: which version a file is of", () => {
  assert.equal(versionOfFile("left_pad-1.0-py3-none-any.whl", "Left.Pad"), "1.0");
  assert.equal(versionOfFile("left_pad-1.0-1-cp312-cp312-linux_x86_64.whl", "left-pad"), "1.0");
  assert.equal(versionOfFile("left-pad-1.0.tar.gz", "left-pad"), "1.0");
  assert.equal(versionOfFile("left-pad-1.0-rc1.zip", "left-pad"), "1.0-rc1");
  assert.equal(versionOfFile("left-pad-extra-1.0.tar.gz", "left"), "pad-extra-1.0");
  for (const other of ["right-1.0.tar.gz", "left-pad.exe", "", ".whl", "a-b.whl"]) {
    assert.equal(versionOfFile(other, "left-pad"), undefined, other);
  }
});

test("PyPI: licenses in their three forms", () => {
  const license = (info: object) => readVersionDocument(bytes({ info }), PLACE).entry.license;
  assert.equal(license({ license_expression: "MIT", license: "x" }), "MIT");
  assert.equal(license({ license: "BSD" }), "BSD");
  assert.equal(
    license({ license: "A text\nof many lines", classifiers: ["License :: OSI Approved :: MIT License"] }),
    "MIT License",
  );
  assert.equal(license({ license: "" }), undefined);
});

test("crates.io: the API and the index", () => {
  const version = {
    num: "1.0.0",
    created_at: "2024-01-01T00:00:00.123456Z",
    yanked: true,
    yank_message: "bad",
    license: "MIT",
    checksum: "ef".repeat(32),
  };
  const crate = readCrate(
    bytes({ crate: { id: "left", created_at: "2023-01-01T00:00:00Z" }, versions: [version] }),
    BASE,
    PLACE,
  );
  const read = metadataOf(crate, "1.0.0");
  assert.deepEqual(
    [read?.published, read?.yanked, read?.deprecated, read?.license],
    ["2024-01-01T00:00:00.123Z", true, "bad", "MIT"],
  );
  assert.equal(read?.archive?.url, "https://registry.example/api/v1/crates/left/1.0.0/download");
  const lines = [
    { name: "left", vers: "1.0.0", cksum: "ef".repeat(32), yanked: false },
    { name: "left", vers: "1.1.0", cksum: "ef".repeat(32), yanked: true, pubtime: "2026-01-01T00:00:00Z" },
  ];
  const index = readIndex(bytes(lines.map((one) => JSON.stringify(one)).join("\n")), PLACE);
  assert.deepEqual(metadataOf(index, "1.0.0")?.notServed.includes("published"), true);
  assert.deepEqual(
    [metadataOf(index, "1.1.0")?.published, metadataOf(index, "1.1.0")?.yanked],
    ["2026-01-01T00:00:00.000Z", true],
  );
  assert.deepEqual(["a", "ab", "abc", "AbCd"].map(indexPath), ["1/a", "2/ab", "3/a/abc", "ab/cd/abcd"]);
});

test("RubyGems: versions for platforms are versions of their own", () => {
  const one = {
    number: "1.0",
    platform: "ruby",
    created_at: "2024-01-01T00:00:00.000Z",
    sha: "ab".repeat(32),
    licenses: ["MIT"],
  };
  const read = readGemVersions(bytes([one, { ...one, platform: "java" }]), "left", BASE, PLACE);
  assert.deepEqual(Object.keys(read.versions), ["1.0", "1.0-java"]);
  assert.equal(read.allVersions, false);
  assert.equal(metadataOf(read, "1.0-java")?.archive?.url, "https://registry.example/gems/left-1.0-java.gem");
});

test("Packagist: what is minified says what differs from the version before", () => {
  const versions = [
    {
      name: "shop/left",
      version: "2.0.0",
      license: ["MIT"],
      time: "2024-05-01T00:00:00+00:00",
      dist: { url: "https://api.github.com/z", shasum: "" },
      abandoned: "shop/right",
    },
    { version: "1.1.0", time: "2023-05-01T00:00:00+02:00" },
    { version: "1.0.0", license: "__unset" },
  ];
  const read = readComposerPackage(
    bytes({ minified: "composer/2.0", packages: { "shop/left": versions } }),
    "Shop/Left",
    PLACE,
  );
  assert.deepEqual(Object.keys(read.versions), ["2.0.0", "1.1.0", "1.0.0"]);
  const own = metadataOf(read, "1.1.0");
  assert.deepEqual([own?.license, own?.publishedAfter, own?.published], ["MIT", "2023-04-30T22:00:00.000Z", undefined]);
  assert.deepEqual([own?.archived, own?.deprecated], [true, "abandoned in favor of shop/right"]);
  assert.equal(metadataOf(read, "1.0.0")?.license, undefined);
});

test("NuGet: pages within the index and beside it; what is unlisted is of 1900", () => {
  const leaf = (version: string, entry: object = {}) => ({
    catalogEntry: { version, published: "2024-01-01T00:00:00+00:00", listed: true, ...entry },
  });
  const index = bytes({ items: [{ items: [leaf("1.0.0+sha")] }, { "@id": "https://api.nuget.org/page2" }] });
  assert.deepEqual(pagesToFetch(index, PLACE), ["https://api.nuget.org/page2"]);
  const unlisted = leaf("2.0.0", {
    published: "1900-01-01T00:00:00+00:00",
    listed: false,
    deprecation: { reasons: ["Legacy"] },
  });
  const read = readRegistration(index, [bytes({ items: [unlisted] })], "left", PLACE);
  assert.equal(metadataOf(read, "1.0.0")?.published, "2024-01-01T00:00:00.000Z");
  const own = metadataOf(read, "2.0.0");
  assert.deepEqual([own?.yanked, own?.deprecated, own?.published], [true, "Legacy", undefined]);
  assert.ok(own?.notServed.includes("published"));
});

test("Go: times of commits, lists, and what a go.mod takes back", () => {
  assert.deepEqual(readVersionInfo(bytes({ Version: "v1.0.0", Time: "2024-01-01T00:00:00Z" }), PLACE), {
    version: "v1.0.0",
    at: "2024-01-01T00:00:00.000Z",
  });
  assert.deepEqual(readVersionList(bytes("v1.0.0\nv1.1.0 2024-01-01\nhtml>\n")), ["v1.0.0", "v1.1.0"]);
  assert.equal(escapedPath("github.com/Shop/Left"), "github.com/!shop/!left");
  const standing = readModuleStanding(
    bytes(
      `// Deprecated: use shop.example/right\nmodule shop.example/left\n\ngo 1.22\nretract v1.0.1 // broken\nretract (\n\t// stolen\n\t[v1.2.0, v1.3.0]\n\tv1.5.0\n)\n`,
    ),
  );
  assert.equal(standing.deprecated, "use shop.example/right");
  assert.deepEqual(standing.retracted, [
    { from: "v1.0.1", to: "v1.0.1", reason: "broken" },
    { from: "v1.2.0", to: "v1.3.0", reason: "stolen" },
    { from: "v1.5.0", to: "v1.5.0" },
  ]);
  assert.deepEqual(
    standingEntry(standing, ({ from }) => from === "v1.2.0"),
    { yanked: true, deprecated: "stolen" },
  );
  assert.deepEqual(
    standingEntry({ retracted: [] }, () => false),
    { yanked: false },
  );
});

test("Maven: versions alone", () => {
  const xml =
    "<metadata><versioning><versions><version>1.0</version><version> 1.1 </version></versions></versioning></metadata>";
  const read = readMavenMetadata(bytes(xml), "org.shop:left", PLACE);
  assert.deepEqual(Object.keys(read.versions), ["1.0", "1.1"]);
  assert.ok(metadataOf(read, "1.0")?.notServed.includes("published"));
});

test("times in the ways that registries write them, and texts that are none", () => {
  for (const [written, iso] of [
    ["2024-01-01T00:00:00Z", "2024-01-01T00:00:00.000Z"],
    ["2024-01-01 00:00:00 UTC", "2024-01-01T00:00:00.000Z"],
    ["2024-01-01T00:00:00.123456+02:00", "2023-12-31T22:00:00.123Z"],
    ["2024-01-01T00:00:00+0000", "2024-01-01T00:00:00.000Z"],
    ["2024-01-01T00:00:00", "2024-01-01T00:00:00.000Z"],
  ]) {
    assert.equal(timeOf(written), iso, written);
  }
  for (const none of [
    "",
    "2024",
    "1985-10-26T08:15:00.000Z",
    "1900-01-01T00:00:00Z",
    "2024-13-01T00:00:00Z",
    5,
    null,
    "x2024-01-01T00:00:00Z",
  ]) {
    assert.equal(timeOf(none), undefined, String(none));
  }
});

test("numbers that no history leads to", () => {
  const now = new Date("2026-11-25T00:00:00Z");
  for (const version of [
    "99.0.0",
    "90.1.2",
    "9.9.9",
    "99.99.99",
    "9.9.99",
    "999.0.0",
    "v99.9.9",
    "100.0.0-beta.1",
    "3000.1.1",
  ]) {
    assert.ok(isImplausible(version, now), version);
  }
  for (const version of [
    "1.0.0",
    "9.9.0",
    "9.9.8",
    "89.0.0",
    "2026.4.1",
    "2024.1.0",
    "20260401.0.0",
    "202604.1.0",
    "",
    "latest",
    "1.99.99",
  ]) {
    assert.ok(!isImplausible(version, now), version);
  }
});

test("one version, as its lockfile and its registry write it", () => {
  const of = (type: RegistryDocument["type"], versions: readonly string[]): RegistryDocument => ({
    ...{ type, name: "left", allVersions: true, notServed: [] },
    versions: Object.fromEntries(versions.map((one) => [one, {}])),
  });
  assert.equal(versionIn(of("pypi", ["1.0", "1.1.0"]), "1.1"), "1.1.0");
  assert.equal(versionIn(of("golang", ["v1.0.0"]), "1.0.0"), "v1.0.0");
  assert.equal(versionIn(of("composer", ["1.0.0"]), "v1.0.0"), "1.0.0");
  assert.equal(versionIn(of("npm", ["1.0.0"]), "1.0.0+build"), undefined);
  assert.equal(versionIn(of("npm", ["1.0.0"]), "constructor"), undefined);
});
