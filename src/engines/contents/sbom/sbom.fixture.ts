/** Bills of materials of any shape that our own readers could make. For tests. */
import fc from "fast-check";
import { codePoint } from "../../../core/code-point.fixture.ts";
import { type Digest, parseDigest } from "../../../core/digest.ts";
import type { Gap } from "../../../core/evidence.ts";
import type { BaseImage, Distribution, Package, PackageRecord, PackageType } from "../model.ts";
import { purlOf } from "../purl.ts";
import type { Sbom, SbomSubject } from "./sbom.ts";

export function digest(digit: string): Digest {
  return parseDigest(`sha256:${digit.repeat(64)}`) as Digest;
}

export const imageSubject: Extract<SbomSubject, { kind: "image" }> = {
  kind: "image",
  lineage: "registry.example.com/shop/web",
  reference: "registry.example.com/shop/web:1.4.2",
  configDigest: digest("a"),
  manifestDigest: digest("b"),
  platform: "linux/amd64",
  layers: [
    { index: 0, of: 2, diffId: digest("1"), instruction: 'CMD ["/bin/sh"]\u001b', historyIndex: 0 },
    { index: 1, of: 2, diffId: digest("2") },
  ],
};

const base: BaseImage = {
  ...{ kind: "alpine", name: 'alpine "3.10"', digest: digest("c"), layers: 1, by: "annotation", confidence: "stated" },
  ...{ created: "2026-01-01T00:00:00.000Z", why: "alpine 3.10.2, has busybox" },
};

export const alpine: Distribution = {
  id: "alpine",
  versionId: "3.10.2",
  idLike: [],
  prettyName: "Alpine Linux v3.10",
};

/** A package as the readers make it: with the package-url of its fields. */
export function packageOf(
  fields: Partial<Package> & Pick<Package, "type" | "name" | "version">,
  distribution?: Distribution,
): Package {
  const record: PackageRecord = { licenses: [], ...fields };
  return { path: "lib/apk/db/installed", ...record, purl: purlOf(record, distribution) };
}

const busybox = packageOf(
  {
    ...{ type: "apk", name: "busybox", version: "1.30.1-r2", architecture: "x86_64", licenses: ["GPL-2.0-only"] },
    ...{ source: { name: "busybox", version: "1.30.1-r2" }, supplier: "Natanael Copa <ncopa@example.com>", layer: 0 },
    owns: ["app/node_modules/minimist/package.json"],
  },
  alpine,
);

export const exampleSbom: Sbom = {
  subject: imageSubject,
  inventory: {
    distribution: alpine,
    packages: [
      busybox,
      packageOf({
        ...{ type: "npm", name: "@scope/mkdirp", version: "0.5.1", licenses: ["MIT", "see LICENSE"] },
        ...{ path: "app/package-lock.json", reference: "node_modules/@scope/mkdirp", direct: true, layer: 1 },
        ...{ dependsOn: ["node_modules/minimist"], usage: "development" },
        hashes: { sha512: "ab".repeat(64), h1: "as Go writes it=" },
      }),
      packageOf({
        ...{ type: "npm", name: "minimist", version: "0.0.8", licenses: ["(MIT OR Apache-2.0)"] },
        ...{ path: "app/package-lock.json", reference: "node_modules/minimist", dependsOn: [], layer: 1 },
      }),
      packageOf({
        ...{ type: "npm", name: "minimist", version: "0.0.8", path: "app/node_modules/minimist/package.json" },
        ...{ layer: 0, removedIn: 1, ownedBy: busybox.purl },
      }),
    ],
  },
  gaps: [],
};

const TYPES: readonly PackageType[] = [
  ...(["deb", "apk", "rpm", "npm", "pypi", "golang", "maven", "cargo", "gem", "composer"] as const),
  ...(["nuget", "pub", "hex", "swift", "conan", "cran", "generic"] as const),
  ...(["alpm", "conda", "cocoapods", "bitnami"] as const),
];

/** What no format may trip over: quotes, separators of package-urls and of our own, other scripts. */
const word = fc.string({
  unit: fc.constantFrom(..."abcXYZ019._-+~:@/?#%&= '\"<>\\äλ漢🙂"),
  minLength: 1,
  maxLength: 12,
});
/** Names and versions have no blanks. */
const name = word.map((text) => text.replaceAll(" ", "_"));
const text = fc.string({ unit: codePoint, minLength: 1, maxLength: 20 }).map((any) => any.toWellFormed());

function optional<T>(key: string, value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> {
  return fc
    .option(value, { nil: undefined })
    .map((given): Record<string, T> => (given === undefined ? {} : { [key]: given }));
}

const hashes = fc.dictionary(
  fc.constantFrom("sha1", "sha256", "sha512", "sha224", "h1"),
  fc.constantFrom("ab".repeat(20), "cd".repeat(32), "ef".repeat(64), "not hex"),
  { minKeys: 1, noNullPrototype: true },
);

const licenses = fc.array(
  fc.oneof(
    fc.constantFrom("MIT", "GPL-2.0-only AND BSD-3-Clause", "MIT OR Zlib", "GPL", "LicenseRef-x", "NONE"),
    fc.constantFrom("GPL-2+ or Artistic, and Expat", "GPL-2+ with OpenSSL exception", "GPL-2.0", "public-domain"),
    text,
  ),
  { maxLength: 3 },
);

const fields = fc
  .tuple(
    ...[
      optional("architecture", name),
      optional("source", fc.record({ name, version: name }, { noNullPrototype: true })),
      optional("module", name),
      optional("licensesRecognized", fc.constant(true)),
      optional("supplier", text),
      optional("usage", fc.constantFrom("runtime", "development", "optional")),
      optional("direct", fc.boolean()),
      optional("hashes", hashes),
      optional("owns", fc.array(word, { maxLength: 2 })),
      optional("layer", fc.nat(1)),
      optional("removedIn", fc.nat(1)),
      optional("ownedBy", fc.constant("pkg:deb/debian/bash@5.2")),
    ],
  )
  .map((all): Partial<Package> => Object.assign({}, ...all));

const path = fc.constantFrom("lib/apk/db/installed", "app/package.json", 'a "b"/c\\d', "ä/漢");

const packages: fc.Arbitrary<Package[]> = fc
  .array(fc.tuple(fc.constantFrom(...TYPES), name, name, licenses, fields, path), { maxLength: 6 })
  .chain((list) =>
    fc.tuple(
      fc.constant(list),
      // Edges among all, of which those within one file and layer are kept.
      fc.array(fc.option(fc.array(fc.nat(list.length), { maxLength: 3 }), { nil: undefined }), {
        minLength: list.length,
        maxLength: list.length,
      }),
    ),
  )
  .map(([list, edges]) => {
    const items = list.map(([type, name, version, licenses, rest, path], i) => ({
      ...{ type, name, version, licenses, ...rest, path },
      ...(edges[i] === undefined ? {} : { reference: `entry ${i}` }),
    }));
    return items.map((item, i): Package => {
      const needed = (edges[i] ?? []).filter((to) => {
        const other = items[to];
        return other?.reference !== undefined && other.path === item.path && other.removedIn === item.removedIn;
      });
      const dependsOn = [...new Set(needed)].map((to) => `entry ${to}`);
      return packageOf({ ...item, ...(edges[i] === undefined ? {} : { dependsOn }) }, alpine);
    });
  });

const gap: fc.Arbitrary<Gap> = fc
  .tuple(
    fc.record({ code: name, reason: text }, { noNullPrototype: true }),
    optional("remedy", text),
    optional("concerns", name),
  )
  .map(([gap, remedy, concerns]) => ({ ...gap, ...remedy, ...concerns }));

export const sboms: fc.Arbitrary<Sbom> = fc
  .record(
    {
      subject: fc.constantFrom<SbomSubject>(
        imageSubject,
        { ...imageSubject, base },
        { kind: "folder", lineage: "dir:/" },
      ),
      packages,
      gaps: fc.array(gap, { maxLength: 2 }),
    },
    { noNullPrototype: true },
  )
  .map(({ subject, packages, gaps }) => ({ subject, gaps, inventory: { distribution: alpine, packages } }));
