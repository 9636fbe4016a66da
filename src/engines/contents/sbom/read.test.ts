import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Problem } from "../../../core/problem.ts";
import { mutatedBytes } from "../mutated-bytes.fixture.ts";
import { bounds } from "./bounds.ts";
import { looksLikeSbom, readSbom } from "./read.ts";
import { exampleSbom } from "./sbom.fixture.ts";
import type { ReadSbom } from "./sbom.ts";
import { writeSbom } from "./write.ts";

function read(document: unknown, place = "sboms/web.json"): ReadSbom {
  return readSbom(Buffer.from(typeof document === "string" ? document : JSON.stringify(document)), place);
}

function cycloneDx(components: readonly unknown[], more: object = {}): object {
  return { bomFormat: "CycloneDX", specVersion: "1.5", components, ...more };
}

function spdx(packages: readonly unknown[], relationships: readonly unknown[] = []): object {
  return { spdxVersion: "SPDX-2.3", SPDXID: "SPDXRef-DOCUMENT", name: "x", packages, relationships };
}

function purlReference(purl: string): object {
  return { externalRefs: [{ referenceCategory: "PACKAGE_MANAGER", referenceType: "purl", referenceLocator: purl }] };
}

/** type name version source path, of each. */
function shown({ inventory }: ReadSbom): string[] {
  return inventory.packages.map(({ type, name, version, source, path }) =>
    [type, name, version, ...(source === undefined ? [] : [`${source.name}@${source.version}`]), path].join(" "),
  );
}

function gapsOf({ gaps }: ReadSbom): string[] {
  return gaps.map(({ code, concerns }) => `${code} ${concerns ?? ""}`.trimEnd());
}

describe("CycloneDX of other tools", () => {
  test("Syft: the upstream of a package-url is the source, the database the path, distro the distribution", () => {
    const document = read(
      cycloneDx([
        {
          ...{ type: "library", name: "libacl1", version: "2.2.53-6", "bom-ref": "a" },
          purl: "pkg:deb/debian/libacl1@2.2.53-6?arch=amd64&upstream=acl%402.2.53-5&distro=debian-10",
          properties: [
            { name: "syft:location:0:path", value: "/usr/share/doc/libacl1/copyright" },
            { name: "syft:location:1:path", value: "/var/lib/dpkg/status" },
          ],
        },
        {
          ...{ type: "library", name: "bash", version: "5.1-2.el9" },
          purl: "pkg:rpm/redhat/bash@5.1-2.el9?arch=x86_64&epoch=1&upstream=bash-src-5.1-2.el9.src.rpm",
        },
        {
          ...{ type: "operating-system", name: "debian", version: "10" },
          properties: [{ name: "syft:distro:versionCodename", value: "buster" }],
        },
      ]),
    );
    assert.deepEqual(document.inventory.distribution, {
      id: "debian",
      versionId: "10",
      versionCodename: "buster",
      idLike: [],
    });
    assert.deepEqual(shown(document), [
      "deb libacl1 2.2.53-6 acl@2.2.53-5 var/lib/dpkg/status",
      "rpm bash 1:5.1-2.el9 bash-src@5.1-2.el9 web.json",
    ]);
    assert.deepEqual(gapsOf(document), []);
  });

  test("Trivy: its properties are the source, lockfiles are no packages, a point release is its release", () => {
    const trivy = (values: Record<string, string>) =>
      Object.entries(values).map(([name, value]) => ({ name: `aquasecurity:trivy:${name}`, value }));
    const document = read(
      cycloneDx([
        { type: "operating-system", name: "debian", version: "12.4" },
        { type: "application", name: "app/package-lock.json", properties: trivy({ Class: "lang-pkgs", Type: "npm" }) },
        {
          ...{
            type: "library",
            name: "libssl3",
            version: "3.0.11-1~deb12u2",
            purl: "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?distro=debian-12.4",
          },
          properties: trivy({ SrcName: "openssl", SrcVersion: "3.0.11", SrcRelease: "1~deb12u2", SrcEpoch: "1" }),
        },
        {
          ...{
            type: "library",
            group: "@example",
            name: "bootstrap",
            version: "5.0.2",
            purl: "pkg:npm/%40example/bootstrap@5.0.2",
          },
          properties: trivy({ FilePath: "app/node_modules/bootstrap/package.json" }),
        },
      ]),
    );
    assert.deepEqual(document.inventory.distribution, { id: "debian", versionId: "12", idLike: [] });
    assert.deepEqual(shown(document), [
      "deb libssl3 3.0.11-1~deb12u2 openssl@1:3.0.11-1~deb12u2 web.json",
      "npm @example/bootstrap 5.0.2 app/node_modules/bootstrap/package.json",
    ]);
    assert.deepEqual(gapsOf(document), []);
  });

  test("names keep the case that a package-url takes away", () => {
    const document = read(
      cycloneDx([
        {
          name: "github.com/Masterminds/semver",
          version: "v3.2.0",
          purl: "pkg:golang/github.com/masterminds/semver@v3.2.0",
        },
        {
          group: "org.apache.logging.log4j",
          name: "log4j-core",
          purl: "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.0",
        },
        { name: "Flask_Login", version: "0.6", purl: "pkg:pypi/flask-login@0.6" },
        { name: "stdlib", version: "go1.22.9", purl: "pkg:golang/stdlib@1.22.9" },
      ]),
    );
    assert.deepEqual(shown(document), [
      "golang github.com/Masterminds/semver v3.2.0 web.json",
      "golang stdlib 1.22.9 web.json",
      "maven org.apache.logging.log4j:log4j-core 2.14.0 web.json",
      "pypi Flask_Login 0.6 web.json",
    ]);
    assert.deepEqual(gapsOf(document), []);
  });

  test("components within components, and within the root", () => {
    const inner = { name: "inner", purl: "pkg:cargo/inner@1" };
    const document = read(
      cycloneDx([{ type: "application", name: "outer", components: [inner] }], {
        metadata: { component: { name: "root", components: [{ name: "part", purl: "pkg:cargo/part@2" }] } },
      }),
    );
    assert.deepEqual(shown(document), ["cargo inner 1 web.json", "cargo part 2 web.json"]);
  });

  test("nested deeper than the bound is a gap that names the place", () => {
    let component: object = { name: "leaf", purl: "pkg:cargo/leaf@1" };
    for (let i = 0; i <= bounds.sbomDepth; i += 1) component = { type: "file", name: `d${i}`, components: [component] };
    const document = read(cycloneDx([component]));
    assert.deepEqual(shown(document), []);
    assert.deepEqual(gapsOf(document), ["sbom.too-deep"]);
    assert.match(document.gaps[0]?.reason ?? "", /^components\[0\]\.components\[0\].* \(d0\) holds components beyond/);
  });

  test("duplicate, dangling and cyclic references leave the packages as they are", () => {
    const document = read(
      cycloneDx(
        [
          { "bom-ref": "a", name: "a", purl: "pkg:cargo/a@1" },
          { "bom-ref": "b", name: "b", purl: "pkg:cargo/b@1" },
          { "bom-ref": "a", name: "c", purl: "pkg:cargo/c@1" },
          { "bom-ref": "d", name: "a", purl: "pkg:cargo/a@1" },
        ],
        {
          dependencies: [
            { ref: "a", dependsOn: ["b", "nowhere"] },
            { ref: "b", dependsOn: ["a", "b", "b"] },
            { ref: "b", dependsOn: ["a"] },
          ],
        },
      ),
    );
    assert.deepEqual(
      document.inventory.packages.map(({ name, reference, dependsOn }) => [name, reference, dependsOn]),
      [
        ["a", "a", ["b"]],
        ["b", "b", ["a", "b"]],
        ["c", undefined, undefined],
      ],
    );
    assert.deepEqual(gapsOf(document), []);
    assert.deepEqual(document.remarks, [
      "dependencies[2] speaks of what another has spoken of",
      "components[0] (a) needs what is not in the document",
      "components[2] (c) has the reference of another component",
      "components[3] (a) is listed twice",
    ]);
  });

  test("what cannot be judged is a gap of its own scope, counted by kind", () => {
    const document = read(
      cycloneDx([
        { type: "library", name: "nginx", version: "1.21.1", cpe: "cpe:2.3:a:nginx:nginx:1.21.1" },
        { type: "library", name: "other", version: "2" },
        { type: "library", name: "bad", purl: "pkg:npm" },
        { type: "library", name: "redis", purl: "pkg:bitnami/redis@7" },
        { type: "library", name: "main", purl: "pkg:golang/example.com/main" },
        { type: "library", name: "left-pad", version: "1.3.0", purl: "pkg:npm/left-pad@1.1.0" },
        { type: "library", name: "harmless", purl: "pkg:npm/evil@1.0.0" },
      ]),
    );
    assert.deepEqual(
      document.gaps.map(({ code, concerns, reason }) => `${code} ${concerns}: ${reason}`),
      [
        "sbom.no-package-url unidentified: components[0] (nginx 1.21.1) has no package-url, so what it is is not known (and 1 more like it)",
        "sbom.package-url unidentified: components[2] (bad) has a package-url that has no name",
        "sbom.unjudged-type bitnami: components[3] (redis) is of type bitnami, which is not judged",
        "sbom.component golang: components[4] (main) (example.com/main) states no version",
        "sbom.contradiction npm: components[5] (left-pad 1.3.0) states version 1.3.0 and a package-url of version 1.1.0",
        "sbom.contradiction npm: components[6] (harmless) is named harmless and has a package-url of evil",
      ],
    );
    assert.deepEqual(shown(document), ["npm evil 1.0.0 web.json", "npm left-pad 1.1.0 web.json"]);
  });

  test("packages of another distribution than the document's are not judged as its own", () => {
    const document = read(
      cycloneDx([
        { type: "operating-system", name: "debian", version: "12" },
        { type: "operating-system", name: "ubuntu", version: "22.04" },
        { name: "a", purl: "pkg:deb/debian/a@1?distro=debian-12" },
        { name: "b", purl: "pkg:deb/ubuntu/b@1?distro=ubuntu-22.04" },
      ]),
    );
    assert.deepEqual(shown(document), ["deb a 1 a@1 web.json"]);
    assert.deepEqual(gapsOf(document), ["sbom.two-distributions", "sbom.other-distribution deb"]);
  });

  test("a document that calls itself incomplete is believed", () => {
    const about = (compositions: readonly object[]) =>
      gapsOf(read(cycloneDx([], { metadata: { component: { "bom-ref": "root", name: "x" } }, compositions })));
    assert.deepEqual(about([{ aggregate: "incomplete", assemblies: ["root"] }]), ["sbom.incomplete"]);
    assert.deepEqual(about([{ aggregate: "incomplete_first_party_only" }]), ["sbom.incomplete"]);
    assert.deepEqual(
      about([
        { aggregate: "complete", assemblies: ["root"] },
        { aggregate: "incomplete", assemblies: ["y"] },
      ]),
      [],
    );
  });

  test("in XML it says the same", () => {
    const document = read(
      `<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.4"><components>
        <component type="library" bom-ref="a"><name>musl</name><version>1.2.3-r4</version><scope>optional</scope>
          <licenses><license><id>MIT</id></license><expression>Zlib</expression></licenses>
          <hashes><hash alg="SHA-1">${"0A".repeat(20)}</hash></hashes>
          <purl>pkg:apk/alpine/musl@1.2.3-r4?arch=x86_64&amp;distro=alpine-3.17.2</purl>
          <evidence><occurrences><occurrence><location>/lib/apk/db/installed</location></occurrence></occurrences></evidence>
        </component></components>
        <dependencies><dependency ref="a"><dependency ref="a"/></dependency></dependencies></bom>`,
    );
    assert.equal(document.format, "CycloneDX 1.4");
    assert.deepEqual(document.inventory.packages, [
      {
        ...{ type: "apk", name: "musl", version: "1.2.3-r4", licenses: ["MIT", "Zlib"], usage: "optional" },
        ...{ hashes: { sha1: "0a".repeat(20) }, architecture: "x86_64", source: { name: "musl", version: "1.2.3-r4" } },
        ...{ reference: "a", dependsOn: ["a"], path: "lib/apk/db/installed" },
        purl: "pkg:apk/alpine/musl@1.2.3-r4?arch=x86_64&distro=alpine-3.17.2",
      },
    ]);
  });
});

describe("SPDX of other tools", () => {
  const musl = {
    ...{ SPDXID: "SPDXRef-musl", name: "musl", versionInfo: "1.2.3-r0", licenseDeclared: "MIT" },
    ...purlReference("pkg:apk/alpine/musl@1.2.3-r0?distro=3.16.0"),
    originator: "Person: Timo (timo@example.com)",
  };

  test("Trivy: the source is in sourceInfo, the distribution a package", () => {
    const document = read(
      spdx([
        { ...musl, sourceInfo: "built package from: musl-src 1.2.3-r1" },
        { SPDXID: "SPDXRef-OperatingSystem-1", name: "alpine", versionInfo: "3.16.0" },
        { SPDXID: "SPDXRef-Application-1", name: "node-pkg" },
      ]),
    );
    assert.deepEqual(document.inventory.distribution, { id: "alpine", versionId: "3.16.0", idLike: [] });
    assert.deepEqual(shown(document), ["apk musl 1.2.3-r0 musl-src@1.2.3-r1 web.json"]);
    assert.deepEqual(gapsOf(document), []);
  });

  test("Syft: the path is in sourceInfo, the root no package", () => {
    const root = {
      SPDXID: "SPDXRef-root",
      name: "alpine",
      versionInfo: "sha256:0",
      ...purlReference("pkg:oci/alpine@sha256:0"),
    };
    const document = read(
      spdx(
        [{ ...musl, sourceInfo: "acquired package info from APK DB: /lib/apk/db/installed, /x" }, root],
        [
          { spdxElementId: "SPDXRef-DOCUMENT", relationshipType: "DESCRIBES", relatedSpdxElement: "SPDXRef-root" },
          { spdxElementId: "SPDXRef-musl", relationshipType: "DEV_DEPENDENCY_OF", relatedSpdxElement: "SPDXRef-root" },
          { spdxElementId: "SPDXRef-musl", relationshipType: "DEPENDENCY_OF", relatedSpdxElement: "SPDXRef-musl" },
        ],
      ),
    );
    assert.deepEqual(shown(document), ["apk musl 1.2.3-r0 musl@1.2.3-r0 lib/apk/db/installed"]);
    const [item] = document.inventory.packages;
    assert.deepEqual(
      [item?.usage, item?.dependsOn, item?.supplier],
      ["development", ["SPDXRef-musl"], "Timo (timo@example.com)"],
    );
    assert.deepEqual(
      [gapsOf(document), document.remarks, document.subject],
      [[], [], { kind: "other", name: "alpine" }],
    );
  });

  test("Microsoft's tool: a byte order mark, and a root with a package-url of its own", () => {
    const root = {
      SPDXID: "SPDXRef-RootPackage",
      name: "shop",
      versionInfo: "1",
      ...purlReference("pkg:swid/Contoso/shop@1?tag_id=0"),
    };
    const document = {
      ...spdx([
        root,
        {
          SPDXID: "SPDXRef-1",
          name: "Newtonsoft.Json",
          versionInfo: "13.0.1",
          ...purlReference("pkg:nuget/Newtonsoft.Json@13.0.1"),
        },
      ]),
      documentDescribes: ["SPDXRef-RootPackage"],
    };
    assert.deepEqual(shown(read(`\ufeff${JSON.stringify(document)}`)), ["nuget Newtonsoft.Json 13.0.1 web.json"]);
  });

  test("in tag-value form it says the same", () => {
    const document = read(
      [
        "SPDXVersion: SPDX-2.3\r\nSPDXID: SPDXRef-DOCUMENT\nDocumentName: web\n# comment\nRelationship: SPDXRef-a DEPENDS_ON SPDXRef-a",
        "PackageName: a\nSPDXID: SPDXRef-a\nPackageVersion: 1\nPackageLicenseDeclared: MIT",
        `PackageDescription: <text>two\nPackageName: lines</text>\nPackageChecksum: SHA1: ${"0a".repeat(20)}`,
        "ExternalRef: PACKAGE-MANAGER purl pkg:cargo/a@1\nFileName: ./x\nSPDXID: SPDXRef-x\nnot a tag",
      ].join("\n"),
      "web.spdx",
    );
    assert.equal(document.format, "SPDX-2.3");
    assert.deepEqual(document.inventory.packages, [
      {
        ...{ type: "cargo", name: "a", version: "1", licenses: ["MIT"], hashes: { sha1: "0a".repeat(20) } },
        ...{ reference: "SPDXRef-a", dependsOn: ["SPDXRef-a"], purl: "pkg:cargo/a@1", path: "web.spdx" },
      },
    ]);
    assert.deepEqual(document.remarks, ["line 16 is no tag"]);
  });

  test("a text that nothing closes hides what follows, which is a gap", () => {
    const document = read("SPDXVersion: SPDX-2.3\nPackageComment: <text>\nPackageName: a", "web.spdx");
    assert.deepEqual(document.gaps, [{ code: "sbom.unread", reason: "line 2 opens a text that nothing closes" }]);
  });
});

test("Syft's own JSON, of old and new schemas", () => {
  const artifact = {
    ...{
      id: "1",
      name: "libacl1",
      version: "2.2.53-6",
      type: "deb",
      purl: "pkg:deb/ubuntu/libacl1@2.2.53-6?arch=amd64",
    },
    locations: [{ path: "/usr/share/doc/libacl1/copyright" }, { path: "/var/lib/dpkg/status" }],
    metadata: { source: "acl", sourceVersion: "", architecture: "amd64", maintainer: "M" },
  };
  const document = (licenses: readonly unknown[], distro: object) =>
    read({
      artifacts: [{ ...artifact, licenses }],
      distro,
      schema: { version: "1.0.1" },
      source: { type: "image", target: { userInput: "ubuntu:20.04" } },
    });
  for (const each of [
    document(["GPL-2+"], { name: "ubuntu", version: "20.04", idLike: "debian" }),
    document([{ value: "GPL-2+", spdxExpression: "" }], { id: "ubuntu", versionID: "20.04.6", idLike: ["debian"] }),
  ]) {
    assert.deepEqual(each.inventory.distribution, { id: "ubuntu", versionId: "20.04", idLike: ["debian"] });
    assert.deepEqual(shown(each), ["deb libacl1 2.2.53-6 acl@2.2.53-6 var/lib/dpkg/status"]);
    assert.deepEqual(each.inventory.packages[0]?.licenses, ["GPL-2+"]);
    assert.deepEqual(each.subject, { kind: "other", name: "ubuntu:20.04" });
  }
});

test("one of ours whose fields contradict its package-url is not believed", () => {
  const text = writeSbom(exampleSbom, "cyclonedx", { toolVersion: "1" });
  const document = read(text.replace('"version": "0.5.1"', '"version": "9.9.9"'));
  assert.deepEqual(gapsOf(document), ["sbom.contradiction npm"]);
});

test("what is no bill of materials is refused by its place", () => {
  const refused: readonly (readonly [string, string])[] = [
    ["", "sbom.format"],
    ["bogus", "sbom.format"],
    ["{}", "sbom.format"],
    ["[]", "sbom.format"],
    ["<html></html>", "sbom.format"],
    ["<bom", "sbom.xml"],
    ['{"a": ', "sbom.json"],
    ['{"bomFormat":"CycloneDX","specVersion":"2.0"}', "sbom.version"],
    ['{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}', "sbom.version"],
    [`{"a":${"[".repeat(bounds.sbomJsonDepth)}`, "sbom.too-large"],
  ];
  for (const [text, code] of refused) {
    assert.throws(
      () => read(text, "x.json"),
      (error) =>
        error instanceof Problem && error.kind === "input" && error.code === code && error.place.startsWith("x.json"),
      text.slice(0, 40),
    );
  }
});

test("a bill of materials is told by its first bytes from what else may lie at a path", () => {
  const whole = writeSbom(exampleSbom, "spdx", { toolVersion: "1" });
  for (const text of [
    whole,
    '\ufeff {\n"a"',
    '<?xml version="1.0"?>',
    '<bom xmlns="x">',
    "# x\nSPDXVersion: SPDX-2.3",
  ]) {
    assert.equal(looksLikeSbom(Buffer.from(text).subarray(0, 64)), true, text.slice(0, 20));
  }
  for (const text of ["", "oci-layout\0\0", "\x1f\x8b\b", "{ }", "SPDX"])
    assert.equal(looksLikeSbom(Buffer.from(text)), false);
});

test("whatever bytes there are, they are read or refused", () => {
  const seeds = [
    ...(["cyclonedx", "spdx"] as const).map((format) => writeSbom(exampleSbom, format, { toolVersion: "1" })),
    JSON.stringify({ artifacts: [{ name: "a", purl: "pkg:npm/a@1", licenses: ["MIT"] }], source: {} }),
    "SPDXVersion: SPDX-2.3\nPackageName: a\nExternalRef: PACKAGE-MANAGER purl pkg:cargo/a@1\nRelationship: a b c\n",
    '<bom xmlns="http://cyclonedx.org/schema/bom/1.4"><components><component><purl>pkg:npm/a@1</purl></component></components></bom>',
  ].map((text) => Buffer.from(text));
  fc.assert(
    fc.property(fc.constantFrom(...seeds).chain(mutatedBytes), (bytes) => {
      try {
        assert.ok(Array.isArray(readSbom(bytes, "x").inventory.packages));
      } catch (error) {
        assert.ok(error instanceof Problem && error.kind === "input", String(error));
      }
    }),
    { numRuns: 400 },
  );
});

test("whatever JSON stands in a document, it is read", () => {
  const json = fc.jsonValue({ maxDepth: 3 });
  const component = fc.dictionary(
    fc.constantFrom(
      "name",
      "purl",
      "type",
      "properties",
      "licenses",
      "components",
      "externalRefs",
      "SPDXID",
      "annotations",
    ),
    json,
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(component, json)), json, (list, other) => {
      for (const document of [
        cycloneDx(list, { metadata: other, dependencies: other, compositions: other }),
        { ...spdx(list), relationships: other, files: other, documentDescribes: other },
        { artifacts: list, source: other, schema: {}, distro: other, artifactRelationships: other },
      ]) {
        assert.ok(Array.isArray(read(document).gaps));
      }
    }),
    { numRuns: 150 },
  );
});
