import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gapsOf, purlReference, read, shown, spdx } from "../documents.fixture.ts";

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
    assert.deepEqual(document.remarks, ["line 16 is not a tag"]);
  });

  test("a text that nothing closes hides what follows, which is a gap", () => {
    const document = read("SPDXVersion: SPDX-2.3\nPackageComment: <text>\nPackageName: a", "web.spdx");
    assert.deepEqual(document.gaps, [{ code: "sbom.unread", reason: "line 2 opens a text that nothing closes" }]);
  });
});
