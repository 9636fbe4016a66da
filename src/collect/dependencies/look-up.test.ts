import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { added, locked, upgraded } from "../../checks/findings/dependency.fixture.ts";
import { absent, type Evidence, present } from "../../core/evidence.ts";
import { tarOf } from "../../engines/oci/image.fixture.ts";
import type { FetchedArchive, LockedDependency, PackageMetadata } from "../../engines/packages/model.ts";
import { defaultPolicy } from "../policy/default.ts";
import { dependencyLookUp } from "./look-up.ts";

const now = new Date("2026-11-25T00:00:00Z");
const at = now.toISOString();

function archiveOf(version: string): Buffer {
  const manifest = JSON.stringify({ name: "left", version, license: "MIT" });
  return gzipSync(
    tarOf([
      { name: "package/package.json", content: manifest },
      { name: "package/index.js", content: "module.exports = 1;\n" },
    ]),
  );
}

function metadataOf(version: string, more: Partial<PackageMetadata> = {}): PackageMetadata {
  const provenance = present({ kind: "none" } as const, at);
  return { type: "npm", name: "left", version, license: "MIT", provenance, notServed: [], ...more };
}

type Asked = { readonly metadata: string[]; readonly archives: string[] };

function lookUp(
  {
    metadata = (of: LockedDependency): Evidence<PackageMetadata> => present(metadataOf(of.version), at),
    archive = (of: LockedDependency): Evidence<FetchedArchive> =>
      present({ bytes: archiveOf(of.version), url: "https://r.example/left.tgz", hashes: {}, mismatches: [] }, at),
    contents = true,
  } = {},
  asked: Asked = { metadata: [], archives: [] },
) {
  return dependencyLookUp({
    registries: {
      async metadata(of) {
        asked.metadata.push(`${of.name} ${of.version}`);
        return metadata(of as LockedDependency);
      },
      async archive(of) {
        asked.archives.push(`${of.name} ${of.version}`);
        return archive(of);
      },
    },
    contents,
    policy: defaultPolicy.dependencies,
    now,
  });
}

test("of what comes registry and archive are asked, of an upgrade also what goes", async () => {
  const asked: Asked = { metadata: [], archives: [] };
  const own = lookUp({}, asked);
  const one = await own.of(added());
  assert.deepEqual(asked, { metadata: ["left 1.0.0"], archives: ["left 1.0.0"] });
  assert.equal(one.contents?.state === "present" && one.contents.facts.codeLines, 1);
  assert.equal(one.previousContents, undefined);
  assert.equal(one.license?.state === "present" && one.license.facts.license?.kind, "license");
  const two = await own.of(upgraded());
  assert.deepEqual(asked.metadata.slice(1).sort(), ["left 1.0.0", "left 1.1.0"]);
  assert.equal(two.previousContents?.state, "present");
  assert.equal(two.previousMetadata?.state, "present");
});

test("what is removed is not asked about, nor what no registry has", async () => {
  const asked: Asked = { metadata: [], archives: [] };
  const own = lookUp({}, asked);
  const { after: _, ...removed } = { ...added(), kind: "removed", before: locked() } as const;
  assert.deepEqual(await own.of(removed), {});
  const git = await own.of(added({ fetchedFrom: { kind: "git", url: "https://g.example/left.git", revision: "a" } }));
  assert.deepEqual(asked, { metadata: [], archives: [] });
  assert.equal(git.contents, undefined);
  assert.equal(git.metadata?.state === "absent" && git.metadata.gaps[0].code, "packages.no-registry");
});

test("an ecosystem that is not read is left out, and told once with its count", async () => {
  const unsupported = { code: "packages.unsupported", reason: "the registry of hex packages is not read" };
  const own = lookUp({ metadata: () => absent(unsupported) });
  for (const name of ["a", "b"]) {
    const found = await own.of(added({ type: "hex", name }));
    assert.deepEqual(
      [found.metadata, found.contents, found.license, found.standing],
      [undefined, undefined, undefined, undefined],
    );
    // What the lockfile alone tells is told all the same.
    assert.equal(found.origin?.state, "present");
  }
  assert.deepEqual(own.notes(), [
    "2 hex packages are reviewed by lockfile and advisories alone: no registry of hex packages is read",
  ]);
});

test("an archive that is not had, not wanted or none is a gap of what is in it", async () => {
  const offline = { code: "packages.offline", reason: "not asked" };
  const codes = async (options: Parameters<typeof lookUp>[0]) => {
    const { contents } = await lookUp(options).of(added());
    return contents?.gaps.map(({ code }) => code);
  };
  assert.deepEqual(await codes({ archive: () => absent(offline) }), ["packages.offline"]);
  assert.deepEqual(await codes({ contents: false }), ["packages.contents-left-out"]);
  const bytes = { bytes: Buffer.from("no archive"), url: "https://r.example/left.tgz", hashes: {}, mismatches: [] };
  assert.deepEqual(await codes({ archive: () => present(bytes, at) }), ["packages.archive"]);
  const other = { ...bytes, url: "https://r.example/left.exe" };
  assert.equal((await codes({ archive: () => present(other, at) }))?.length, 1);
});

test("the license is the registry's, else the lockfile's, else unknown", async () => {
  const license = async (metadata: Evidence<PackageMetadata>, more: Partial<LockedDependency> = {}) => {
    const found = (await lookUp({ metadata: () => metadata }).of(added(more))).license;
    assert.ok(found?.state === "present");
    const term = found.facts.license;
    return [term?.kind === "license" ? term.id : undefined, found.gaps.length];
  };
  const gone = absent<PackageMetadata>({ code: "packages.offline", reason: "not asked" });
  assert.deepEqual(await license(present(metadataOf("1.0.0", { license: "ISC" }), at), { licenses: ["MIT"] }), [
    "ISC",
    0,
  ]);
  assert.deepEqual(await license(gone, { licenses: ["MIT"] }), ["MIT", 0]);
  assert.deepEqual(await license(gone), [undefined, 1]);
});
