/**
 * CISA's minimum elements (2025) of every package of a tree in which each ecosystem that is read has one, by both formats:
 * each element has its place, or is said to be unknown. Package-urls are held against another implementation.
 */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { PackageURL } from "packageurl-js";
import { folderAnalyserFor } from "../src/engines/contents/analysers.ts";
import { catalogue } from "../src/engines/contents/catalogue.ts";
import type { PackageType } from "../src/engines/contents/model.ts";
import { elfFile, goBuildInfo } from "../src/engines/contents/packages/binary/executable.fixture.ts";
import { rpmHeader } from "../src/engines/contents/packages/rpm/header.fixture.ts";
import { createPackages, writeSqlite } from "../src/engines/contents/packages/rpm/sqlite.fixture.ts";
import type { Sbom, SbomFormat } from "../src/engines/contents/sbom/sbom.ts";
import { writeSbom } from "../src/engines/contents/sbom/write.ts";
import { zipOf } from "../src/formats/zip/zip.fixture.ts";

const HASH = "ab".repeat(32);
const REVISION = "3f7b3a6350e73c7dcac45301c0e18fbd42af02f7";
const json = JSON.stringify;

const FILES: Readonly<Record<PackageType, Readonly<Record<string, string | Buffer>>>> = {
  deb: {
    "var/lib/dpkg/status":
      "Package: libacl1\nStatus: install ok installed\nVersion: 2.3.1-3\nArchitecture: amd64\nSource: acl\nMaintainer: A B <a@example.org>\n\n",
    "usr/share/doc/libacl1/copyright": "Format: https://x\n\nFiles: *\nLicense: LGPL-2+ or Artistic\n",
  },
  apk: { "lib/apk/db/installed": "P:musl\nV:1.2.4-r2\nA:x86_64\nL:MIT\no:musl\nm:A B <a@example.org>\n\n" },
  rpm: {
    "var/lib/rpm/rpmdb.sqlite": writeSqlite((database) =>
      createPackages(database, [rpmHeader({ name: "zlib", version: "1.2.11", release: "40.el9", epoch: 1 })]),
    ).database,
  },
  alpm: {
    "var/lib/pacman/local/zlib-1.3-1/desc":
      "%NAME%\nzlib\n\n%VERSION%\n1:1.3-1\n\n%BASE%\nzlib\n\n%ARCH%\nx86_64\n\n%LICENSE%\ncustom\n\n",
  },
  npm: {
    "app/node_modules/@s/a/package.json": json({
      name: "@s/a",
      version: "1.0.0",
      license: "MIT OR GPL-2.0+",
      dependencies: {},
    }),
  },
  pypi: {
    "usr/lib/python3/dist-packages/Foo_Bar-1.0.dist-info/METADATA":
      "Metadata-Version: 2.1\nName: Foo_Bar\nVersion: 1.0\nLicense-Expression: Apache-2.0\nAuthor: A B\n\n",
  },
  golang: {
    "usr/bin/tool": elfFile({
      ".go.buildinfo": goBuildInfo("go1.22.5", ["path\texample.com/tool", "dep\tgithub.com/A/b\tv1.0.0\th1:x"]),
    }),
  },
  maven: {
    "app/a-1.0.jar": zipOf([
      { name: "META-INF/maven/com.a/a/pom.properties", content: "groupId=com.a\nartifactId=a\nversion=1.0\n" },
      {
        name: "META-INF/maven/com.a/a/pom.xml",
        content: "<project><licenses><license><name>Apache 2</name></license></licenses></project>",
      },
    ]),
  },
  cargo: {
    "Cargo.lock": `version = 3\n\n[[package]]\nname = "time"\nversion = "0.1.0"\nsource = "registry+https://x.example.com"\nchecksum = "${HASH}"\n`,
  },
  gem: {
    "usr/share/gems/specifications/rack-1.0.0.gemspec":
      'Gem::Specification.new do |s|\n  s.name = "rack".freeze\n  s.version = "1.0.0"\n  s.licenses = ["MIT".freeze]\nend\n',
  },
  composer: { "composer.lock": json({ packages: [{ name: "Monolog/monolog", version: "1.0.0", license: ["MIT"] }] }) },
  nuget: {
    "packages.lock.json": json({
      version: 1,
      dependencies: { "net8.0": { "Newtonsoft.Json": { type: "Direct", resolved: "13.0.1" } } },
    }),
  },
  pub: {
    "pubspec.lock": `packages:\n  crypto:\n    dependency: "direct main"\n    description:\n      name: crypto\n      sha256: "${HASH}"\n      url: "https://pub.example.com"\n    source: hosted\n    version: "3.0.3"\n`,
  },
  hex: { "mix.lock": `%{\n  "ranch": {:hex, :ranch, "1.8.0", "${HASH}", [:make], [], "hexpm", "${HASH}"},\n}\n` },
  swift: {
    "Package.resolved": json({
      pins: [
        {
          ...{ identity: "swift-nio", kind: "remoteSourceControl" },
          ...{
            location: "https://git.example.com/apple/swift-nio.git",
            state: { revision: REVISION, version: "2.41.0" },
          },
        },
      ],
      version: 2,
    }),
  },
  conan: { "conan.lock": json({ version: "0.5", requires: ["zlib/1.2.12#83d4b7bf607b3b60a6546f8b58b5cdd7"] }) },
  cran: {
    "usr/lib/R/library/rlang/DESCRIPTION":
      "Package: rlang\nVersion: 1.1.4\nLicense: MIT + file LICENSE\nMaintainer: A B <a@example.org>\nBuilt: R 4.4.1; ; 2024-06-15; unix\n",
  },
  conda: {
    "opt/conda/conda-meta/openssl-1.1.1k-0.json": json({ name: "openssl", version: "1.1.1k", license: "OpenSSL" }),
  },
  cocoapods: {
    "Podfile.lock": "PODS:\n  - AFNetworking (4.0.1)\n\nDEPENDENCIES:\n  - AFNetworking\n\nCOCOAPODS: 1.12.1\n",
  },
  bitnami: {
    "opt/bitnami/redis/.spdx-redis.spdx":
      "SPDXVersion: SPDX-2.3\nPackageName: redis\nExternalRef: PACKAGE-MANAGER purl pkg:bitnami/redis@7.0.4-0\n",
  },
  generic: { "opt/java/release": 'JAVA_VERSION="17.0.1"\nOS_ARCH="x86_64"\n' },
};

// biome-ignore lint/suspicious/noExplicitAny: documents as their readers see them
type Document = any;

let sbom: Sbom;
let cyclonedx: Document;
let spdx: Document;

before(() => {
  const system = { "etc/os-release": 'ID=debian\nVERSION_ID="12"\n' };
  const histories = [system, ...Object.values(FILES)].flatMap(Object.entries).map(([path, content]) => {
    const bytes = Buffer.from(content as string | Buffer);
    const facts = folderAnalyserFor(path, true)?.analyse({ path, bytes, companions: new Map() });
    assert.ok(facts !== undefined, path);
    return { path, versions: [{ facts }] };
  });
  sbom = { subject: { kind: "folder", lineage: "dir:made" }, ...catalogue(histories) };
  const options = { toolVersion: "1.2.3", author: "Organization: Example", created: new Date(0) };
  const written = (format: SbomFormat): Document => JSON.parse(writeSbom(sbom, format, options));
  cyclonedx = written("cyclonedx");
  spdx = written("spdx");
});

const typeOf = (purl: string) => /^pkg:([a-z]+)\//.exec(purl)?.[1];

test("the tree has a package of every ecosystem, and nothing of it was left unread", () => {
  assert.deepEqual(sbom.gaps, []);
  const types = new Set(sbom.inventory.packages.map(({ type }) => type));
  assert.deepEqual([...types].sort(), Object.keys(FILES).sort());
});

/** Element → whether CycloneDX has it of a component, and SPDX of a package. */
const ELEMENTS: Readonly<
  Record<
    string,
    { readonly inCycloneDx: (component: Document) => boolean; readonly inSpdx: (item: Document) => boolean }
  >
> = {
  producer: {
    inCycloneDx: ({ supplier, authors }) => Boolean(supplier?.name ?? authors?.[0]?.name),
    inSpdx: ({ supplier, originator }) => supplier !== "NOASSERTION" || originator !== undefined,
  },
  version: {
    inCycloneDx: ({ version }) => Boolean(version),
    inSpdx: ({ versionInfo }) => Boolean(versionInfo),
  },
  hash: {
    inCycloneDx: ({ hashes }) => hashes?.length > 0,
    inSpdx: ({ checksums }) => checksums?.length > 0,
  },
  license: {
    inCycloneDx: ({ licenses }) => licenses?.length > 0,
    inSpdx: ({ licenseDeclared }) => licenseDeclared !== "NOASSERTION",
  },
  dependencies: {
    inCycloneDx: (component) => cyclonedx.dependencies.some(({ ref }: Document) => ref === component["bom-ref"]),
    inSpdx: ({ SPDXID }) =>
      spdx.relationships.some(
        ({ spdxElementId, relationshipType }: Document) =>
          spdxElementId === SPDXID && relationshipType === "DEPENDS_ON",
      ),
  },
};

describe("of every package each element is stated, or said to be unknown", () => {
  for (const type of Object.keys(FILES)) {
    test(type, () => {
      const components = cyclonedx.components.filter(({ purl = "" }: Document) => typeOf(purl) === type);
      const packages = spdx.packages.filter(({ externalRefs = [] }: Document) =>
        externalRefs.some(({ referenceLocator }: Document) => typeOf(referenceLocator) === type),
      );
      assert.ok(components.length > 0 && components.length === packages.length);
      for (const component of components) {
        assert.ok(component.name !== "" && component.purl !== "");
        const [unknown = ""] = component.properties
          .filter(({ name }: Document) => name === "bulkhead:unknown")
          .map(({ value }: Document) => value);
        for (const [element, { inCycloneDx }] of Object.entries(ELEMENTS)) {
          assert.notEqual(
            inCycloneDx(component),
            unknown.split(" ").includes(element),
            `${component.purl}: ${element}`,
          );
        }
      }
      for (const item of packages) {
        assert.ok(item.name !== "");
        const said = JSON.parse(item.annotations[0].comment)["bulkhead:unknown"] ?? "";
        for (const [element, { inSpdx }] of Object.entries(ELEMENTS)) {
          assert.notEqual(inSpdx(item), said.split(" ").includes(element), `${item.name}: ${element}`);
        }
      }
    });
  }
});

test("of the document: author, tool with its version, generation context, timestamp", () => {
  const { metadata } = cyclonedx;
  assert.deepEqual(metadata.authors, [{ name: "Example" }]);
  assert.deepEqual(metadata.tools.components[0], { type: "application", name: "bulkhead", version: "1.2.3" });
  assert.deepEqual(metadata.lifecycles, [{ phase: "post-build" }]);
  assert.equal(metadata.timestamp, "1970-01-01T00:00:00Z");
  assert.deepEqual(spdx.creationInfo.creators, ["Tool: bulkhead-1.2.3", "Organization: Example"]);
  assert.equal(spdx.creationInfo.created, "1970-01-01T00:00:00Z");
  assert.match(spdx.creationInfo.comment, /Generation context: after build/);
});

test("package-urls are read alike by another implementation, and written alike", () => {
  for (const { purl } of cyclonedx.components) {
    if (purl === undefined) continue;
    // Qualifiers may be written with or without what needs no escape: the parts are what counts.
    const parsed = PackageURL.fromString(purl);
    assert.deepEqual(PackageURL.fromString(parsed.toString()), parsed, purl);
    assert.equal(parsed.type, typeOf(purl));
  }
});

test("CPEs have the thirteen parts of a formatted string", () => {
  const cpes = cyclonedx.components.flatMap(({ cpe }: Document) => (cpe?.startsWith("cpe:2.3:") ? [cpe] : []));
  assert.ok(cpes.length > 0);
  for (const cpe of cpes) assert.equal(cpe.split(/(?<!\\):/).length, 13, cpe);
});
